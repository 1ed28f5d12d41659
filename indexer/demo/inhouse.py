"""What reviewers of one's own say of the sample, in a table that names no keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.demo.sample import Sample, Shot


def inhouse_rows(sample: Sample) -> Iterator[dict[str, Any]]:
    """Session, room, user and time have to do, a failover's too; one row is empty."""
    one, two, three = (sample.session("classroom", f"maths_{room}", 1001 + 10 * room) for room in range(3))
    taken_over = [shot for shot in three if shot.record["failover"] is not None]
    for number, shot in enumerate([*one[100:103], *two[20:22]]):
        yield _row(shot, "weapon", 55 + number, "REJECT" if number == 1 else "MANUAL")
    # The first lesson went on for minutes; in the third one somebody stepped in before a minute was over.
    sample.plant_in_session("time-to-action", "warning", len(one) - 102, one[101])
    yield _row(taken_over[5], "self_harm", 70, "MANUAL")
    yield _row(taken_over[-5], "self_harm", 90, "REJECT")
    judgement = {"label": "weapon", "score": 80, "decision": "REJECT"}
    yield {"session": "", "room": "", "user": "", "taken": ""} | judgement


def _row(shot: Shot, label: str, score: int, decision: str) -> dict[str, Any]:
    record = shot.record
    return {
        "session": record["sid"].upper(),
        "room": record["cname"],
        "user": record["uid"],
        "taken": shot.moment.isoformat(timespec="milliseconds") + "Z",
        "label": label,
        "score": score,
        "decision": decision,
    }
