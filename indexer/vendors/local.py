r"""A folder as a bucket: the embedded default, and the way to index a copy of a bucket.

A key is a file's path below the folder, with ``/`` between its parts. A file name that is not UTF-8 keeps its odd bytes
as ``\xNN``, so that the file is listed and shown. A link is an object itself, whatever it
points at, and is never walked into. No listed file is opened, so it has no etag; but the names of one file (hard links)
share one, by which it is seen that they show the same picture.
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import AccessDenied, NoSuchBucket, NoSuchObject, RequestRefused, Unreachable
from indexer.vendors.base import Capabilities, Page, Position, Storage
from indexer.vendors.objects import Cut, ObjectFile, check_key, check_same

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from typing import NoReturn

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
        except OSError as error:
            _raise(error, self.storage.endpoint)

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Open the file of a key.

        Raises:
            NoSuchObject: no file below this folder has the key; a link that leads out of it does not either.
        """
        path = file_of(self.storage, key)
        try:
            return _opened(path, cut)
        except OSError as error:
            _raise(error, str(path))

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


def file_of(storage: Storage, key: str) -> Path:
    """Where the file of a key is, which is inside the folder and a plain file: no pipe that would be waited for.

    Raises:
        NoSuchObject: there is none.
        AccessDenied: a folder on the way to it may not be entered.
    """
    check_key(key)
    try:
        root, path = Path(storage.endpoint).resolve(), Path(storage.endpoint, key).resolve(strict=True)
        there = path.is_relative_to(root) and path.is_file() and "" not in key.split("/")
    except PermissionError as error:
        _raise(error, key)
    except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, and before Python 3.13 a loop of links
        there = False
    if not there:
        raise NoSuchObject(f"there is no file {key!r} in {storage.endpoint}")
    return path


def _opened(path: Path, cut: Cut | None) -> ObjectFile:
    file = path.open("rb", buffering=0)
    found = os.fstat(file.fileno())
    etag = f"{found.st_dev:x}-{found.st_ino:x}-{found.st_mtime_ns:x}-{found.st_size:x}"
    try:
        check_same(cut, size=found.st_size, etag=etag)
    except RequestRefused:
        file.close()
        raise
    return ObjectFile(_Read(file, cut.at if cut else 0), size=found.st_size, etag=etag, at=cut.at if cut else 0)


class _Read:
    """The bytes of an open file from a place on."""

    def __init__(self, file: FileIO, at: int) -> None:
        self._file = file
        self._file.seek(at)

    def read(self, most: int, /) -> bytes:
        try:
            return self._file.read(most) or b""
        except OSError as error:
            _raise(error, str(self._file.name))

    def close(self) -> None:
        self._file.close()


def _raise(error: OSError, place: str) -> NoReturn:
    if isinstance(error, PermissionError):
        raise AccessDenied(f"{error.filename or place}: this folder or file may not be read") from error
    raise Unreachable(f"{error.filename or place}: {error.strerror}") from error


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
