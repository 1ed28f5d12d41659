"""The source ``seminar``: Cloud Recording whose every shot the platform tells of, and where one of each gets lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.demo.sample import START
from indexer.demo.shots import hexadecimal, recorded, times

if TYPE_CHECKING:
    from indexer.demo.sample import Sample, Shot

_SOURCE = "seminar"


@dataclass(frozen=True, slots=True)
class Seminar:
    """The shots that were taken. ``lost`` is not in the bucket; that ``untold`` is there, no notice says."""

    taken: list[Shot]
    lost: Shot
    untold: Shot


def add_seminar(sample: Sample) -> Seminar:
    """Add the source's shots, and give back those that were taken."""
    moments = times(START, 60, 10, sample.chance)
    taken = recorded(_SOURCE, hexadecimal(sample.chance), "keynote", 5001, moments)
    gone, untold = sample.chance.randrange(5, 25), sample.chance.randrange(30, 55)
    sample.add(taken[:gone] + taken[gone + 1 :])
    sample.plant_in_session("coverage-gap", "warning", 2, taken[0], from_at=taken[gone - 1].moment)
    return Seminar(taken, lost=taken[gone], untold=taken[untold])
