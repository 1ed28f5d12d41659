"""Gaps in sessions: what is missing, what explains it, and how it is counted by the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store.listings import rows

from indexer.naming import Layout, Template
from indexer.reconcile import Thresholds
from reconcile.building import (
    SECOND,
    START,
    STREAMS,
    Who,
    bucket,
    empty,
    every,
    expecting,
    findings,
    not_computable,
    reconcile,
    session,
    standing,
    streamed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    Index = duckdb.DuckDBPyConnection

KIND = "coverage-gap"
MILLISECOND = timedelta(milliseconds=1)
FAILED_OVER = Who(failover=0)
NEVER_A_DRIFT = Thresholds(drift_share=1000)


def gaps(index: Index, **options: Any) -> list[tuple[Any, ...]]:
    """What is found: how severe it is, how many are missing, and from when until when, in seconds after the start."""
    return [
        (one["severity"], one["measure"], (one["from_at"] - START) / SECOND, (one["until_at"] - START) / SECOND)
        for one in findings(index, KIND, **options)
    ]


def coverage(index: Index) -> list[tuple[Any, ...]]:
    """Hour, shots, missing and explained ones, of all sessions together."""
    sums = "sum(shots)::BIGINT, sum(missing)::BIGINT, sum(explained)::BIGINT"
    return rows(index, f"SELECT hour, {sums} FROM coverage GROUP BY hour ORDER BY hour")


def test_missing_shots_are_a_gap(index: Index) -> None:
    """Shots that the interval promises and that are not there are one finding, from the last one to the next."""
    bucket(index, session(every(5, 60, without=range(20, 30))))
    (gap,) = findings(index, KIND)
    assert (gap["source"], gap["channel"], gap["sid"], gap["uid"]) == ("classroom", "room_1", "38f8e3", 7)
    assert (gap["severity"], gap["measure"], gap["rows"]) == ("warning", 10, 2)
    assert (gap["from_at"], gap["until_at"]) == (START + 95 * SECOND, START + 150 * SECOND)
    assert gap["explanation"] == ("10 missing in 55 s, where one is due every 5.0 s: nothing in the index explains it")


def test_a_session_without_a_gap_has_no_finding(index: Index) -> None:
    """What comes as promised is no finding, and is not missing anywhere."""
    bucket(index, session(every(5, 60)))
    assert gaps(index) == []
    assert coverage(index) == [(START, 60, 0, 0)]


@pytest.mark.parametrize(("missing", "severity"), [(118, "warning"), (119, "critical")])
def test_a_gap_of_ten_minutes_is_critical(index: Index, missing: int, severity: str) -> None:
    """A gap that nothing explains is critical from the configured length on."""
    bucket(index, session(every(5, 300, without=range(100, 100 + missing))))
    assert [one[0] for one in gaps(index)] == [severity]


def test_neighbouring_gaps_are_one_finding(index: Index) -> None:
    """Three shots between two gaps leave them one finding, and four make it two."""
    bucket(index, session(every(5, 60, without=[20, 21, *range(25, 30)])))
    assert gaps(index) == [("warning", 7, 95, 150)]
    bucket(index, session(every(5, 60, without=[20, 21, *range(26, 30)])))
    assert gaps(index) == [("warning", 2, 95, 110), ("warning", 4, 125, 150)]


def test_neighbouring_gaps_of_different_reasons_are_two(index: Index) -> None:
    """A failover does not explain away the gap beside it, and the gap does not make a failover a failure."""
    before = session(every(5, 21, without=range(10, 20)))
    bucket(index, before, session(every(5, 20, start=START + 150 * SECOND), FAILED_OVER))
    assert gaps(index) == [("warning", 10, 45, 100), ("info", 9, 100, 150)]


@pytest.mark.parametrize(("dark", "severity"), [(95, "info"), (96, "warning")])
def test_a_failover_explains_ninety_seconds(index: Index, dark: int, severity: str) -> None:
    """A new recorder has 90 seconds, and the interval that was under way; a longer gap it does not explain."""
    bucket(index, session(every(5, 20)), session(every(5, 20, start=START + (95 + dark) * SECOND), FAILED_OVER))
    assert [one[0] for one in gaps(index)] == [severity]


def test_a_gap_of_one_recorder_is_no_failover(index: Index) -> None:
    """A gap between two shots of the same failover is not explained by it."""
    bucket(
        index, session(every(5, 40)), session(every(5, 40, start=START + 200 * SECOND, without=[10, 11]), FAILED_OVER)
    )
    assert gaps(index) == [("warning", 2, 245, 260)]


def test_a_stream_paused_while_others_were_captured(index: Index) -> None:
    """A user without shots, while others of the recording have at least half as many, has paused the video."""
    bucket(
        index,
        session(every(5, 60, without=range(20, 40))),
        session(every(5, 60, without=range(21, 31)), Who(uid=8)),
        session(every(5, 60), Who(sid="another", uid=9)),
    )
    found = findings(index, KIND)
    assert [(one["uid"], one["severity"]) for one in found] == [(7, "info"), (8, "warning")]
    assert "paused" in found[0]["explanation"]


def test_names_without_a_session_end_one_by_ten_minutes(index: Index) -> None:
    """Where names carry no session, ten minutes without a shot are its end, and less is a gap."""
    moments = [*every(5, 20), *every(5, 20, start=START + 400 * SECOND), *every(5, 20, start=START + 1095 * SECOND)]
    bucket(index, streamed(moments), of=expecting(layout=STREAMS))
    assert gaps(index) == [("warning", 60, 95, 400), ("info", 119, 495, 1095)]


def test_a_stream_of_the_same_app_explains_nothing(index: Index) -> None:
    """Streams without a session are no recording together: one that runs says nothing about another."""
    held = streamed(every(5, 60, without=range(20, 40))), streamed(every(5, 60), name="karaoke")
    bucket(index, *held, of=expecting(layout=STREAMS))
    assert gaps(index) == [("warning", 20, 95, 200)]


def test_a_deleted_shot_is_no_gap(index: Index) -> None:
    """What was captured and deleted later was captured."""
    bucket(index, session(every(5, 60)))
    bucket(index, session(every(5, 60, without=range(20, 30))))
    assert gaps(index) == []
    assert coverage(index) == [(START, 60, 0, 0)]


def test_a_name_with_a_wrong_clock_is_no_gap(index: Index) -> None:
    """What is more than 30 days off makes no billions of missing shots, nor an hour of coverage for each."""
    far, farther = START + timedelta(days=30, seconds=46), datetime.fromisoformat("9999-12-31 23:59:59")
    wrong = session([far]), session([farther], written_after=(START - farther) / SECOND)
    bucket(index, session(every(5, 10)), *wrong)
    assert gaps(index) == []
    assert [(shots, missing) for _, shots, missing, _ in coverage(index)] == [(10, 0), (1, 0), (1, 0)]


def test_a_session_in_two_folders_is_one(index: Index) -> None:
    """What the keys' folders make two services of is still one session: its parts are no gaps of each other."""
    even, odd = every(5, 60)[::2], every(5, 60)[1::2]
    held = session(even), session(odd, Who(prefix="20260105/"))
    bucket(index, *held, of=expecting(layout=Layout("auto")))
    assert gaps(index) == []
    assert rows(index, "SELECT sum(shots) FROM coverage") == [(60,)]


@pytest.mark.parametrize("form", ["14", "10"])
@given(jitter=st.lists(st.integers(0, 999), min_size=30, max_size=30))
@settings(max_examples=10)
def test_names_to_the_second_jitter(form: str, jitter: list[int]) -> None:
    """Up to a second between a shot's time and its name, either way, is no gap, even at an interval of one second."""
    moments = [moment + late * MILLISECOND for moment, late in zip(every(1, 30), jitter, strict=True)]
    whole = sorted({moment.replace(microsecond=0) for moment in moments})
    with empty() as index:
        bucket(index, session(whole, Who(form=form)), of=expecting(interval=1))
        assert gaps(index) == []


def test_two_recorders_of_one_instant_are_one_shot(index: Index) -> None:
    """A failover and the recorder that it replaces both take some shots: each instant is counted once."""
    bucket(index, session(every(5, 60)), session(every(5, 20, start=START + 200 * SECOND), FAILED_OVER))
    assert gaps(index) == []
    assert coverage(index) == [(START, 60, 0, 0)]


def test_a_drifting_session_is_judged_by_its_own_pace(index: Index) -> None:
    """A session that was asked for a shot every ten seconds lacks none of every five, but those of every ten."""
    bucket(index, session(every(10, 60, without=[20, 21])))
    assert gaps(index) == [("warning", 2, 190, 220)]


def test_a_gap_over_several_hours_is_counted_where_shots_were_due(index: Index) -> None:
    """Each missing shot belongs to the hour in which it was due; an hour that begins with one has that one."""
    start = datetime.fromisoformat("2026-01-05 10:59:40")
    bucket(index, session(every(10, 725, start=start, without=range(1, 723))), of=expecting(interval=10))
    reconcile(index, thresholds=NEVER_A_DRIFT)
    hours = [datetime.fromisoformat(f"2026-01-05 {hour}:00:00") for hour in (10, 11, 12, 13)]
    assert coverage(index) == [
        (hours[0], 1, 1, 0),
        (hours[1], 0, 360, 0),
        (hours[2], 0, 360, 0),
        (hours[3], 2, 1, 0),
    ]


def test_explained_shots_are_counted_as_such(index: Index) -> None:
    """Coverage tells how many of the missing shots something explains."""
    bucket(index, session(every(5, 60, without=range(20, 40))), session(every(5, 60), Who(uid=8)))
    reconcile(index)
    assert coverage(index) == [(START, 100, 20, 20)]


@st.composite
def _slots(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    """An interval in milliseconds, the slots that have a shot, and how many thousandths of it each is off."""
    interval = draw(st.sampled_from([1000, 1234, 5000, 60_000, 3_600_000]))
    slots = sorted({0, *draw(st.sets(st.integers(1, 400), min_size=1, max_size=30))})
    off = draw(st.lists(st.integers(0, 400), min_size=len(slots), max_size=len(slots)))
    return interval, slots, off


def _covered(interval: int, moments: Sequence[datetime]) -> list[tuple[Any, ...]]:
    with empty() as index:
        bucket(index, session(moments), of=expecting(interval=interval / 1000))
        reconcile(index, thresholds=NEVER_A_DRIFT)
        return coverage(index)


@given(_slots())
@settings(max_examples=10)
def test_shots_and_missing_ones_add_up(drawn: tuple[int, list[int], list[int]]) -> None:
    """Over all hours there are as many shots and missing ones as the session has slots, however each shot jitters."""
    interval, slots, off = drawn
    moments = [
        START + (slot * interval + interval * late // 1000) * MILLISECOND for slot, late in zip(slots, off, strict=True)
    ]
    hours = _covered(interval, moments)
    assert sum(shots for _, shots, _, _ in hours) == len(slots)
    assert sum(shots + missing for _, shots, missing, _ in hours) == slots[-1] + 1


@given(_slots())
@settings(max_examples=10)
def test_each_hour_has_the_slots_that_are_in_it(drawn: tuple[int, list[int], list[int]]) -> None:
    """Without jitter, each hour's shots and missing ones are the slots that begin in it."""
    interval, slots, _ = drawn
    due = [
        (START + slot * interval * MILLISECOND).replace(minute=0, second=0, microsecond=0)
        for slot in range(slots[-1] + 1)
    ]
    hours = _covered(interval, [START + slot * interval * MILLISECOND for slot in slots])
    assert {hour: shots + missing for hour, shots, missing, _ in hours} == {hour: due.count(hour) for hour in due}


def test_without_an_interval_it_is_not_computable(index: Index) -> None:
    """A source without an interval promises nothing, and says so."""
    bucket(index, session(every(5, 60, without=range(20, 30))), of=expecting(interval=None))
    assert gaps(index) == []
    assert not_computable(index, KIND) == {"classroom": "no interval is configured"}
    assert coverage(index) == []


def test_without_times_in_the_names_it_is_not_computable(index: Index) -> None:
    """A source whose names tell no time has no gaps that anybody could see, and says so."""
    covers = Layout("template", (Template("cover/{AppName}/{StreamName}.jpg"),))
    bucket(index, {"cover/live/cooking.jpg": session([START]).popitem()[1]}, of=expecting(layout=covers))
    assert gaps(index) == []
    assert not_computable(index, KIND) == {"classroom": "none of its names tells when its shot was taken"}


def test_sources_expect_what_is_theirs(index: Index) -> None:
    """Each source is judged by its own interval."""
    for name, interval in (("slow", 10.0), ("unsaid", None), ("fast", 2.5)):
        bucket(index, session(every(10, 9)), of=expecting(name, interval=interval))
    reconcile(index)
    assert [one["source"] for one in standing(index, KIND)] == ["fast"]
    assert set(not_computable(index, KIND)) == {"unsaid"}


def test_users_of_one_number_in_two_channels_are_two(index: Index) -> None:
    """A session is of a source, a sid, a channel and a user: what differs in one of them fills no gap."""
    who = Who()
    others = replace(who, sid="another"), replace(who, cname="room_2"), replace(who, uid=8)
    bucket(
        index, session(every(5, 11, without=range(3, 7))), *(session([START + 15 * SECOND], other) for other in others)
    )
    assert gaps(index) == [("warning", 4, 10, 35)]
