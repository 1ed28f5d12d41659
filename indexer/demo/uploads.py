"""The source ``upload``: the client SDK's screenshot upload, a shot every 10 seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.demo.sample import START
from indexer.demo.shots import hexadecimal, times, uploaded

if TYPE_CHECKING:
    from indexer.demo.sample import Sample, Shot

_SOURCE = "upload"


def add_upload(sample: Sample) -> None:
    """Add the source's shots. One phone writes times in whole seconds, and some of its pictures came late."""
    for uid in (91, 92):
        sid = hexadecimal(sample.chance).upper()
        sample.add(uploaded(sid, "lobby", uid, times(START, 180, 10, sample.chance)))
    whole = [moment.replace(microsecond=0) for moment in times(START, 20, 10, sample.chance)]
    sample.add(_late(sample, uploaded(hexadecimal(sample.chance).upper(), "lobby", 93, whole, form="10")))


def _late(sample: Sample, shots: list[Shot]) -> list[Shot]:
    """The phone was out of reach, and uploaded a few pictures when it was back."""
    first, back = sample.chance.randrange(4, 10), shots[-1].moment + timedelta(minutes=10)
    late = [replace(shot, uploaded_after=back - shot.moment) for shot in shots[first : first + 4]]
    sample.plant("late-upload", "warning", len(late), source=_SOURCE)
    return shots[:first] + late + shots[first + 4 :]
