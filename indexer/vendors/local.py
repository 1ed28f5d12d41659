r"""A folder as a bucket: the embedded default, and the way to index a copy of a bucket.

A key is a file's path below the folder, with ``/`` between its parts. A file name that is not UTF-8 keeps its odd bytes
as ``\xNN``, so that the file is listed and shown. A link is an object itself, whatever it
points at, and is never walked into. No file is opened, so it has no etag; but the names of one file (hard links) share
one, by which it is seen that they show the same picture.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import AccessDenied, NoSuchBucket, RequestRefused, Unreachable
from indexer.vendors.base import Capabilities, Page, Position, Storage

if TYPE_CHECKING:
    from collections.abc import Iterator

_File = tuple[str, os.stat_result]


class LocalLister:
    """Lists a folder. It keeps its walk open between pages, so that a page costs what it holds."""

    capabilities = Capabilities(max_keys=10_000, starts_anywhere=False, delimiters="none")

    def __init__(self, storage: Storage, connections: int = 1) -> None:  # noqa: ARG002 - a folder needs none
        self.storage = storage
        self._walk: Iterator[_File] = iter(())
        self._walked_to: Position | None = None

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Take the next files of the walk, or begin it anew where ``after`` is not where it stands."""
        if delimiter:
            raise RequestRefused("a folder is listed without a delimiter")
        try:
            return self._page(after, max_keys)
        except PermissionError as error:
            raise AccessDenied(f"{error.filename}: this folder or file may not be read") from error
        except OSError as error:
            raise Unreachable(f"{error.filename or self.storage.endpoint}: {error.strerror}") from error

    def presigned(self, key: str, seconds: int) -> str:  # noqa: ARG002 - a file is there as long as it is there
        """The file's own URI, which a browser on this machine shows; who may read it is the file system's to say.

        Raises:
            RequestRefused: no file below this folder can have this key.
        """
        if any(part in {"", ".", ".."} for part in key.split("/")):
            raise RequestRefused(f"no file of this folder has the key {key!r}")
        return Path(self.storage.endpoint, key).absolute().as_uri()

    def _page(self, after: Position | None, max_keys: int) -> Page:
        if after is None or after != self._walked_to:
            self._walk = self._files("" if after is None else after.key)
        self._walked_to = None  # a walk that fails is over, and would look like the end of the folder
        files = list(islice(self._walk, max_keys))
        more = len(files) == max_keys
        self._walked_to = Position(files[-1][0]) if more else None
        return Page.of(
            keys=[key for key, _ in files],
            sizes=[found.st_size for _, found in files],
            etags=[_etag(found) for _, found in files],
            last_modified=[found.st_mtime_ns // 1000 for _, found in files],
            storage_classes=[None] * len(files),
            next=self._walked_to,
        )

    def _files(self, after: str) -> Iterator[_File]:
        root = Path(self.storage.endpoint)
        if not root.is_dir():
            raise NoSuchBucket(f"{root} is no folder: set bucket to the folder where the screenshots are")
        return _below(os.fsencode(root), "", self.storage.prefix, after)


def _below(folder: bytes, path: str, prefix: str, after: str) -> Iterator[_File]:
    """Yield the files below ``folder`` whose keys begin with ``prefix`` and come after ``after``, in key order."""
    for key, entry in _entries(folder, path):
        if key.endswith("/"):
            can_match = key.startswith(prefix) or prefix.startswith(key)
            if can_match and (key > after or after.startswith(key)):
                yield from _below(entry.path, key, prefix, after)
        elif key > after and key.startswith(prefix):
            found = _stat(entry)
            if found is not None:
                yield key, found


def _entries(folder: bytes, path: str) -> list[tuple[str, os.DirEntry[bytes]]]:
    """A folder's entries by key: a folder's key ends with ``/``, which puts it where its files belong."""
    with os.scandir(folder) as found:
        return sorted(((_key(path, entry), entry) for entry in found), key=lambda pair: pair[0])


def _key(path: str, entry: os.DirEntry[bytes]) -> str:
    name = entry.name.decode("utf-8", "backslashreplace")
    return f"{path}{name}/" if entry.is_dir(follow_symlinks=False) else f"{path}{name}"


def _stat(entry: os.DirEntry[bytes]) -> os.stat_result | None:
    """What is known of a file, or ``None`` where it went away since its folder was read."""
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _etag(found: os.stat_result) -> str | None:
    """The number of a file with several names. Any other file's is none: a copied folder would look changed by it."""
    return f"{found.st_ino:x}" if found.st_nlink > 1 else None
