"""One object as a file that is read once, from its beginning to its end.

Only inventories are read so: the indexer never downloads pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import RawIOBase
from typing import TYPE_CHECKING, Protocol

from indexer.errors import NoSuchObject, RequestRefused, Unreachable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


_PIECE = 1 << 16
"""How many bytes are taken from a connection at once, whatever is asked for. Larger pieces cost up to four times the
processor's time: the C library takes fresh memory from the system for each, and gives it back."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the reading of an object was cut: after ``at`` bytes of the one with this etag and this size in bytes.

    The etag is as the vendor writes it, quotes included, so that it can be sent back.
    """

    at: int
    etag: str
    size: int


class Content(Protocol):
    """Where an object's bytes come from."""

    def read(self, most: int, /) -> bytes:
        """The next bytes, at most so many; none where they end. Raises VendorError."""
        ...

    def close(self) -> None:
        """Give the connection or the file free; nothing is read after that."""
        ...


class ObjectFile(RawIOBase):
    """One object, read forward and never twice: a raw file, which holds no byte of it in memory.

    ``size`` is that of the whole object in bytes, ``at`` how many of them have been read, or were before a cut.
    ``etag`` tells it from an object that replaces it. ``read`` may give fewer bytes than asked for, as every raw file;
    it raises Unreachable where the content ends before the size that was announced.
    """

    def __init__(self, content: Content, *, size: int, etag: str, at: int = 0) -> None:
        super().__init__()
        self._content = content
        self.size = size
        self.etag = etag
        self.at = at

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with the next bytes, as far as they go, and say how many they are.

        Raises:
            VendorError: they could not be read, or end too soon.
            ValueError: the file is closed.
        """
        if self.closed:
            raise ValueError("this object's file is closed")
        view = memoryview(buffer).cast("B")
        data = self._read(min(len(view), self.size - self.at, _PIECE))
        view[: len(data)] = data
        self.at += len(data)
        return len(data)

    def close(self) -> None:
        """Give the connection or the file free; a second call does nothing."""
        if not self.closed:
            self._content.close()
        super().close()

    def _read(self, most: int) -> bytes:
        if most <= 0:
            return b""
        data = self._content.read(most)
        if not data:
            raise Unreachable(f"an object of {self.size} bytes ended after {self.at}")
        return data


def check_key(key: str) -> None:
    """Refuse a key that no object can be asked for by.

    Raises:
        NoSuchObject: it is empty, or no text that UTF-8 can write, as JSON's escapes can make it.
        RequestRefused: it has ``.`` or ``..`` between slashes, which every HTTP library takes away, and then asks for
            another object.
    """
    try:
        key.encode()
    except UnicodeEncodeError:
        raise NoSuchObject(f"there is no object {key!r}: its name is no UTF-8") from None
    if not key:
        raise NoSuchObject("there is no object without a key")
    if not {".", ".."}.isdisjoint(key.split("/")):
        raise RequestRefused(f"object {key!r} cannot be asked for: its key has a . or .. between slashes")


def check_same(cut: Cut | None, *, size: int, etag: str) -> None:
    """Refuse to go on in another object than the one whose reading was cut.

    Raises:
        RequestRefused: it has been replaced.
    """
    if cut and (size, etag) != (cut.size, cut.etag):
        raise RequestRefused(f"an object was replaced while it was read: {cut.etag} is {etag} after {cut.at} bytes")
