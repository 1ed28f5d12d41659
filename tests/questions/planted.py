"""What the sample's bodies say of its shots, counted without the index."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from indexer.demo import Sample
    from indexer.demo.sample import Shot


class Judged(NamedTuple):
    """A frame as somebody judges it in a body of the sample. ``frame`` is its key."""

    provider: str
    reviewer: str
    who: str
    frame: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies in the sample's files, by the files' names: those that can be read, and those that cannot."""

    parsed: dict[str, list[dict[str, Any]]]
    broken: dict[str, list[str]]

    def of(self, name: str) -> list[dict[str, Any]]:
        """Those of one file that can be read."""
        return self.parsed[name]

    def live(self, event: int) -> list[dict[str, Any]]:
        """What the notices of streams say of one event."""
        return [body["payload"] for body in self.of("agora-live") if body["eventType"] == event]


def all_shots(sample: Sample) -> Iterator[Shot]:
    """Every shot."""
    for shots in sample.shots.values():
        yield from shots


def who(shot: Shot) -> str:
    """The user, or the stream where a service has none."""
    return str(shot.record.get("uid") or shot.record["stream"])


def sessions(shots: Iterable[Shot]) -> dict[tuple[Any, ...], list[Shot]]:
    """The shots of each session in order of time."""

    def session(shot: Shot) -> tuple[str, ...]:
        return (shot.source, shot.channel, who(shot), str(shot.record.get("sid")))

    ordered = sorted(shots, key=lambda shot: (session(shot), shot.moment))
    return {key: list(members) for key, members in groupby(ordered, key=session)}


def seconds(later: datetime, earlier: datetime) -> float:
    """How many seconds lie between, to the millisecond."""
    return round((later - earlier).total_seconds(), 3)
