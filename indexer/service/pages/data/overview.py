"""The first page's figures: what is wrong now, what came in last, and what of it could not be told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.service.pages.data.ask import ask

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    import duckdb


@dataclass(frozen=True, slots=True)
class Kind:
    """The findings of one kind and severity that stand. ``waiting`` are those that nobody has acknowledged."""

    kind: str
    title: str
    severity: str
    new: int
    standing: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on one day, UTC. ``size`` is in bytes."""

    day: date
    screenshots: int
    sessions: int
    deleted: int
    size: int
    violations: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a source was last listed to its end, by which run, and what became of the newest attempt."""

    source: str
    vendor: str
    bucket: str
    prefix: str
    run: int | None
    listed_at: datetime | None
    mode: str | None
    held: int | None
    tried_run: int | None
    tried_status: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many shots a source has, how many are missing by its interval, and how many of those are explained."""

    source: str
    shots: int
    missing: int
    explained: int

    @property
    def share(self) -> float:
        """The share of the shots that should be there and are, from 0 to 1; explained ones need not be there."""
        due = self.shots + self.missing - self.explained
        return self.shots / due if due else 1.0

    @property
    def percent(self) -> str:
        """The share in words; what is not complete is never told as 100 %."""
        return f"{math.floor(self.share * 1000) / 10:g} %"


@dataclass(frozen=True, slots=True)
class Untold:
    """What a check could not tell, why, and of which sources; ``None`` is of any."""

    title: str
    sources: list[str] | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The newest reconciliation, and the newest run that changed what it looks at, where that came later."""

    run: int
    finished_at: datetime
    later_run: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All of the first page. ``day`` and ``reconciled`` are ``None`` where there was none yet."""

    reconciled: Reconciled | None
    kinds: list[Kind]
    day: Day | None
    sources: list[Freshness]
    coverage: list[Coverage]
    untold: list[Untold]

    def waiting(self, severity: str) -> int:
        """How many findings of a severity wait for a person."""
        return sum(kind.waiting for kind in self.kinds if kind.severity == severity)


def overview(connection: duckdb.DuckDBPyConnection, noted: Iterable[str]) -> Overview:
    """The first page's figures. ``noted`` are ids of findings that were acknowledged since the index was published."""
    return Overview(
        reconciled=next(iter(ask(connection, "reconciled", Reconciled)), None),
        kinds=ask(connection, "kinds", Kind, noted=list(noted)),
        day=next(iter(ask(connection, "newest_day", Day)), None),
        sources=ask(connection, "freshness", Freshness),
        coverage=ask(connection, "coverage", Coverage),
        untold=ask(connection, "untold", Untold),
    )
