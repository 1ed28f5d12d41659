"""An object whose reading fails is opened again where that happened, as often as that helps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import NoSuchObject, Throttled, TransientVendorError, Unreachable, VendorError
from indexer.listing import CheckedLister, RetryingLister
from indexer.listing.crawl import Clock, Limits, alone
from indexer.listing.retry import Backoff
from indexer.vendors.base import Capabilities, Page, Position, Storage
from indexer.vendors.objects import Cut, ObjectFile

ETAG = '"etag"'
CUT = Unreachable("cut")
STORAGE = Storage("local", None, "somewhere", "bucket", "", lambda: None)
CAPABILITIES = Capabilities(max_keys=2, starts_anywhere=True, delimiters="any")
NOW = datetime.fromisoformat("2026-11-20 08:00:00")


@dataclass
class Pieces:
    """An object's content that comes in these pieces, and fails where one of them is an error."""

    pieces: list[bytes | VendorError]
    closed: bool = False

    def read(self, most: int, /) -> bytes:
        """Give the next piece."""
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, VendorError):
            raise piece
        assert len(piece) <= most
        return piece

    def close(self) -> None:
        """Remember it."""
        self.closed = True


@dataclass
class Scripted:
    """A lister of one object of ``size`` bytes, which answers as it is told, and remembers where it was asked for."""

    size: int
    answers: list[Pieces | VendorError]
    cuts: list[Cut | None] = field(default_factory=list)
    storage: Storage = STORAGE
    capabilities: Capabilities = CAPABILITIES

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Hold nothing to list."""
        raise NoSuchObject(f"{after}, {max_keys}, {delimiter}")

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Give the next content, or fail."""
        assert key == "k"
        self.cuts.append(cut)
        answer = self.answers.pop(0)
        if isinstance(answer, VendorError):
            raise answer
        return ObjectFile(answer, size=self.size, etag=ETAG, at=cut.at if cut else 0)

    def presigned(self, key: str, seconds: int) -> str:
        """Have no URLs."""
        raise NoSuchObject(f"{key}, {seconds}")


def again(lister: Scripted, tries: int, waits: list[float] | None = None) -> CheckedLister:
    """A lister that is asked again so often, and checked, as everywhere."""
    slept = [] if waits is None else waits
    backoff = Backoff(tries, first_seconds=1.0)
    return CheckedLister(RetryingLister(lister, backoff, sleep=slept.append, fraction=lambda: 1.0))


def test_an_object_is_opened_again() -> None:
    """What fails before the first byte is tried again from the beginning, each time after a longer wait."""
    waits: list[float] = []
    lister = Scripted(2, [Throttled("slow"), Throttled("slow"), Pieces([b"ab"])])
    assert again(lister, 3, waits).open("k").read() == b"ab"
    assert (waits, lister.cuts) == ([1.0, 2.0], [None] * 3)


def test_reading_goes_on_where_it_failed() -> None:
    """The object is asked for from the first byte that nobody was given, by the etag and size that it had."""
    lister = Scripted(6, [Pieces([b"ab", CUT]), Pieces([b"c", CUT]), Pieces([CUT]), Pieces([b"def"])])
    assert again(lister, 3).open("k").read() == b"abcdef"
    assert lister.cuts == [None, Cut(2, ETAG, 6), Cut(3, ETAG, 6), Cut(3, ETAG, 6)]


def test_an_end_that_comes_too_soon_is_a_failure_like_others() -> None:
    """Where the content ends before its size, the rest is asked for."""
    lister = Scripted(4, [Pieces([b"ab"]), Pieces([b"cd"])])
    assert again(lister, 2).open("k").read() == b"abcd"


def test_bytes_that_come_give_new_tries() -> None:
    """Tries are used up by failures in a row alone: a bad line gets a long object through, piece by piece."""
    content = bytes(range(50))
    lister = Scripted(50, [Pieces([bytes([byte]), CUT]) for byte in content])
    assert again(lister, 2).open("k").read() == content


def test_the_last_error_of_reading_is_raised() -> None:
    """When the tries for the next bytes are used up, the error of the last one is told."""
    lister = Scripted(4, [Pieces([b"ab", CUT]), Throttled("slow"), Unreachable("last"), Pieces([b"cd"])])
    with again(lister, 3).open("k") as file, pytest.raises(Unreachable, match="last"):
        file.read()
    assert len(lister.cuts) == 3


def test_a_terminal_error_ends_reading() -> None:
    """What a retry cannot help, such as an object that has gone away, is told at once."""
    lister = Scripted(4, [Pieces([b"ab", CUT]), NoSuchObject("gone"), Pieces([b"cd"])])
    with again(lister, 5).open("k") as file, pytest.raises(NoSuchObject):
        file.read()
    assert len(lister.cuts) == 2


def test_every_connection_is_given_free() -> None:
    """A content that failed is closed before the next one is opened, and the last one with the file."""
    contents = [Pieces([b"ab", CUT]), Pieces([b"cd"])]
    lister = Scripted(4, [*contents])
    with again(lister, 2).open("k") as file:
        assert file.read(2) == b"ab"
        assert not contents[0].closed
        assert file.read(2) == b"cd"
        assert [content.closed for content in contents] == [True, False]
    assert contents[1].closed


def test_what_is_waited_for_is_told() -> None:
    """Every failure that is tried again is told, so that a host's pace can heed it."""
    told: list[TransientVendorError] = []
    slow = Throttled("slow")
    lister = Scripted(2, [slow, Pieces([b"a", CUT]), Pieces([b"b"])])
    RetryingLister(lister, sleep=lambda _: None, noticed=told.append).open("k").read()
    assert told == [slow, CUT]


def test_an_object_is_asked_for_within_the_limits() -> None:
    """Opening an object is a request as any other: it waits for its turn."""
    waits: list[float] = []
    clock = Clock(lambda: NOW, sleep=waits.append, monotonic=lambda: 0.0)
    lister = alone(Scripted(1, [Pieces([b"a"]), Pieces([b"a"])]), Limits(requests_per_second=4.0), clock)
    assert [lister.open("k").read(), lister.open("k").read()] == [b"a", b"a"]
    assert waits == [0.0, 0.25]


@given(content=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=8), most=st.integers(1, 64))
def test_no_byte_is_lost_or_doubled(content: bytes, places: list[int], most: int) -> None:
    """Wherever an object is cut, and however much is read at once, exactly its bytes come."""
    cuts = sorted({place for place in places if place < len(content)})
    parts = [content[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    small = [[part[at : at + most] for at in range(0, len(part), most)] for part in parts]
    lister = Scripted(len(content), [Pieces([*pieces, CUT]) for pieces in small])
    with again(lister, 9).open("k") as file:
        assert b"".join(iter(lambda: file.read(most), b"")) == content
