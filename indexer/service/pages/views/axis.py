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
        step, length = self._step(), self.window.until - self.window.since
        first = (_EPOCH - self.window.since) % step
        offsets = (first + number * step for number in range(_MOST_TICKS + 1))
        moments = [self.window.since + offset for offset in offsets if offset <= length]
        return [Tick(moment, _label(moment, step)) for moment in moments]

    def parts(self) -> Iterator[Zoom]:
        """Yield the stretches between the ticks, each to be zoomed into."""
        moments = [tick.moment for tick in self.ticks()]
        edges = sorted({self.window.since, *moments, self.window.until})
        for since, until in pairwise(edges):
            yield Zoom(f"{since:%H:%M:%S} to {until:%H:%M:%S}", since, until)

    def zooms(self, first: datetime, last: datetime) -> Iterator[Zoom]:
        """Yield the other windows that a person may want, between a session's first moment and its last."""
        for label, since, until in self._around(first, last):
            if (since, until) != (self.window.since, self.window.until):
                yield Zoom(label, since, until)

    def _around(self, first: datetime, last: datetime) -> Iterator[tuple[str, datetime, datetime]]:
        """Yield windows by their names. What may lie before the first year or after the last one is never computed."""
        since, until = self.window.since, self.window.until
        length = max(until - since, _SHORTEST)
        begin, end = since - min(length / 2, since - first), until + min(length / 2, last - until)
        if until - since > _SHORTEST:
            yield "Closer", since + length / 4, until - length / 4
        yield "Wider", begin, end
        yield "Earlier", begin, begin + min(length, last - begin)
        yield "Later", end - min(length, end - first), end
        yield "All of it", first, last

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
