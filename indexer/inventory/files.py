"""Where an inventory's files are: a folder of this machine, or a bucket, both read the same way.

Nothing is held in memory or written to disk here. The indexer opens no other objects than these.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Protocol

from indexer.listing import CheckedLister, RetryingLister, pages
from indexer.vendors import VENDORS, open_lister
from indexer.vendors.base import Storage
from indexer.vendors.local import file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indexer.vendors.base import Lister

_READ_AT_ONCE = 1 << 18
"""How many bytes of a file are asked for at once: a quarter of a megabyte."""


class Files(Protocol):
    """Files by their names, which have ``/`` between their parts, as keys have.

    A name is whole: the object's key in its bucket, or the file's path below its folder. Every method raises
    VendorError; a transient one has been waited for and tried again. Threads may call it at once.
    """

    @property
    def prefix(self) -> str:
        """What the names here begin with: a bucket's configured prefix, and nothing in a folder."""
        ...

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every name that begins with ``prefix``, in ascending UTF-8 byte order, listed as it is asked for."""
        ...

    def size(self, name: str) -> int:
        """How many bytes a file has, by opening it: the word of the store itself, where a listing may be late.

        Raises:
            NoSuchObject: there is no such file.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """A file to be read forward, to be closed by whoever opened it.

        A cut connection is gone on with where it was cut, and a file that was replaced meanwhile is refused.

        Raises:
            NoSuchObject: there is no such file.
        """
        ...

    def path(self, name: str) -> Path | None:
        """Where a file is on this machine, all links followed, or ``None`` where it is in a bucket.

        Whoever hands it to a reader of DuckDB has to know that ``*``, ``?`` and ``[`` in it are patterns there.

        Raises:
            NoSuchObject: there is no such file in this folder.
        """
        ...


class StoredFiles:
    """The files of a storage, whichever adapter lists and opens it.

    ``opened`` gives a lister of a storage, which asks again by itself where that can help.
    """

    def __init__(self, storage: Storage, opened: Callable[[Storage], Lister]) -> None:
        self._storage = storage
        self._opened = opened
        self._lister = opened(storage)

    @property
    def prefix(self) -> str:
        """What the names here begin with."""
        return self._storage.prefix

    def names(self, prefix: str = "") -> Iterator[str]:
        """Every name that begins with ``prefix``, page after page."""
        lister = self._opened(replace(self._storage, prefix=prefix))
        for page in pages(lister):
            yield from page.objects["key"].to_pylist()

    def size(self, name: str) -> int:
        """How many bytes a file has."""
        with self._lister.open(name) as file:
            return file.size

    def open(self, name: str) -> BinaryIO:
        """A file to be read forward, some of it ahead."""
        return io.BufferedReader(self._lister.open(name), _READ_AT_ONCE)

    def path(self, name: str) -> Path | None:
        """Where a file is on this machine, if it is."""
        return file_of(self._storage, name) if VENDORS[self._storage.vendor].is_folder else None


def local_files(place: Path) -> StoredFiles:
    """The files of a folder; of the folder that holds it, where ``place`` is a file: a manifest leads to others."""
    folder = place if place.is_dir() else place.parent
    return files_of(Storage("local", None, str(folder), folder.name, "", credentials=lambda: None))


def files_of(storage: Storage, connections: int = 1) -> StoredFiles:
    """The files of a bucket, with as many connections kept open as threads will read at once."""
    return StoredFiles(storage, lambda place: CheckedLister(RetryingLister(open_lister(place, connections))))
