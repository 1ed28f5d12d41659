"""Violations with where their pictures are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from reconcile.building import START, Who, bucket, every, session
from store.payloads import payload, take, verdict

from indexer.service.pages.data.gallery import PAGE, Wanted, labels, picture, violations
from indexer.store import match

if TYPE_CHECKING:
    import duckdb

    from indexer.moderation.base import Verdict

SHOTS = session(every(5, 10))
KEYS = list(SHOTS)


def judge(index: duckdb.DuckDBPyConnection, *verdicts: Verdict) -> None:
    """Take verdicts of one body, and find their objects."""
    take(index, payload(*(replace(one, result_path=f"/{number}") for number, one in enumerate(verdicts))))
    match(index, tolerance_seconds=0)


@pytest.fixture
def judged(index: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """An index with a present, a deleted and a missing violation, of three labels."""
    bucket(index, SHOTS)
    bucket(index, {key: found for key, found in SHOTS.items() if key != KEYS[3]})
    other = session(every(5, 1), Who(cname="Room_2"))
    judge(
        index,
        verdict(key=KEYS[1], label="porn", suggestion="block"),
        verdict(key=KEYS[3], label="sexy", suggestion="review", captured_at=START),
        verdict(key=next(iter(other)), label="<b>", suggestion="block", cname="Room_2"),
        verdict(key=KEYS[2], label="fine", suggestion="pass"),
    )
    return index


def test_violations_come_newest_first(judged: duckdb.DuckDBPyConnection) -> None:
    """What was captured last stands first, what has no time stands last, and what passed is no violation."""
    told = violations(judged, Wanted())
    assert [one.label for one in told] == ["sexy", "porn", "<b>"]
    assert {one.found for one in told} == {3}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Wanted(label="<b>"), ["missing"]),
        (Wanted(suggestion="review"), ["deleted"]),
        (Wanted(evidence="present"), ["present"]),
        (Wanted(channel="room_2"), ["missing"]),
        (Wanted(channel="%"), []),
        (Wanted(label="' OR 1=1 --"), []),
    ],
)
def test_violations_are_filtered(judged: duckdb.DuckDBPyConnection, asked: Wanted, expected: list[str]) -> None:
    """Each filter leaves out what it does not name; a text is a text and no pattern."""
    assert [one.evidence for one in violations(judged, asked)] == expected


def test_only_what_the_bucket_holds_has_a_picture(judged: duckdb.DuckDBPyConnection) -> None:
    """A deleted or missing object has no picture, and its key leads to none."""
    held = {one.evidence: picture(judged, one.verdict_id) for one in violations(judged, Wanted())}
    assert held["deleted"] is None
    assert held["missing"] is None
    assert held["present"] is not None
    assert (held["present"].source, held["present"].key) == ("classroom", KEYS[1])
    assert {one.evidence for one in violations(judged, Wanted()) if one.has_picture} == {"present"}


def test_an_id_of_nothing_has_no_picture(judged: duckdb.DuckDBPyConnection) -> None:
    """Neither a key nor a path nor SQL is a verdict's id."""
    assert [picture(judged, text) for text in (KEYS[1], "../../etc/passwd", "' OR 1=1 --")] == [None] * 3


def test_a_verdict_that_passed_shows_no_picture(judged: duckdb.DuckDBPyConnection) -> None:
    """Pictures are shown of violations alone."""
    [(passed,)] = judged.execute("SELECT verdict_id FROM verdicts WHERE suggestion = 'pass'").fetchall()
    assert picture(judged, passed) is None


def test_labels_are_offered_by_how_common_they_are(judged: duckdb.DuckDBPyConnection) -> None:
    """Each label of a violation once."""
    assert labels(judged) == ["<b>", "porn", "sexy"]


def test_pages_follow_one_another(index: duckdb.DuckDBPyConnection) -> None:
    """Every violation is on one page, and on one alone, though all are of the same moment."""
    bucket(index, SHOTS)
    judge(index, *(verdict(key=KEYS[0], label=f"label {number}") for number in range(PAGE + 2)))
    pages = [violations(index, Wanted(), page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [PAGE, 2, 0]
    assert len({one.verdict_id for page in pages for one in page}) == PAGE + 2
