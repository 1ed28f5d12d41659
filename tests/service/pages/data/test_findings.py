"""Pages of findings, and one with its rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from reconcile.building import Who, bucket, every, reconcile, session

from indexer.reconcile.acknowledge import Acknowledgement
from indexer.service.pages.data.findings import PAGE, Wanted, choices, finding, findings, statement

if TYPE_CHECKING:
    import duckdb

NOW = datetime.fromisoformat("2026-11-21 12:00:00")
HOSTILE = "a'; DROP TABLE x; --\n{0}\u202e<script>"


@pytest.fixture
def gaps(index: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """An index with a long gap in room_1, and a short one each in Room_2 and a hostile channel."""
    bucket(
        index,
        session(every(5, 300, without=range(20, 200)), Who(sid="aa11")),
        session(every(5, 60, without=range(20, 30)), Who(sid="bb22", cname="Room_2")),
        session(every(5, 60, without=range(20, 30)), Who(sid="cc33", cname=HOSTILE)),
    )
    reconcile(index)
    return index


def wanted(**asked: str) -> Wanted:
    """What is asked of the gaps."""
    return Wanted(**{"kind": "coverage-gap", **asked})


def channels(index: duckdb.DuckDBPyConnection, asked: Wanted, **noted: Acknowledgement) -> set[str | None]:
    """Of which channels findings are listed."""
    return {found.channel for found in findings(index, asked, noted)}


def test_critical_findings_come_first(gaps: duckdb.DuckDBPyConnection) -> None:
    """The first of a page is the worst, and each says how many there are in all."""
    told = findings(gaps, wanted(), {})
    assert [found.severity for found in told] == ["critical", "warning", "warning"]
    assert {found.found for found in told} == {3}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"severity": "critical"}, {"room_1"}),
        ({"channel": "ROOM"}, {"room_1", "Room_2"}),
        ({"channel": "%"}, set()),
        ({"channel": "'; DROP"}, {HOSTILE}),
        ({"status": "new"}, {"room_1", "Room_2", HOSTILE}),
        ({"status": "resolved"}, set()),
        ({"status": "all"}, {"room_1", "Room_2", HOSTILE}),
        ({"source": "elsewhere"}, set()),
        ({"source": "classroom", "acknowledged": "no"}, {"room_1", "Room_2", HOSTILE}),
        ({"acknowledged": "yes"}, set()),
        ({"kind": "frozen-picture"}, set()),
    ],
)
def test_findings_are_filtered(gaps: duckdb.DuckDBPyConnection, asked: dict[str, str], expected: set[str]) -> None:
    """Each filter leaves out what it does not name; a text is a text and no pattern."""
    assert channels(gaps, wanted(**asked)) == expected


def test_pages_follow_one_another(index: duckdb.DuckDBPyConnection) -> None:
    """Every finding is on one page, and on one alone."""
    each = (session(every(5, 60, without=range(20, 30)), Who(sid=f"{number:04x}")) for number in range(PAGE + 3))
    bucket(index, *each)
    reconcile(index)
    first, second = (findings(index, wanted(), {}, page) for page in (1, 2))
    assert (len(first), len(second)) == (PAGE, 3)
    assert len({found.finding_id for found in first + second}) == PAGE + 3
    assert findings(index, wanted(), {}, 3) == []


def test_a_word_of_now_is_shown_before_the_next_run(gaps: duckdb.DuckDBPyConnection) -> None:
    """Who acknowledged a finding is told at once, and a filter knows of it."""
    first = findings(gaps, wanted(severity="critical"), {})[0]
    said = Acknowledgement(first.finding_id, "known", "ann", NOW)
    told = finding(gaps, first.finding_id, {first.finding_id: said})
    assert told is not None
    assert (told.acknowledged_by, told.note, told.acknowledged_at) == ("ann", "known", NOW)
    assert channels(gaps, wanted(acknowledged="yes"), **{first.finding_id: said}) == {"room_1"}
    assert channels(gaps, wanted(acknowledged="no"), **{first.finding_id: said}) == {"Room_2", HOSTILE}


def test_an_older_word_does_not_hide_a_newer_one(gaps: duckdb.DuckDBPyConnection) -> None:
    """The index's own word stays where the file beside it holds an older one."""
    first = findings(gaps, wanted(severity="critical"), {})[0]
    gaps.execute("INSERT INTO acknowledgements VALUES (?, 'newer', 'bob', ?)", [first.finding_id, NOW])
    older = Acknowledgement(first.finding_id, "older", "ann", datetime.fromisoformat("2026-11-20 12:00:00"))
    told = finding(gaps, first.finding_id, {first.finding_id: older})
    assert told is not None
    assert told.note == "newer"


def test_a_finding_shows_the_rows_of_its_query(gaps: duckdb.DuckDBPyConnection) -> None:
    """The rows are those of the query as it can be copied, whatever the channel is called."""
    for found in findings(gaps, wanted(), {}):
        asked = statement(gaps, found)
        shown = gaps.execute(asked.sql, asked.values).fetchall()
        assert shown == gaps.execute(found.query).fetchall()
        assert len(shown) == found.rows == 2


def test_a_finding_s_places_are_bound_and_not_spelled(gaps: duckdb.DuckDBPyConnection) -> None:
    """Nothing of a hostile channel's name stands in the statement that is run."""
    [found] = findings(gaps, wanted(channel="DROP"), {})
    asked = statement(gaps, found)
    assert "DROP" not in asked.sql
    assert asked.values["channel"] == HOSTILE


def test_a_finding_leads_to_its_session(gaps: duckdb.DuckDBPyConnection) -> None:
    """The place of a finding is its session's address."""
    place = findings(gaps, wanted(severity="critical"), {})[0].place
    assert place is not None
    assert place.query == "source=classroom&channel=room_1&sid=aa11&uid=7"


def test_an_id_of_nothing_finds_nothing(gaps: duckdb.DuckDBPyConnection) -> None:
    """An id that no finding has, or that is no id at all, is no error."""
    assert finding(gaps, "' OR 1=1 --", {}) is None


def test_filters_offer_what_there_is(gaps: duckdb.DuckDBPyConnection) -> None:
    """The kinds that are checked for and the sources that are known can be chosen."""
    told = choices(gaps)
    assert "coverage-gap" in told.kinds
    assert told.sources == ["classroom"]
