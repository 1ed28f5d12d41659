"""Pictures that stand still, and pictures that are nearly empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from indexer.reconcile import Thresholds
from reconcile.building import SECOND, START, Who, bucket, every, findings, session

if TYPE_CHECKING:
    import duckdb
    from store.listings import Listing

    Index = duckdb.DuckDBPyConnection

FROZEN = "frozen-picture"
TINY = "tiny-picture"
SAME = "9e107d9d372bb6826bd81d3542a419d6"


def shots(first: int, count: int, **told: Any) -> Listing:
    """Some of a session's shots, five seconds apart."""
    return session(every(5, count, start=START + 5 * first * SECOND), **told)


@pytest.mark.parametrize("etag", [SAME, "0x8DC5B5D3A1F2E40", "it's {0} $source"])
def test_one_picture_in_a_row_is_frozen(index: Index, etag: str) -> None:
    """Five shots with one etag, whatever a vendor's etags look like, are a frozen picture, from first to last."""
    bucket(index, shots(0, 10), shots(10, 5, etag=etag), shots(15, 10))
    (found,) = findings(index, FROZEN)
    assert (found["severity"], found["uid"], found["rows"], found["measure"]) == ("warning", 7, 5, 5)
    assert (found["from_at"], found["until_at"]) == (START + 50 * SECOND, START + 70 * SECOND)
    assert found["explanation"] == (
        "5 shots in a row over 20 s are one and the same picture, byte for byte: the stream stood still"
    )


def test_four_of_one_picture_are_not_frozen(index: Index) -> None:
    """Fewer than the configured number in a row are nothing."""
    bucket(index, shots(0, 10), shots(10, 4, etag=SAME), shots(14, 10))
    assert findings(index, FROZEN) == []
    assert len(findings(index, FROZEN, thresholds=Thresholds(frozen_shots=4))) == 1


def test_a_picture_between_ends_a_stretch(index: Index) -> None:
    """Two stretches with another picture between them are two findings, though they show the same."""
    bucket(index, shots(0, 5, etag=SAME), shots(5, 1), shots(6, 6, etag=SAME))
    assert [(one["rows"], one["from_at"]) for one in findings(index, FROZEN)] == [(5, START), (6, START + 30 * SECOND)]


def test_one_picture_of_several_users_is_not_frozen(index: Index) -> None:
    """The same picture in several sessions, the platform's own for a muted camera perhaps, is no stretch."""
    bucket(index, *(shots(0, 4, who=Who(uid=uid), etag=SAME) for uid in (7, 8)))
    assert findings(index, FROZEN) == []


def test_what_has_no_etag_is_not_compared(index: Index) -> None:
    """Shots without an etag are not one and the same picture."""
    bucket(index, shots(0, 20, etag=None))
    assert findings(index, FROZEN) == []


def test_two_objects_of_an_instant_are_one_shot(index: Index) -> None:
    """A failover's copies do not make a stretch longer in shots; they are among the rows that are like it."""
    copies = shots(0, 3, who=Who(failover=0), etag=SAME)
    bucket(index, shots(0, 4, etag=SAME), copies, shots(4, 5))
    assert findings(index, FROZEN) == []
    (found,) = findings(index, FROZEN, thresholds=Thresholds(frozen_shots=4))
    assert (found["measure"], found["rows"]) == (4, 7)


def test_another_picture_of_the_first_instant_is_no_row(index: Index) -> None:
    """What was taken at a stretch's ends by another recorder, and is another picture, is not shown with it."""
    others = shots(0, 1, who=Who(failover=0)), shots(5, 1, who=Who(failover=0)), shots(5, 1, who=Who(failover=1))
    bucket(index, shots(0, 6, etag=SAME), *others)
    (found,) = findings(index, FROZEN)
    assert (found["rows"], found["measure"]) == (5, 5)


def test_nearly_empty_pictures_are_told_a_session(index: Index) -> None:
    """Pictures below a tenth of their session's median are one finding of it, with the median and how many they are."""
    bucket(index, shots(0, 20, size=40_000), shots(20, 2, size=3_999), shots(22, 1, size=4_000), shots(23, 1, size=0))
    (found,) = findings(index, TINY)
    assert (found["severity"], found["uid"], found["rows"], found["measure"]) == ("warning", 7, 3, 3)
    assert (found["from_at"], found["until_at"]) == (START + 100 * SECOND, START + 115 * SECOND)
    assert found["explanation"] == (
        "3 of 24 pictures have less than 10.0 % of the session's median of 40000 bytes, the smallest 0: "
        "most likely black"
    )


def test_the_share_is_what_is_configured(index: Index) -> None:
    """The finding and its query go by the same configured share."""
    bucket(index, shots(0, 20, size=40_000), shots(20, 2, size=19_999), shots(22, 1, size=20_000))
    assert findings(index, TINY) == []
    (found,) = findings(index, TINY, thresholds=Thresholds(tiny_share=0.5))
    assert found["rows"] == 2


def test_a_short_session_has_no_median(index: Index) -> None:
    """Below ten shots nothing is usual."""
    bucket(index, shots(0, 8, size=40_000), shots(8, 1, size=1))
    assert findings(index, TINY) == []
    bucket(index, shots(0, 9, size=40_000), shots(9, 1, size=1))
    assert len(findings(index, TINY)) == 1


def test_a_session_is_compared_with_itself(index: Index) -> None:
    """Small pictures beside another user's large ones are that session's own size."""
    bucket(index, shots(0, 20, size=400_000), shots(0, 20, who=Who(uid=8), size=4_000))
    assert findings(index, TINY) == []
