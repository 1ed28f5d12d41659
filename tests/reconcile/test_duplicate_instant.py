"""Several objects that tell of one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconcile.building import SECOND, START, Who, bucket, every, expecting, findings, session

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

KIND = "duplicate-instant"
FAILED_OVER = Who(failover=0)


def told(index: Index, **options: Any) -> list[tuple[Any, ...]]:
    """What is found: the user, how many objects of how many instants, and the explanation."""
    return [(one["uid"], one["rows"], one["measure"], one["explanation"]) for one in findings(index, KIND, **options)]


def test_a_failover_took_shots_that_the_first_recorder_took_too(index: Index) -> None:
    """All instants that two recorders took are one finding of their session, from the first to the last of them."""
    bucket(index, session(every(5, 20)), session(every(5, 20, start=START + 85 * SECOND), FAILED_OVER))
    (found,) = findings(index, KIND)
    assert (found["severity"], found["rows"], found["measure"]) == ("info", 6, 3)
    assert (found["from_at"], found["until_at"]) == (START + 85 * SECOND, START + 95 * SECOND)
    assert found["explanation"] == (
        "6 objects tell of 3 instants: a failover and the recorder that it replaced both took them"
    )


def test_a_shot_under_two_names_is_told_apart_from_a_failover(index: Index) -> None:
    """What lies in two folders is stored twice, and no second recorder took it."""
    copies = session(every(5, 3), Who(prefix="copy/")), session(every(5, 2), Who(prefix="again/"))
    bucket(index, session(every(5, 20)), *copies)
    why = "one recorder's shots are stored under several names, as after a copy to another folder"
    assert told(index) == [(7, 8, 3, f"8 objects tell of 3 instants: {why}")]


def test_a_session_can_have_both(index: Index) -> None:
    """Where some instants have a failover's object and others a copy, the finding says how many have which."""
    failed_over, copies = session(every(5, 2), FAILED_OVER), session(every(5, 20)[-1:], Who(prefix="copy/"))
    bucket(index, session(every(5, 20)), failed_over, copies)
    why = "a failover and the recorder that it replaced both took 2, the others are stored twice"
    assert told(index) == [(7, 6, 3, f"6 objects tell of 3 instants: {why}")]


def test_two_users_at_once_are_no_duplicate(index: Index) -> None:
    """The same instant of another user, or of a session of its own, is another shot."""
    bucket(index, *(session(every(5, 20), who) for who in (Who(), Who(uid=8), Who(sid="another"))))
    assert told(index) == []


@pytest.mark.parametrize(("interval", "found"), [(None, 0), (1.0, 0), (2.0, 0), (2.1, 1), (5.0, 1)])
def test_names_to_the_second_tell_only_of_long_intervals(index: Index, interval: float | None, found: int) -> None:
    """Two shots within a second have one name there; only where that is no time for two is it a duplicate."""
    who, other = Who(form="14"), Who(form="14", failover=0)
    bucket(index, session(every(5, 20), who), session(every(5, 2), other), of=expecting(interval=interval))
    assert len(told(index)) == found


def test_names_to_the_millisecond_tell_without_an_interval(index: Index) -> None:
    """Two objects of one millisecond are one instant's, whatever the interval is."""
    bucket(index, session(every(5, 20)), session(every(5, 2), FAILED_OVER), of=expecting(interval=None))
    assert len(told(index)) == 1
