"""A session on one axis: its shots, and what was found and judged of them, alone or in cells where they are many."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.service.pages.data.ask import ask

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from indexer.service.pages.data.place import Place

MOST_MARKS = 2000
"""So many shots, or verdicts, are shown each by itself."""

CELLS = 600
"""Into so many stretches of the same length the axis is cut where there are more."""

MOST_LISTED = 500
"""How many findings, and failovers, are shown."""

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """All of a session. ``interval`` is in seconds, ``None`` where none is configured."""

    first_at: datetime
    last_at: datetime
    shots: int
    deleted: int
    service: str | None
    interval: float | None


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the time that is shown, both ends included, naive UTC."""

    since: datetime
    until: datetime

    @property
    def milliseconds(self) -> int:
        """How long it is, at least one millisecond."""
        return max(1, (self.until - self.since) // _MILLISECOND)

    def share(self, moment: datetime) -> float:
        """Where in the window a moment is: 0 is its beginning, and 1 its end."""
        return (moment - self.since) / (self.milliseconds * _MILLISECOND)


@dataclass(frozen=True, slots=True)
class Shots:
    """The shots of one cell, or one of them. ``cell`` counts from the window's beginning; ``key`` is the first's."""

    cell: int
    from_at: datetime
    until_at: datetime
    shots: int
    deleted: int
    key: str


@dataclass(frozen=True, slots=True)
class Failover:
    """That another recorder took over: the first shot with its number."""

    moment: datetime
    failover: int
    key: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of the session."""

    finding_id: str
    kind: str
    title: str
    severity: str
    from_at: datetime | None
    until_at: datetime | None
    explanation: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts of one cell that say the same, and the surest one's label.

    No bucket ever held what the ``unseen`` ones are about.
    """

    cell: int
    suggestion: str
    moment: datetime
    verdicts: int
    unseen: int
    label: str | None
    score: float | None
    provider: str


@dataclass(frozen=True, slots=True)
class TimeLine:
    """What is on the axis. A step is a cell's length in milliseconds, and 1 where each stands by itself."""

    whole: Span
    window: Window
    shots_step: int
    shots: list[Shots]
    failovers: list[Failover]
    found: list[Found]
    verdicts_step: int
    verdicts: list[Verdicts]


@dataclass(frozen=True, slots=True)
class _Counts:
    shots: int
    verdicts: int


def span(connection: duckdb.DuckDBPyConnection, place: Place) -> Span | None:
    """From when to when a session has shots, or ``None`` where it has none."""
    return next(iter(ask(connection, "span", Span, **asdict(place))), None)


def time_line(connection: duckdb.DuckDBPyConnection, place: Place, whole: Span, window: Window) -> TimeLine:
    """What a session shows within a window."""
    asked = {**asdict(place), **asdict(window)}
    counts = ask(connection, "counts", _Counts, **asked)[0]
    shots_step, verdicts_step = _step(counts.shots, window), _step(counts.verdicts, window)
    return TimeLine(
        whole=whole,
        window=window,
        shots_step=shots_step,
        shots=ask(connection, "shots", Shots, **asked, step=shots_step),
        failovers=ask(connection, "failovers", Failover, **asked, most=MOST_LISTED),
        found=ask(connection, "session_findings", Found, **asked, most=MOST_LISTED),
        verdicts_step=verdicts_step,
        verdicts=ask(connection, "session_verdicts", Verdicts, **asked, step=verdicts_step),
    )


def _step(count: int, window: Window) -> int:
    """How long a cell is: as short as times are exact where each mark has room."""
    return 1 if count <= MOST_MARKS else window.milliseconds // CELLS + 1
