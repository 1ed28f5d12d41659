"""What stands around a lister: its answers are checked, tried again where that helps, and followed to the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import AccessDenied, ListingStuck, MalformedAnswer, Throttled, VendorError
from indexer.listing import CheckedLister, RetryingLister, pages
from indexer.listing.retry import Backoff
from indexer.vendors.base import Capabilities, Page, Position, Storage

if TYPE_CHECKING:
    from indexer.vendors.objects import Cut, ObjectFile

STORAGE = Storage("local", None, "somewhere", "bucket", "d/", lambda: None)


def page(*keys: str, after: Position | None = None, prefixes: tuple[str, ...] = ()) -> Page:
    """A page of these keys."""
    many = len(keys)
    return Page.of(keys, [1] * many, [None] * many, [0] * many, [None] * many, after, prefixes)


def keys_of(page: Page) -> list[str]:
    """The keys of a page."""
    return cast("list[str]", page.objects["key"].to_pylist())


class Scripted:
    """A lister that answers as it is told, and remembers what it was asked."""

    storage = STORAGE
    capabilities = Capabilities(max_keys=2, starts_anywhere=True, delimiters="any")

    def __init__(self, *answers: Page | VendorError) -> None:
        self.answers = list(answers)
        self.asked: list[Position | None] = []
        self.delimiters: list[str | None] = []

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Give the next answer."""
        self.asked.append(after)
        self.delimiters.append(delimiter)
        answer = self.answers.pop(0)
        if isinstance(answer, VendorError):
            raise answer
        return answer

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Hold no objects."""
        raise AccessDenied(f"{key}: {cut}")

    def presigned(self, key: str, seconds: int) -> str:
        """Tell what was asked for."""
        return f"https://bucket.test/{key}?{seconds}"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (page("d/b", "d/a"), MalformedAnswer),
        (page("d/c", "d/c"), MalformedAnswer),
        (page("c", "d/c"), MalformedAnswer),
        (page("d/c", "e"), MalformedAnswer),
        (page("d/c", "d/d", after=Position("d/c", "t")), MalformedAnswer),
        (page("d/a", "d/c"), ListingStuck),
        (page("d/b", "d/c"), ListingStuck),
        (page(after=Position("d/b")), ListingStuck),
        (page("d/c", after=Position("d/c", "token")), ListingStuck),
    ],
)
def test_a_page_that_breaks_its_promise_is_refused(answer: Page, error: type[VendorError]) -> None:
    """Keys out of order, outside the prefix or before the position, and a position that stays, are errors."""
    with pytest.raises(error):
        CheckedLister(Scripted(answer)).page(Position("d/b", "token"), 2)


@pytest.mark.parametrize(
    "answer",
    [page(), page("d/c"), page("d/c", "d/中"), page(after=Position("d/b", "next")), page(after=Position("d/c"))],
)
def test_a_page_that_keeps_its_promise_is_believed(answer: Page) -> None:
    """Pages in order that advance pass as they are, empty ones that are not the last among them."""
    assert CheckedLister(Scripted(answer)).page(Position("d/b", "token"), 2) == answer


@pytest.mark.parametrize(
    ("answer", "delimiter", "error"),
    [
        (page(prefixes=("d/d_", "d/c_")), "_", MalformedAnswer),
        (page(prefixes=("d/c_", "d/c_")), "_", MalformedAnswer),
        (page(prefixes=("c_",)), "_", ListingStuck),
        (page(prefixes=("d/c_", "e_")), "_", MalformedAnswer),
        (page(prefixes=("d/c",)), "_", MalformedAnswer),
        (page(prefixes=("d/c_",)), None, MalformedAnswer),
        (page(prefixes=("d/b",)), "b", ListingStuck),
        (page(prefixes=("d/a_",)), "_", ListingStuck),
        (page(prefixes=("d/c_",), after=Position("d/b_", "next")), "_", MalformedAnswer),
        (page("d/c", prefixes=("d/d_",), after=Position("d/c")), "_", MalformedAnswer),
        (page(prefixes=("d/c_",), after=Position("d/c_", "token")), "_", ListingStuck),
    ],
)
def test_common_prefixes_that_break_their_promise_are_refused(
    answer: Page, delimiter: str | None, error: type[VendorError]
) -> None:
    """Common prefixes out of order, outside the prefix, without the delimiter or before the position are errors."""
    with pytest.raises(error):
        CheckedLister(Scripted(answer)).page(Position("d/b", "token"), 2, delimiter)


@pytest.mark.parametrize(
    "answer",
    [
        page(prefixes=("d/b_",)),
        page("d/c", prefixes=("d/b_", "d/d_", "d/中_")),
        page(prefixes=("d/c_",), after=Position("d/c_")),
        page("d/d", prefixes=("d/c_",), after=Position("d/d", "next")),
    ],
)
def test_common_prefixes_that_keep_their_promise_are_believed(answer: Page) -> None:
    """A page of common prefixes, with objects or without, passes as it is, and advances the listing."""
    lister = Scripted(answer)
    assert CheckedLister(RetryingLister(lister)).page(Position("d/b", "token"), 2, "_") == answer
    assert lister.delimiters == ["_"]


def test_a_presigned_url_is_the_listers_own() -> None:
    """What stands around a lister hands its presigned URLs on as they are."""
    assert CheckedLister(RetryingLister(Scripted())).presigned("d/a", 60) == "https://bucket.test/d/a?60"


def test_a_transient_error_is_tried_again() -> None:
    """After throttling the same question is asked again, each time after a longer wait."""
    waits: list[float] = []
    lister = Scripted(Throttled("slow"), Throttled("slow"), page("d/a"))
    backoff = Backoff(tries=3, first_seconds=1.0)
    found = RetryingLister(lister, backoff, sleep=waits.append, fraction=lambda: 1.0).page(None, 2)
    assert (keys_of(found), waits, lister.asked) == (["d/a"], [1.0, 2.0], [None] * 3)


def test_the_last_error_is_raised() -> None:
    """When the tries are used up, the error of the last one is told."""
    lister = Scripted(Throttled("first"), Throttled("last"))
    with pytest.raises(Throttled, match="last"):
        RetryingLister(lister, Backoff(tries=2), sleep=lambda _: None).page(None, 2)


def test_a_terminal_error_is_not_tried_again() -> None:
    """What a retry cannot help is told at once."""
    lister = Scripted(AccessDenied("no"), page("d/a"))
    with pytest.raises(AccessDenied):
        RetryingLister(lister, sleep=lambda _: None).page(None, 2)
    assert len(lister.asked) == 1


@given(failures=st.integers(1, 60), fraction=st.floats(0, 1))
def test_a_wait_stays_below_its_doubling_ceiling(failures: int, fraction: float) -> None:
    """A wait is between nothing and a ceiling that doubles with each failure up to the most."""
    backoff = Backoff(first_seconds=0.5, most_seconds=30.0)
    ceiling = min(30.0, 0.5 * 2.0 ** (failures - 1))
    assert 0 <= backoff.wait(failures, fraction) <= ceiling
    assert backoff.wait(failures, 1.0) == ceiling


def test_a_walk_follows_every_page_once() -> None:
    """Each page's position is where the next one is asked for, and the last page ends the walk."""
    first, second = page("d/a", after=Position("d/a")), page(after=Position("d/b"))
    lister = Scripted(first, second, page("d/c"))
    assert [keys_of(found) for found in pages(lister)] == [["d/a"], [], ["d/c"]]
    assert lister.asked == [None, first.next, second.next]
    assert list(pages(Scripted(replace(first, next=None)))) == [replace(first, next=None)]
