"""The source ``classroom``: Cloud Recording, a shot every 5 seconds, with what goes wrong while a recorder runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.demo.sample import START
from indexer.demo.shots import SECOND, hexadecimal, recorded, times

if TYPE_CHECKING:
    from datetime import datetime

    from indexer.demo.sample import Sample, Shot

_SOURCE = "classroom"
_INTERVAL = 5


def add_classroom(sample: Sample) -> None:
    """Add the source's shots."""
    _lesson_with_odd_pictures(sample)
    _lesson_with_a_pause(sample)
    _lesson_with_a_failover(sample)
    _lesson_with_holes(sample)
    _lesson_recorded_twice(sample)
    _lesson_at_another_pace(sample)
    odd = times(START, 6, _INTERVAL, sample.chance)
    sample.add(recorded(_SOURCE, hexadecimal(sample.chance), "50% off + a__uid_s_1__uid_e_video", 77, odd))


def _moments(sample: Sample, count: int, after_minutes: int = 0) -> list[datetime]:
    return times(START + after_minutes * 60 * SECOND, count, _INTERVAL, sample.chance)


def _lesson_with_odd_pictures(sample: Sample) -> None:
    """One user's picture freezes for some shots, another's is black for some."""
    sid = hexadecimal(sample.chance)
    one, two, three = (
        recorded(_SOURCE, sid, "maths_0", uid, _moments(sample, 180)) for uid in (1001, 1002, 2725317129)
    )
    sample.add(one)
    sample.add(_frozen(sample, two))
    sample.add(_black(sample, three))


def _frozen(sample: Sample, shots: list[Shot]) -> list[Shot]:
    first, length = sample.chance.randrange(20, 100), sample.chance.randrange(6, 12)
    stretch = shots[first : first + length]
    sample.plant_in_session("frozen-picture", "warning", length, stretch[0], from_at=stretch[0].moment)
    # They are one file with one time, which is that of the last of them.
    written = replace(stretch[0], uploaded_after=stretch[-1].moment - stretch[0].moment + SECOND)
    same = [replace(shot, same_as=written.key) for shot in stretch[1:]]
    return [*shots[:first], written, *same, *shots[first + length :]]


def _black(sample: Sample, shots: list[Shot]) -> list[Shot]:
    black = set(sample.chance.sample(range(len(shots)), 5))
    sample.plant_in_session("tiny-picture", "warning", len(black), shots[0])
    return [replace(shot, size=16) if number in black else shot for number, shot in enumerate(shots)]


def _lesson_with_a_pause(sample: Sample) -> None:
    """One user sends no video for three minutes; the others do."""
    sid = hexadecimal(sample.chance)
    pausing, *others = (
        recorded(_SOURCE, sid, "maths_1", uid, _moments(sample, 180, 10)) for uid in (1011, 1012, 2725317130)
    )
    first = sample.chance.randrange(40, 100)
    sample.add(_without(sample, pausing, first, 36, "info"))
    for shots in others:
        sample.add(shots)


def _without(sample: Sample, shots: list[Shot], first: int, count: int, severity: str) -> list[Shot]:
    """Leave shots out of a session, which makes a gap."""
    sample.plant_in_session("coverage-gap", severity, 2, shots[0], from_at=shots[first - 1].moment)
    return shots[:first] + shots[first + count :]


def _lesson_with_a_failover(sample: Sample) -> None:
    """A second recorder takes over after 45 seconds. Of one user, the first one still uploads some shots."""
    sid = hexadecimal(sample.chance)
    for uid in (1021, 1022, 2725317131):
        moments = _moments(sample, 180, 20)
        before = recorded(_SOURCE, sid, "maths_2", uid, moments[:90])
        sample.plant_in_session("coverage-gap", "info", 2, before[0], from_at=moments[89])
        sample.add(before)
        sample.add(recorded(_SOURCE, sid, "maths_2", uid, moments[99:], failover=0))
        if uid == 1021:
            first = sample.chance.randrange(110, 150)
            sample.add(recorded(_SOURCE, sid, "maths_2", uid, moments[first : first + 3]))
            sample.plant_in_session("duplicate-instant", "info", 2 * 3, before[0])


def _lesson_with_holes(sample: Sample) -> None:
    """Nobody else is there whose shots would explain two minutes without one, and twelve."""
    moments = _moments(sample, 280)
    shots = recorded(_SOURCE, hexadecimal(sample.chance), "chess", 3001, moments)
    first = sample.chance.randrange(20, 40)
    rest = _without(sample, shots, first, 24, "warning")
    later = sample.chance.randrange(60, 80)
    sample.add(_without(sample, rest, later, 144, "critical"))


def _lesson_recorded_twice(sample: Sample) -> None:
    """Two recorders run at once for some minutes."""
    length = sample.chance.randrange(60, 90)
    first = recorded(_SOURCE, hexadecimal(sample.chance), "physics", 2001, _moments(sample, 100))
    overlap = START + timedelta(seconds=_INTERVAL * (100 - length // 2))
    moments = times(overlap, length, _INTERVAL, sample.chance)
    second = recorded(_SOURCE, hexadecimal(sample.chance), "physics", 2001, moments)
    sample.add([*first, *second])
    sample.plant_in_session("overlapping-sessions", "warning", 2, second[0])


def _lesson_at_another_pace(sample: Sample) -> None:
    """A recording that was started with an interval of 10 seconds instead of 5."""
    moments = times(START, 60, 2 * _INTERVAL, sample.chance)
    sample.add(recorded(_SOURCE, hexadecimal(sample.chance), "art", 4001, moments))
    sample.plant("interval-drift", "warning", 1, source=_SOURCE)
