"""A bucket that is synced time and again, and what each run of it did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from listing.buckets import MemoryLister
from store.listings import Found, source

from indexer.listing.crawl import Clock
from indexer.planning import Plan, Planner
from indexer.store import reading
from indexer.sync import Options, sync

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

    from indexer.config import Source
    from indexer.harvest import SourceOutcome
    from indexer.planning import Estimate
    from indexer.vendors.base import Lister, Storage

FIRST = datetime.fromisoformat("2026-11-20 08:00:00")
"""When the first run is."""
LONG_AGO = FIRST - timedelta(days=30)
AGO = FIRST - timedelta(hours=2)
HOUR = timedelta(hours=1)


def shot(session: str, uid: str, at: datetime, end: str = ".jpg") -> str:
    """The key of a screenshot, or of a recording's slice."""
    return f"{session}__uid_s_{uid}__uid_e_video_{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03}{end}"


@dataclass
class Bucket:
    """A bucket, the index of it, and how it is listed. ``listed`` is how many keys its last run took."""

    index: Path
    source: Source = field(default_factory=source)
    held: dict[str, Found] = field(default_factory=dict)
    how: dict[str, Any] = field(default_factory=dict)
    runs: int = 0
    listed: int = 0

    def put(self, *keys: str, at: datetime = LONG_AGO) -> Bucket:
        """Write objects at a moment."""
        moment = int(at.replace(tzinfo=UTC).timestamp()) * 1_000_000
        self.held |= dict.fromkeys(keys, Found(last_modified=moment))
        return self

    def sync(self, *, full: bool = False, at: datetime | None = None) -> SourceOutcome:
        """Run, an hour after the run before where it is not told when. It has to come to its end."""
        lister = self.lister()
        now = at or FIRST + self.runs * HOUR
        self.runs += 1

        def connect(_storage: Storage, _connections: int) -> Lister:
            return lister

        (outcome,) = sync(
            self.index, [self.source], Options(full=full, connect=connect, clock=Clock(lambda: now))
        ).outcomes
        assert outcome.error is None, outcome.error
        assert outcome.merged is not None
        self.listed = outcome.merged.listed
        return outcome

    def lister(self) -> MemoryLister:
        """A lister of the bucket as it is now."""
        storage = self.source.storage
        return MemoryLister(self.held, prefix=storage.prefix, host=storage.endpoint, **self.how)

    def plan(self, *, full: bool = False) -> Plan:
        """What the next run would list."""
        lister = self.lister()
        with self.reading() as connection:
            return Planner(connection, self.source, lister.capabilities, full=full).plan(lister)

    def estimate(self, *, full: bool = False) -> Estimate:
        """What the next run would take."""
        with self.reading() as connection:
            return Planner(connection, self.source, self.lister().capabilities, full=full).estimate()

    def reading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A connection to the index, to be closed."""
        return reading(self.index)

    def rows(self) -> list[tuple[Any, ...]]:
        """All that the index knows of the objects, without the numbers of runs."""
        told = "* EXCLUDE (source, first_seen_run, last_seen_run)"
        with self.reading() as connection:
            return [
                row
                for view in ("screenshots", "other_objects")
                for row in connection.sql(f"SELECT {told} FROM {view} ORDER BY key").fetchall()
            ]

    def known(self) -> list[str]:
        """The keys that the index knows."""
        with self.reading() as connection:
            every = "SELECT key FROM screenshots UNION ALL SELECT key FROM other_objects"
            return [key for (key,) in connection.sql(f"SELECT key FROM ({every}) ORDER BY key").fetchall()]

    def anew(self) -> Bucket:
        """The same bucket, with no index of it yet."""
        return replace(self, index=self.index.with_name("anew.duckdb"), runs=self.runs)
