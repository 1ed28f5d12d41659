"""One source in one run: planned, or gone on with where a killed run stopped; listed, loaded, and settled."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from indexer.errors import VendorError
from indexer.listing.crawl import Crawl
from indexer.listing.journal import Journal, Opening, Recovered
from indexer.listing.shards import Listed, Shards
from indexer.naming.cuts import likely_cuts
from indexer.planning import Planner
from indexer.store import Loader, Merged, runs
from indexer.store.known import quantiles, was_finished

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from indexer.config import Source
    from indexer.errors import IndexerError
    from indexer.listing.crawl import Clock
    from indexer.vendors.base import Lister, Storage

_log = logging.getLogger(__name__)

_HINTS = 256
# A listing that stood still for longer than this is begun anew: too much of it will have changed.
_TOO_OLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What became of one source: what changed, how that was found, and why it is not all of it."""

    source: str
    merged: Merged | None = None
    error: IndexerError | None = None
    listing: runs.Listing | None = field(default=None, compare=False)
    why: str = field(default="", compare=False)


class Harvest:
    """One source's listing on its way into the index."""

    def __init__(self, source: Source, crawl: Crawl, loader: Loader, opening: Opening, path: Path) -> None:
        self.source = source
        self.crawl = crawl
        self.keys = 0
        self.pages = 0
        self._loader = loader
        self._opening = opening
        self._path = path

    @classmethod
    def begin(  # noqa: PLR0913 - what a run gives each of its sources
        cls,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        lister: Lister,
        *,
        run: int,
        clock: Clock,
        folder: Path,
        full: bool,
    ) -> Self:
        """Plan a source's listing, or take up the one that was broken off.

        Raises:
            ListingRefused: the source is now another bucket.
            VendorError: its sessions could not be enumerated.
        """
        path = folder / f"{source.name}.journal"
        recovered = _recovered(connection, source, path, clock.now(), full=full)
        if recovered is None:
            return cls._anew(connection, source, lister, run, clock, path, full=full)
        return cls._again(connection, source, lister, run, recovered)

    def take(self, listed: Listed) -> None:
        """Take one page into the index."""
        self._loader.add(listed)
        self.keys += listed.objects.num_rows
        self.pages += 1

    def finish(
        self, connection: duckdb.DuckDBPyConnection, run: int, now: datetime, *, allow_empty: bool
    ) -> SourceOutcome:
        """Settle what was listed, and record it.

        Raises:
            ListingRefused: it lists nothing and held something.
            VendorError: not one page of it was listed.
            IndexInconsistent: the index would not hold what was listed.
        """
        error = self.crawl.error if isinstance(self.crawl.error, VendorError) else None
        if error and not self.pages:
            raise error
        shards = [shard for shard in self.crawl.shards.all if shard.pages]
        merged = self._loader.finish(shards, now, complete=error is None, allow_empty=allow_empty)
        opening = self._opening
        listing = runs.Listing(opening.mode, opening.began_at, now, self.crawl.requests, opening.skipped)
        runs.note_listing(connection, run, self.source.name, listing, merged, str(error) if error else None)
        return SourceOutcome(self.source.name, merged, error, listing, opening.why)

    def close(self) -> None:
        """Let go of the index and of the journal."""
        self._loader.close()
        if self.crawl.journal:
            self.crawl.journal.close()

    def forget(self) -> None:
        """Drop the journal, unless the listing broke off and the next run may go on with it."""
        if isinstance(self.crawl.error, VendorError) and self.pages:
            return
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # other sources' journals are kept
            self._path.parent.rmdir()

    @classmethod
    def _anew(  # noqa: PLR0913
        cls,
        connection: duckdb.DuckDBPyConnection,
        source: Source,
        lister: Lister,
        run: int,
        clock: Clock,
        path: Path,
        *,
        full: bool,
    ) -> Self:
        now = clock.now()
        planner = Planner(connection, source, lister.capabilities, full=full)
        plan = planner.plan(clock.retrying(lister))
        opening = Opening(_place(source.storage), plan.mode, now, plan.ranges, plan.skipped, plan.why)
        loader = Loader(connection, source, run, now, full=plan.mode == "full")
        path.parent.mkdir(parents=True, exist_ok=True)
        journal = Journal(path, opening)
        hints = quantiles(connection, source.name, _HINTS) or likely_cuts(
            source.layout, source.storage.prefix, _HINTS, now.date()
        )
        shards = Shards(plan.ranges, splittable=lister.capabilities.starts_anywhere, hints=hints)
        harvest = cls(source, Crawl(source.name, lister, shards, journal), loader, opening, path)
        for objects in plan.beside:
            journal.beside(objects)
            harvest.take(Listed(None, objects, None))
        return harvest

    @classmethod
    def _again(
        cls, connection: duckdb.DuckDBPyConnection, source: Source, lister: Lister, run: int, recovered: Recovered
    ) -> Self:
        opening = recovered.opening
        assert opening is not None  # noqa: S101 - one without is not recovered
        loader = Loader(connection, source, run, opening.began_at, full=opening.mode == "full")
        hints = quantiles(connection, source.name, _HINTS)
        shards = Shards((), splittable=lister.capabilities.starts_anywhere, hints=hints)
        harvest = cls(source, Crawl(source.name, lister, shards), loader, opening, recovered.path)
        for listed in recovered.pages():
            harvest.take(listed)
        _log.info("source %s: goes on after %d keys of a run that was broken off", source.name, harvest.keys)
        shards.restore(recovered.shards, by_key=lister.capabilities.starts_anywhere)
        harvest.crawl.journal = Journal(recovered.path)
        return harvest


def _recovered(
    connection: duckdb.DuckDBPyConnection, source: Source, path: Path, now: datetime, *, full: bool
) -> Recovered | None:
    """The journal of a run that was broken off, where it is of this place and not too old."""
    if not path.exists():
        return None
    recovered = Recovered(path)
    opening = recovered.opening
    if opening is None or opening.place != _place(source.storage) or now - opening.began_at > _TOO_OLD:
        return None
    if full and opening.mode != "full" or was_finished(connection, source.name, opening.began_at):
        return None
    return recovered


def _place(storage: Storage) -> str:
    return json.dumps([storage.vendor, storage.endpoint, storage.bucket, storage.prefix])
