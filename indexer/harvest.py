"""One source in one run: planned, or gone on with where a killed run stopped; listed, loaded, and settled."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from indexer.errors import VendorError
from indexer.listing.crawl import Crawl, Limits, alone
from indexer.listing.journal import Journal, Opening, Recovered, recover
from indexer.listing.shards import Listed, Shards
from indexer.naming.cuts import likely_cuts
from indexer.planning import Planner
from indexer.store import Loader, Merged, runs
from indexer.store.known import history, quantiles, was_finished

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    import duckdb
    import pyarrow as pa

    from indexer.config import Source
    from indexer.errors import IndexerError
    from indexer.listing.crawl import Clock
    from indexer.vendors.base import Lister, Storage

_log = logging.getLogger(__name__)

_HINTS = 128
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


@dataclass(frozen=True, slots=True)
class Run:
    """What a run gives each of its sources: the index that is built, its number, and where journals are kept."""

    connection: duckdb.DuckDBPyConnection
    number: int
    clock: Clock
    journals: Path
    limits: Limits = Limits()  # noqa: RUF009 - it is frozen
    full: bool = False
    allow_empty: bool = False


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
    def begin(cls, run: Run, source: Source, lister: Lister) -> Self:
        """Plan a source's listing, or take up the one that was broken off.

        Raises:
            ListingRefused: the source is now another bucket.
            VendorError: its sessions could not be enumerated.
        """
        path = run.journals / f"{source.name}.journal"
        recovered = _recovered(run, source, lister, path)
        return cls._again(run, source, lister, recovered) if recovered else cls._anew(run, source, lister, path)

    def take(self, listed: Listed) -> None:
        """Take one page into the index."""
        self._loader.add(listed)
        self.keys += listed.objects.num_rows
        self.pages += 1

    def finish(self, run: Run) -> SourceOutcome:
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
        merged = self._loader.finish(shards, complete=error is None, allow_empty=run.allow_empty)
        opening = self._opening
        listing = runs.Listing(
            opening.mode,
            opening.began_at,
            run.clock.now(),
            self.crawl.requests,
            opening.skipped,
            str(error) if error else None,
        )
        runs.note_listing(run.connection, run.number, self.source.name, listing, merged)
        return SourceOutcome(self.source.name, merged, error, listing, opening.why)

    def close(self) -> None:
        """Let go of the index and of the journal."""
        self._loader.close()
        if self.crawl.journal:
            self.crawl.journal.close()

    @property
    def broke_off(self) -> bool:
        """Whether the listing did not come to its end, and the next run may go on with it."""
        return isinstance(self.crawl.error, VendorError) and self.pages > 0

    def forget(self) -> None:
        """Drop the journal."""
        self._path.unlink(missing_ok=True)
        with suppress(OSError):  # other sources' journals are kept
            self._path.parent.rmdir()

    @classmethod
    def _anew(cls, run: Run, source: Source, lister: Lister, path: Path) -> Self:
        now = run.clock.now()
        planner = Planner(run.connection, source, lister.capabilities, full=run.full)
        plan = planner.plan(alone(lister, run.limits, run.clock))
        loader = Loader(run.connection, source, run.number, now, full=plan.mode == "full")
        opening = Opening(_place(lister.storage), plan.mode, now, plan.ranges, plan.skipped, plan.why, plan.since)
        hints = _hints(run, source)
        shards = Shards(plan.ranges, splittable=lister.capabilities.starts_anywhere, hints=hints)
        journal = _begun(path, opening, plan.beside)
        crawl = Crawl(source.name, lister, shards, journal, requests=plan.requests)
        harvest = cls(source, crawl, loader, opening, path)
        for objects in plan.beside:
            harvest.take(Listed(None, objects, None))
        return harvest

    @classmethod
    def _again(cls, run: Run, source: Source, lister: Lister, recovered: Recovered) -> Self:
        opening = recovered.opening
        loader = Loader(run.connection, source, run.number, opening.began_at, full=opening.mode == "full")
        by_key = lister.capabilities.starts_anywhere
        shards = Shards((), splittable=by_key, hints=_hints(run, source))
        harvest = cls(source, Crawl(source.name, lister, shards), loader, opening, recovered.path)
        for listed in recovered.pages():
            harvest.take(listed)
        _log.info("source %s: goes on after %d keys of a run that was broken off", source.name, harvest.keys)
        shards.restore(recovered.shards, by_key=by_key)
        harvest.crawl.journal = Journal(recovered.path)
        return harvest


def _begun(path: Path, opening: Opening, beside: Iterable[pa.RecordBatch]) -> Journal:
    """Begin a journal, which comes to its place when it holds what planning listed: that is in none of the ranges."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    begun = path.with_suffix(".begun")
    journal = Journal(begun, opening)
    for objects in beside:
        journal.beside(objects)
    begun.replace(path)
    return journal


def _hints(run: Run, source: Source) -> list[str]:
    """Where to cut: by what the source held, or else by what its names look like."""
    held = quantiles(run.connection, source.name, _HINTS)
    return held or likely_cuts(source.layout, source.storage.prefix, _HINTS, run.clock.now().date())


def _recovered(run: Run, source: Source, lister: Lister, path: Path) -> Recovered | None:
    """The journal of a run that was broken off, where it is of this place and not too old.

    An incremental one holds the rest of what the index knew, so it is nothing to an index that knows something else.
    """
    recovered = recover(path)
    if recovered is None:
        return None
    opening = recovered.opening
    if opening.place != _place(lister.storage) or run.clock.now() - opening.began_at > _TOO_OLD:
        return None
    listed_at = _listed_at(run, source)
    # A full listing that began before what is known by now, as of an inventory, would take what came since for deleted.
    full = opening.mode == "full" and (listed_at is None or listed_at <= opening.began_at)
    wanted = full or (opening.mode != "full" and not run.full and opening.since == listed_at)
    return recovered if wanted and not was_finished(run.connection, source.name, opening.began_at) else None


def _listed_at(run: Run, source: Source) -> datetime | None:
    known = history(run.connection, source.name)
    return known.listed_at if known and known.complete else None


def _place(storage: Storage) -> str:
    """Where a listing is of, as the lister knows it: an account's host may be found out only when it is opened."""
    return json.dumps([storage.vendor, storage.endpoint, storage.bucket, storage.prefix])
