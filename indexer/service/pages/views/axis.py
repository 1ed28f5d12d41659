"""The axis of a time line: where a moment stands on it, how it is labelled, and where one can zoom to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.service.pages.data.timeline import Window

_MOST_TICKS = 6
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_STEPS = tuple(timedelta(seconds=seconds) for seconds in _SECONDS)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_SHORTEST = timedelta(seconds=1)
_LEAST_WIDTH = 0.1
_EPOCH = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled moment of the axis."""

    moment: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Zoom:
    """Another window that a link leads to."""

    label: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Axis:
    """A window as the width of a picture. Places are in percent of it, so that text keeps its size on any screen."""

    window: Window

    def x(self, moment: datetime) -> str:
        """Where a moment stands; one outside the window stands at its nearer end."""
        return _percent(self._share(moment))

    def width(self, since: datetime, until: datetime) -> str:
        """How wide a stretch is, and never too narrow to be seen."""
        share = 100 * (self._share(until) - self._share(since))
        return _percent(max(share, _LEAST_WIDTH) / 100)

    def cell_x(self, cell: int, step: int) -> str:
        """Where a cell begins; ``step`` is a cell's length in milliseconds."""
        return _percent(cell * step / self.window.milliseconds)

    def cell_width(self, step: int) -> str:
        """How wide a cell is."""
        return _percent(step / self.window.milliseconds)

    def ticks(self) -> list[Tick]:
        """A few round moments of the window."""
        step = self._step()
        first = self.window.since - (self.window.since - _EPOCH) % step
        moments = (first + number * step for number in range(_MOST_TICKS + 2))
        inside = (moment for moment in moments if self.window.since <= moment <= self.window.until)
        return [Tick(moment, _label(moment, step)) for moment in inside]

    def parts(self) -> Iterator[Zoom]:
        """Yield the stretches between the ticks, each to be zoomed into."""
        moments = [tick.moment for tick in self.ticks()]
        edges = sorted({self.window.since, *moments, self.window.until})
        for since, until in pairwise(edges):
            yield Zoom(f"{since:%H:%M:%S} to {until:%H:%M:%S}", since, until)

    def zooms(self, first: datetime, last: datetime) -> Iterator[Zoom]:
        """Yield the windows around this one that a person may want, inside what there is."""
        since, until = self.window.since, self.window.until
        quarter = (until - since) / 4
        if until - since >= 2 * _SHORTEST:
            yield Zoom("closer", since + quarter, until - quarter)
        if (since, until) != (first, last):
            yield Zoom("wider", max(first, since - 2 * quarter), min(last, until + 2 * quarter))
        if since > first:
            yield Zoom("earlier", max(first, since - 2 * quarter), max(first, since - 2 * quarter) + 4 * quarter)
        if until < last:
            yield Zoom("later", min(last, until + 2 * quarter) - 4 * quarter, min(last, until + 2 * quarter))
        if (since, until) != (first, last):
            yield Zoom("all of it", first, last)

    def _share(self, moment: datetime) -> float:
        return min(1.0, max(0.0, self.window.share(moment)))

    def _step(self) -> timedelta:
        length = self.window.until - self.window.since
        step = next((step for step in _STEPS if length <= _MOST_TICKS * step), _DAY)
        while length > _MOST_TICKS * step:
            step *= 2
        return step


def _label(moment: datetime, step: timedelta) -> str:
    if step >= _DAY:
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%H:%M}" if step >= _MINUTE else f"{moment:%H:%M:%S}"


def _percent(share: float) -> str:
    return f"{100 * share:.3f}%"
