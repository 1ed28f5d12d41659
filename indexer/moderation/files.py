"""Finds the files that a user names, and opens them: plain or gzip, a file or the standard input."""

from __future__ import annotations

import glob
import io
import os
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from gzip import GzipFile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from indexer.errors import UsageError
from indexer.moderation.body import KEPT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

STDIN = "-"

_BUFFER_BYTES = 2**20
_GZIP_MAGIC = b"\x1f\x8b"


def find_files(paths: Sequence[str]) -> list[str]:
    """The absolute paths of all files named, each once, and ``-`` where it is: files, folders and globs (``**`` too).

    A folder stands for every file in it and below, in the order of their names, but for hidden ones.

    Raises:
        UsageError: a path names nothing, or a file that cannot be opened.
    """
    found: dict[str, None] = {}
    for path in paths:
        files = [STDIN] if path == STDIN else [str(file.absolute()) for file in _files(path)]
        if not files:
            raise UsageError(f"{path}: " + ("a folder without files" if Path(path).is_dir() else "no file matches it"))
        found |= dict.fromkeys(files)
    for file in found:
        _try(file)
    return list(found)


def _files(path: str) -> list[Path]:
    # Path.glob knows only patterns below a folder.
    named = [path] if Path(path).exists() else sorted(glob.glob(path, recursive=True))  # noqa: PTH207
    return [file for name in named for file in (_below(Path(name)) if Path(name).is_dir() else [Path(name)])]


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = (Path(place, name) for name in sorted(names) if not name.startswith("."))
        yield from (file for file in files if file.is_file())


def _try(path: str) -> None:
    """Open a file and close it again; but not a pipe, whose writer would take that for the end."""
    if path != STDIN and not Path(path).is_fifo():
        _open(path).close()


def _open(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


class _Unbroken(io.RawIOBase):
    """Fills whole buffers, and takes a file that breaks off for one that ends there, and remembers why.

    It never closes what it reads from: standard input is not ours to close.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self.damage: str | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        filled = 0
        while filled < len(buffer) and (chunk := self._chunk(len(buffer) - filled)):
            buffer[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        return filled

    def _chunk(self, size: int) -> bytes:
        if self.damage:
            return b""
        try:
            return self._read(size)
        except (OSError, EOFError, zlib.error) as error:
            self.damage = f"the file is damaged: {error}"
            return b""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is open: its bytes, uncompressed. ``head`` is how it begins as it is stored."""

    path: str
    stream: io.BufferedReader
    head: bytes
    layers: tuple[_Unbroken, ...]

    @property
    def damage(self) -> str | None:
        """Why the stream ended before the file's end, if it did. Known once the stream is read."""
        return next((layer.damage for layer in self.layers if layer.damage), None)


@contextmanager
def opened(path: str, stdin: BinaryIO) -> Iterator[Opened]:
    """Open a file, or the standard input for ``-``. That it is gzip is told by its first bytes.

    Raises:
        UsageError: it cannot be read at all.
    """
    with ExitStack() as stack:
        file = stdin if path == STDIN else stack.enter_context(_open(path))
        stored = _Unbroken(file.read)
        stream: io.BufferedReader = io.BufferedReader(stored, _BUFFER_BYTES)
        head = stream.peek()[:KEPT_BYTES]
        if stored.damage and not head:
            raise UsageError(f"{path} cannot be read: {stored.damage}")
        if not head.startswith(_GZIP_MAGIC):
            yield Opened(path, stream, head, (stored,))
            return
        unzipped = _Unbroken(stack.enter_context(GzipFile(fileobj=stream)).read1)
        yield Opened(path, io.BufferedReader(unzipped, _BUFFER_BYTES), head, (stored, unzipped))
