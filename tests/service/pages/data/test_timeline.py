"""A session on one axis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from reconcile.building import SECOND, START, Who, bucket, every, reconcile, session
from store.payloads import payload, take, verdict

from indexer.service.pages.data.place import Place
from indexer.service.pages.data.timeline import CELLS, MOST_MARKS, TimeLine, Window, span, time_line
from indexer.store import match

if TYPE_CHECKING:
    import duckdb

PLACE = Place("classroom", "room_1", "38f8e3", 7)


def shown(index: duckdb.DuckDBPyConnection, place: Place = PLACE, window: Window | None = None) -> TimeLine:
    """A session's time line, all of it unless a window is given."""
    whole = span(index, place)
    assert whole is not None
    return time_line(index, place, whole, window or Window(whole.first_at, whole.last_at))


def test_every_shot_stands_by_itself_where_there_is_room(index: duckdb.DuckDBPyConnection) -> None:
    """Each shot has its moment and its whole key, in the order of time; other sessions are not among them."""
    moments = every(5, 100)
    bucket(index, session(moments), session(every(7, 50), Who(uid=8)))
    told = shown(index)
    assert [shot.from_at for shot in told.shots] == moments
    assert {shot.shots for shot in told.shots} == {1}
    assert told.shots_step == 1
    assert told.shots[0].key.endswith("__uid_s_7__uid_e_video_20260105100000000.jpg")


def test_many_shots_are_counted_in_cells(index: duckdb.DuckDBPyConnection) -> None:
    """More shots than there is room for are counted by stretches of one length, and none is lost or counted twice."""
    bucket(index, session(every(10, MOST_MARKS + 1)))
    told = shown(index)
    assert CELLS / 2 < len(told.shots) <= CELLS
    assert sum(cell.shots for cell in told.shots) == told.whole.shots == MOST_MARKS + 1
    assert {cell.cell for cell in told.shots} <= set(range(CELLS))


def test_a_window_shows_what_is_inside(index: duckdb.DuckDBPyConnection) -> None:
    """Both ends belong to the window."""
    bucket(index, session(every(5, 100)))
    told = shown(index, window=Window(START + 10 * SECOND, START + 20 * SECOND))
    assert [shot.from_at for shot in told.shots] == every(5, 3, start=START + 10 * SECOND)


def test_a_deleted_shot_stays_on_the_axis(index: duckdb.DuckDBPyConnection) -> None:
    """What was deleted from the bucket is told as deleted."""
    bucket(index, session(every(5, 10)))
    bucket(index, session(every(5, 10, without=[4])))
    told = shown(index)
    assert [shot.from_at for shot in told.shots if shot.deleted] == [START + 20 * SECOND]
    assert (told.whole.shots, told.whole.deleted) == (10, 1)


def test_a_failover_is_where_the_next_recorder_began(index: duckdb.DuckDBPyConnection) -> None:
    """The first shot of each new recorder marks it, and the gap before it is found with its explanation."""
    later = START + 150 * SECOND
    bucket(index, session(every(5, 20)), session(every(5, 20, start=later), Who(failover=0)))
    reconcile(index)
    told = shown(index)
    assert [(failover.moment, failover.failover) for failover in told.failovers] == [(later, 0)]
    [gap] = [found for found in told.found if found.kind == "coverage-gap"]
    assert (gap.from_at, gap.until_at) == (START + 95 * SECOND, later)
    assert "another recorder took over" in gap.explanation


def test_a_gap_outside_the_window_is_not_told(index: duckdb.DuckDBPyConnection) -> None:
    """Only what touches the window is on its axis."""
    bucket(index, session(every(5, 60, without=range(20, 30))))
    reconcile(index)
    assert [found.kind for found in shown(index).found].count("coverage-gap") == 1
    before = Window(START, START + 50 * SECOND)
    assert "coverage-gap" not in [found.kind for found in shown(index, window=before).found]


def test_verdicts_stand_on_the_axis_by_what_they_suggest(index: duckdb.DuckDBPyConnection) -> None:
    """Passes, reviews and blocks are told apart, and one whose picture no bucket holds is told as unseen."""
    shots = session(every(5, 10))
    bucket(index, shots)
    keys = list(shots)
    unseen = {"sid": "38f8e3", "cname": "room_1", "uid": 7, "captured_at": START + 12 * SECOND}
    said = [
        verdict(key=keys[0], suggestion="pass", label="none"),
        verdict(key=keys[1], suggestion="block", label="porn", score=0.9),
        verdict(suggestion="review", label="sexy", **unseen),
        verdict(key=keys[2], suggestion="block", label="part", is_overall=False),
    ]
    take(index, payload(*(replace(one, result_path=f"/{number}") for number, one in enumerate(said))))
    match(index, tolerance_seconds=0)
    told = [(one.moment, one.suggestion, one.label, one.unseen) for one in shown(index).verdicts]
    assert told == [
        (START, "pass", "none", 0),
        (START + 5 * SECOND, "block", "porn", 0),
        (START + 12 * SECOND, "review", "sexy", 1),
    ]


def test_many_verdicts_are_counted_in_cells(index: duckdb.DuckDBPyConnection) -> None:
    """A verdict for each of thousands of shots is counted by stretches too."""
    shots = session(every(5, MOST_MARKS + 1))
    bucket(index, shots)
    take(index, payload(*(verdict(result_path=f"/{key}", key=key, suggestion="pass") for key in shots)))
    match(index)
    told = shown(index)
    assert len(told.verdicts) <= CELLS
    assert sum(cell.verdicts for cell in told.verdicts) == MOST_MARKS + 1


def test_a_single_shot_is_a_time_line(index: duckdb.DuckDBPyConnection) -> None:
    """A session of one shot has a window of no length, and its shot stands at its beginning."""
    bucket(index, session([START]))
    told = shown(index)
    assert [shot.cell for shot in told.shots] == [0]
    assert told.window.share(START) == 0


@pytest.mark.parametrize(
    "place",
    [Place("elsewhere"), Place("classroom"), Place("classroom", "room_1", "38f8e3", 8), Place("' OR 1=1 --", "'")],
)
def test_a_place_of_nobody_has_no_time_line(index: duckdb.DuckDBPyConnection, place: Place) -> None:
    """What names no session, in full, is nobody's, and its texts are only texts."""
    bucket(index, session(every(5, 10)))
    assert span(index, place) is None
