"""What is said of the sample in a table of one's own, by a model and by people, that names no keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.demo.sample import Sample, Shot

_MODEL, _PERSON = ("machine", timedelta(seconds=2)), ("human", timedelta(minutes=10))
"""Who judges, and how long after the shot."""


def inhouse_rows(sample: Sample) -> Iterator[dict[str, Any]]:
    """Session, room, user and time have to do, a failover's too; one row is empty."""
    yield from _lessons(sample)
    yield from _reviews(sample)
    judgement = {"label": "weapon", "score": 80, "decision": "REJECT"}
    yield dict.fromkeys(("session", "room", "user", "taken"), "") | judgement | {"by": "machine", "judged": ""}


def _lessons(sample: Sample) -> Iterator[dict[str, Any]]:
    """A lesson goes on for minutes after its block; in another one somebody steps in before a minute is over."""
    one, two, three = (sample.session("classroom", f"maths_{room}", 1001 + 10 * room) for room in range(3))
    taken_over = [shot for shot in three if shot.record["failover"] is not None]
    for number, shot in enumerate([*one[100:103], *two[20:22]]):
        yield _row(shot, "weapon", 55 + number, "REJECT" if number == 1 else "MANUAL", _MODEL)
    sample.plant_in_session("time-to-action", "warning", len(one) - 102, one[101])
    yield _row(taken_over[5], "self_harm", 70, "MANUAL", _MODEL)
    yield _row(taken_over[-5], "self_harm", 90, "REJECT", _MODEL)


def _reviews(sample: Sample) -> Iterator[dict[str, Any]]:
    """People look at what Agora blocked, and agree but for one picture; the model sees nothing where Agora does."""
    one, two = (sample.session("upload", "lobby", uid) for uid in (91, 92))
    for shot in one[30:33]:
        yield _row(shot, "porn", 95, "REJECT", _PERSON)
    yield _row(one[33], "swimming", 5, "OK", _PERSON)
    yield _row(two[20], "neutral", 10, "OK", _MODEL)


def _row(shot: Shot, label: str, score: int, decision: str, by: tuple[str, timedelta]) -> dict[str, Any]:
    who, after = by
    return {
        "session": shot.record["sid"].upper(),
        "room": shot.record["cname"],
        "user": shot.record["uid"],
        "taken": shot.moment.isoformat(timespec="milliseconds") + "Z",
        "label": label,
        "score": score,
        "decision": decision,
        "by": who,
        "judged": (shot.moment + after).isoformat(timespec="milliseconds") + "Z",
    }
