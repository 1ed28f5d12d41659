"""Running the checks: in parts, over a range of time, and over names that were made to break them."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.listings import rows

from indexer.reconcile import Engine, Range, Thresholds, checks
from indexer.reconcile.executor import OnDuckDB
from reconcile.building import (
    SECOND,
    START,
    Who,
    bucket,
    empty,
    every,
    findings,
    reconcile,
    session,
    standing,
)

if TYPE_CHECKING:
    import duckdb
    from store.listings import Listing

    Index = duckdb.DuckDBPyConnection

SAME = "9e107d9d372bb6826bd81d3542a419d6"
OF_SESSIONS = {"coverage-gap", "duplicate-instant", "frozen-picture", "tiny-picture", "overlapping-sessions"}


def troubled(cname: str) -> list[Listing]:
    """Two recordings of a channel at once, with one of everything that the checks of sessions find."""
    who, failed_over = Who(cname=cname), Who(cname=cname, failover=0)
    return [
        session(every(5, 60, without=range(20, 30)), who),
        session(every(5, 10, start=START + 300 * SECOND), who, etag=SAME),
        session(every(5, 5, start=START + 350 * SECOND), who, size=10),
        session(every(5, 5), failed_over),
        session(every(5, 60), Who(sid="second", cname=cname)),
    ]


def everything(index: Index) -> tuple[list[Any], list[Any]]:
    """All findings without the runs they were found in, and all of the coverage."""
    found = "SELECT * EXCLUDE (status, first_found_run, last_found_run) FROM findings ORDER BY ALL"
    return rows(index, found), rows(index, "SELECT * FROM coverage ORDER BY ALL")


def test_parts_find_what_the_whole_finds(index: Index) -> None:
    """Looked at in parts of any size, the same sessions have the same findings and coverage."""
    slow = session(every(10, 60), Who(cname="slow"))
    bucket(index, slow, *(one for number in range(6) for one in troubled(f"room_{number}")))
    reconcile(index)
    whole = everything(index)
    assert {one[1] for one in whole[0]} == {*OF_SESSIONS, "interval-drift"}
    for shots_at_once in (1, 150, 300):
        reconcile(index, shots_at_once=shots_at_once)
        assert everything(index) == whole
        assert rows(index, "SELECT count(DISTINCT part) > 2 FROM session_list") == [(True,)]


def test_a_recording_is_never_parted(index: Index) -> None:
    """All users of a recording are looked at together, as one explains what the other lacks."""
    users = [session(every(5, 60, without=range(20, 20 + uid)), Who(uid=uid)) for uid in range(8)]
    bucket(index, *users, session(every(5, 60), Who(cname="room_2")))
    found = findings(index, "coverage-gap", shots_at_once=1)
    assert {one["severity"] for one in found} == {"info"}
    assert rows(index, "SELECT count(DISTINCT part) FROM session_list GROUP BY recording") == [(1,), (1,)]


@pytest.mark.parametrize(
    ("since", "until", "uids"),
    [
        (None, None, [1, 2, 3]),
        (300, None, [2, 3]),
        (295, None, [1, 2, 3]),
        (None, 200, [1]),
        (None, 201, [1, 2]),
        (300, 310, [2]),
        (2000, None, []),
    ],
)
def test_a_range_takes_whole_sessions_that_touch_it(
    index: Index, since: int | None, until: int | None, uids: list[int]
) -> None:
    """A session with a shot from the beginning on, and one before the end, is looked at as a whole."""
    for uid, start in ((1, 0), (2, 200), (3, 600)):
        sid = f"sid-{uid}"
        bucket(index, session(every(5, 60, start=START + start * SECOND, without=range(20, 30)), Who(sid=sid, uid=uid)))
    index.execute("UPDATE kept_rows SET deleted_at = NULL")
    moments = [None if at is None else START + at * SECOND for at in (since, until)]
    reconcile(index, between=Range(*moments))
    assert [(one["uid"], one["measure"]) for one in standing(index, "coverage-gap")] == [(uid, 10) for uid in uids]
    assert [uid for (uid,) in rows(index, "SELECT uid FROM coverage GROUP BY uid ORDER BY uid")] == uids


def test_a_range_does_not_forget_what_explains_a_gap(index: Index) -> None:
    """A user who left before the range explains another's gap all the same: their recording is looked at as a whole."""
    left, stayed = session(every(5, 60), Who(uid=8)), session(every(5, 300, without=range(20, 40)))
    bucket(index, left, stayed)
    (gap,) = findings(index, "coverage-gap", between=Range(since=START + 1000 * SECOND))
    assert (gap["uid"], gap["severity"]) == (7, "info")


def test_an_empty_index_has_no_findings(index: Index) -> None:
    """Without a source there is nothing to find, and nothing that could not be told."""
    reconcile(index)
    assert rows(index, "SELECT count(*) FROM findings") == [(0,)]
    assert rows(index, "SELECT count(*) FROM not_computable WHERE source IS NOT NULL") == [(0,)]
    assert rows(index, "SELECT kind, found FROM checks ORDER BY kind") == [(kind, 0) for kind in sorted(checks())]


def test_each_step_is_timed(index: Index) -> None:
    """What each relation and check takes is told, by the clock that is given: at least one tick a statement."""
    bucket(index, *troubled("room_1"))
    engine = Engine(OnDuckDB(index), Thresholds(), Range(), clock=count().__next__)
    engine.run()
    assert set(checks()) | {"sessions", "shots", "gaps", "coverage"} <= set(engine.seconds)
    assert engine.seconds["sessions"] == 1
    statements = {kind: 1 + (check.not_computable is not None) for kind, check in checks().items()}
    assert all(engine.seconds[kind] >= ticks for kind, ticks in statements.items())


HOSTILE = (
    "it's",
    "'; DROP TABLE names; --",
    "{0} {1} {} {{ }}",
    "$uid $source $1 ?",
    'a "quoted" \\ back\\slash',
    "line\nbreak\r\ttab",
    "-- rows\nSELECT 1",
    "%s %d %%",
    "nul\0nul",
    "\x1b[2Jescape",
    "<img src=x onerror=alert(1)>",
    "\u202eabc\U0001f600中文",
    " ",
    "x" * 800,
)


@pytest.mark.parametrize("cname", HOSTILE)
def test_a_hostile_channel_is_a_name(index: Index, cname: str) -> None:
    """Whatever a channel is called, each finding has it whole, and its query finds just its rows."""
    bucket(index, *troubled(cname))
    reconcile(index)
    kinds = {kind for (kind,) in index.execute("SELECT kind FROM findings WHERE channel = ?", [cname]).fetchall()}
    assert kinds == OF_SESSIONS
    assert rows(index, "SELECT count(*) FROM object_rows") == [(130,)]


@given(st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=12))
@settings(max_examples=15)
def test_any_channel_is_a_name(cname: str) -> None:
    """The same law for any text."""
    with empty() as index:
        bucket(index, *troubled(cname))
        reconcile(index)
        assert rows(index, "SELECT count(*) FROM findings WHERE channel IS NOT NULL") != [(0,)]


@pytest.mark.parametrize("sid", ["it's", "{0}", "$sid", "-- rows"])
def test_a_hostile_session_is_a_name(index: Index, sid: str) -> None:
    """A session's id stands in findings and queries as text, also where it is what one session tells of another."""
    bucket(index, session(every(5, 60), Who(sid=sid)), session(every(5, 60, without=[30, 31]), Who(sid="second")))
    (found,) = findings(index, "overlapping-sessions")
    assert sid in {found["sid"], found["subject"]}


def test_users_have_numbers_up_to_the_largest(index: Index) -> None:
    """A uid of 32 bits is whole in a finding and finds its rows."""
    bucket(index, session(every(5, 60, without=[30, 31]), Who(uid=2**32 - 1)))
    assert [one["uid"] for one in findings(index, "coverage-gap")] == [2**32 - 1]


def test_times_long_ago_are_times(index: Index) -> None:
    """Names of the year 1000, or of before 1970, are looked at like any other."""
    for number, year in enumerate((1000, 1969)):
        start = datetime(year, 1, 5, 10)  # noqa: DTZ001 - naive UTC, as everywhere in the index
        moments = every(5, 60, start=start, without=range(20, 30))
        bucket(index, session(moments, Who(sid=f"{year}"), written_after=(START - start) / SECOND))
        index.execute("UPDATE kept_rows SET deleted_at = NULL")
        reconcile(index)
        found = [(one["from_at"].year, one["measure"]) for one in standing(index, "coverage-gap")]
        assert found == [(1000, 10), (1969, 10)][: number + 1]
