"""Sessions that keep another interval than configured, and sessions that run at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from indexer.naming import Layout
from indexer.reconcile import Range, Thresholds
from reconcile.building import (
    SECOND,
    START,
    STREAMS,
    Who,
    bucket,
    every,
    expecting,
    findings,
    not_computable,
    reconcile,
    session,
    standing,
    streamed,
    written,
)

if TYPE_CHECKING:
    import duckdb
    from store.listings import Listing

    Index = duckdb.DuckDBPyConnection

DRIFT = "interval-drift"
OVERLAP = "overlapping-sessions"


def test_sessions_of_another_interval_are_told_by_source(index: Index) -> None:
    """All sessions of a source that keep the same other interval are one finding, and say how many they are."""
    slow = [session(every(10, 20), Who(uid=uid)) for uid in (1, 2, 3)]
    bucket(index, *slow, *(session(every(5, 20), Who(uid=uid)) for uid in (4, 5)), session(every(2.5, 20)))
    fast, found = sorted(findings(index, DRIFT), key=lambda one: one["rows"])
    assert (found["severity"], found["source"], found["subject"], found["rows"]) == ("warning", "classroom", "10", 3)
    assert found["measure"] == 10
    assert (found["from_at"], found["until_at"]) == (START, START + 190 * SECOND)
    assert found["explanation"] == (
        "10.0 s instead of 5.0 s in 3 of 6 sessions: another interval was asked for than the configuration says"
    )
    assert fast["explanation"].startswith("2.5 s instead of 5.0 s in 1 of 6 sessions")


def test_gaps_and_jitter_are_no_other_interval(index: Index) -> None:
    """A session with many gaps, or whose shots come a little early and late, keeps its interval."""
    jittered = [moment + 0.4 * (number % 3) * SECOND for number, moment in enumerate(every(5, 20))]
    bucket(index, session(every(5, 40, without=range(10, 50, 4))), session(jittered, Who(uid=8)))
    assert findings(index, DRIFT) == []


@pytest.mark.parametrize(("observed", "found"), [(5.9, 0), (6.0, 0), (6.1, 1), (4.0, 0), (3.9, 1)])
def test_the_share_is_of_the_configured_interval(index: Index, observed: float, found: int) -> None:
    """An interval may be a fifth off."""
    bucket(index, session(every(observed, 20)))
    assert len(findings(index, DRIFT)) == found


def test_sessions_on_both_sides_of_the_share_are_told_apart(index: Index) -> None:
    """Of two sessions that round to the same second, only the one that is off is found, and shown."""
    bucket(index, session(every(5.8, 20)), session(every(6.2, 20), Who(uid=8)))
    (found,) = findings(index, DRIFT)
    assert (found["subject"], found["rows"]) == ("6", 1)


def test_the_share_is_what_is_configured(index: Index) -> None:
    """The finding and its query go by the same configured share."""
    bucket(index, session(every(5.8, 20)))
    (found,) = findings(index, DRIFT, thresholds=Thresholds(drift_share=0.1))
    assert found["rows"] == 1


def test_names_to_the_second_do_not_drift(index: Index) -> None:
    """An interval between two whole seconds shows as either of them in such names, and is not off."""
    moments = [moment.replace(microsecond=0) for moment in every(1.5, 21)]
    bucket(index, session(moments, Who(form="14")), of=expecting(interval=1.5))
    assert findings(index, DRIFT) == []


def test_a_short_session_keeps_no_interval(index: Index) -> None:
    """Below ten shots nothing is usual, and the session is not counted among those that were judged."""
    bucket(index, session(every(10, 9)), session(every(10, 10), Who(uid=8)))
    (found,) = findings(index, DRIFT)
    assert "in 1 of 1 sessions" in found["explanation"]


def test_without_an_interval_nothing_drifts(index: Index) -> None:
    """Nothing is off what is not configured, and that is said."""
    bucket(index, session(every(10, 20)), of=expecting(interval=None))
    assert findings(index, DRIFT) == []
    assert not_computable(index, DRIFT) == {"classroom": "no interval is configured"}


def test_a_range_does_not_settle_what_is_usual(index: Index) -> None:
    """A look at some hours tells nothing of a source's interval, and leaves what is known of it as it is."""
    bucket(index, session(every(10, 20)), session(every(5, 20, start=START + 3600 * SECOND), Who(uid=8)))
    reconcile(index)
    (known,) = standing(index, DRIFT)
    (still,) = findings(index, DRIFT, between=Range(since=START + 1800 * SECOND))
    assert (still["finding_id"], still["explanation"]) == (known["finding_id"], known["explanation"])
    assert not_computable(index, DRIFT) == {None: "only a look at all times tells what is usual"}


def pairs(index: Index, **options: Any) -> list[tuple[Any, ...]]:
    """The two sessions of each finding, and for how many seconds they ran at once."""
    return [(one["sid"], one["subject"], one["measure"]) for one in findings(index, OVERLAP, **options)]


def test_two_recorders_of_one_user_are_told(index: Index) -> None:
    """Two sessions of one channel and user at once are one finding: the later one's, which names the earlier one."""
    bucket(index, session(every(5, 61)), session(every(5, 61, start=START + 100 * SECOND), Who(sid="second")))
    (found,) = findings(index, OVERLAP)
    assert (found["severity"], found["channel"], found["uid"], found["rows"]) == ("warning", "room_1", 7, 2)
    assert (found["sid"], found["subject"], found["measure"]) == ("second", "38f8e3", 200)
    assert (found["from_at"], found["until_at"]) == (START + 100 * SECOND, START + 300 * SECOND)
    assert found["explanation"].startswith("for 200 s another session of the same channel and user ran too")


def test_sessions_one_after_the_other_are_fine(index: Index) -> None:
    """A recording that begins when the one before it has ended, even at its last shot, is no second one."""
    bucket(index, session(every(5, 61)), session(every(5, 61, start=START + 300 * SECOND), Who(sid="second")))
    assert pairs(index) == []


def test_other_users_channels_and_sources_are_no_pair(index: Index) -> None:
    """Only what would be the same pictures twice is told."""
    for name, who in (("one", Who()), ("two", Who(sid="second"))):
        bucket(index, session(every(5, 20), who), of=expecting(name))
    others = Who(sid="third", uid=8), Who(sid="fourth", cname="room_2")
    bucket(index, *(session(every(5, 20), who) for who in (Who(), *others)), of=expecting("three"))
    assert pairs(index) == []


def test_a_session_inside_a_long_one_is_found(index: Index) -> None:
    """A short session in between does not hide the long one that runs on: each is paired with the longest before it."""
    starts = {"a": (0, 200), "b": (50, 11), "c": (300, 11), "d": (500, 200)}
    held = [session(every(5, n, start=START + at * SECOND), Who(sid=sid)) for sid, (at, n) in starts.items()]
    bucket(index, *held)
    assert pairs(index) == [("b", "a", 50), ("c", "a", 50), ("d", "a", 495)]


@pytest.mark.parametrize("year", [1000, 1969, 9998])
def test_sessions_of_any_year_are_paired(index: Index, year: int) -> None:
    """However far off a clock is, two sessions at once are told by their ids."""
    start = START.replace(year=year)
    after = (START - start) / SECOND
    bucket(index, *(session(every(5, 20, start=start), Who(sid=sid), written_after=after) for sid in ("a", "b")))
    assert pairs(index) == [("b", "a", 95)]


def test_of_two_that_end_at_once_one_is_named(index: Index) -> None:
    """Every run names the same other session, though two fit as well."""
    for at_once in (["a", "b", "c"], ["b", "c", "a"]):
        starts = dict(zip(at_once, (0, 50, 100), strict=True))
        held = [session(every(5, 61 - at // 5, start=START + at * SECOND), Who(sid=sid)) for sid, at in starts.items()]
        bucket(index, *held, of=expecting(at_once[0]))
    assert pairs(index) == [("b", "a", 250), ("c", "b", 250), ("c", "b", 200), ("a", "c", 200)]


def live(sid: str, start: int) -> Listing:
    """A stream's shots as live streaming names them: without a user."""
    moments = every(10, 20, start=START + start * SECOND)
    stem = f"live/cooking/{sid * 32}_20260105100000000"
    return written({f"{stem}_{moment:%Y%m%d%H%M%S}.jpg": moment for moment in moments})


def test_streams_have_no_user_and_are_told_by_their_channel(index: Index) -> None:
    """Two sessions of one stream at once are a pair, though no user is in their names."""
    bucket(index, live("a", 0), live("b", 100), of=expecting(layout=Layout("live-streaming")))
    (found,) = findings(index, OVERLAP)
    assert (found["channel"], found["uid"], found["sid"], found["measure"]) == ("live/cooking", None, "b" * 32, 90)


def test_names_without_a_session_have_no_pair(index: Index) -> None:
    """All of a stream's shots are of one session where names tell none."""
    bucket(index, streamed(every(5, 20)), streamed(every(5, 20, start=START + SECOND)), of=expecting(layout=STREAMS))
    assert pairs(index) == []


def test_a_single_shot_runs_for_no_time(index: Index) -> None:
    """A session of one shot, as some services have one for each, is not at once with another."""
    bucket(index, session(every(5, 61)), session([START + 50 * SECOND], Who(sid="second")))
    assert pairs(index) == []
