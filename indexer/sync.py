"""One sync, top to bottom: list all sources at once, take what they hold into the index as it comes, and publish it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.errors import IndexerError, IndexInconsistent, TransientVendorError
from indexer.harvest import Harvest, Run, SourceOutcome
from indexer.inventory.run import estimated, load_due
from indexer.listing.crawl import Clock, Limits, listed
from indexer.listing.journal import journals
from indexer.planning import Estimate, Planner
from indexer.store import TOLERANCE_SECONDS, build, match, runs
from indexer.store.reader import reading_if_there
from indexer.vendors import open_lister

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import duckdb

    from indexer.config import Source
    from indexer.vendors.base import Capabilities, Lister, Storage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a source's listing has come."""

    source: str
    pages: int
    keys: int


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What became of a run, and of the inventories that were due before it, each by a run of its own.

    A source whose inventory could not be loaded is among ``outcomes``, as it was listed; one without a listing was
    brought up by its inventory.
    """

    run: int
    outcomes: tuple[SourceOutcome, ...]
    inventories: tuple[SourceOutcome, ...] = ()

    @property
    def status(self) -> str:
        """Whether all sources were listed, something was, or nothing."""
        if not any(outcome.error for outcome in self.outcomes):
            return "complete"
        return "incomplete" if any(outcome.merged for outcome in (*self.inventories, *self.outcomes)) else "failed"

    @property
    def exit_code(self) -> int:
        """0 when the run is complete, 3 when incomplete; when it failed, 5 if trying later can help, else 1."""
        if self.status != "failed":
            return 0 if self.status == "complete" else 3
        errors = [outcome.error for outcome in self.outcomes if outcome.error]
        return 5 if all(isinstance(error, TransientVendorError) for error in errors) else 1


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. ``connect`` and ``clock`` are what a test replaces.

    ``connect`` opens a bucket for so many requests at once. ``tolerance_seconds`` is ``match``'s.
    """

    full: bool = False
    allow_empty: bool = False
    limits: Limits = Limits()  # noqa: RUF009 - it is frozen
    progress: Callable[[Progress], None] = field(default=lambda _: None)
    connect: Callable[[Storage, int], Lister] = open_lister
    clock: Clock = Clock(_utc_now)  # noqa: RUF009 - it is frozen
    tolerance_seconds: float = TOLERANCE_SECONDS


def sync(index: Path, sources: Sequence[Source], options: Options = Options()) -> SyncResult:
    """Bring the index up to what the sources' buckets hold, and publish it.

    A source that cannot be listed to its end keeps the objects it had beside those that were found; the next run goes
    on from there. The others go on. Where a source has a newer inventory and all of it would be listed, that is loaded,
    and what can be new since is listed.

    Raises:
        IndexLocked: another run is at it.
        IndexInconsistent: a run's own check failed; nothing was published.
    """
    with build(index) as connection:
        inventories, done = _load_inventories(connection, index, sources, options)
        sources = [source for source in sources if source.name not in done]
        number = runs.start(connection, "sync", options.clock.now())
        run = Run(connection, number, options.clock, journals(index), options.limits, options.full, options.allow_empty)
        harvests, outcomes = _begin(run, sources, options)
        try:
            outcomes |= _gather(run, harvests, options)
        except IndexInconsistent:
            _forget(harvests.values())  # what led to it would lead to it again
            raise
        finally:
            for harvest in harvests.values():
                harvest.close()
        result = SyncResult(number, tuple(outcomes[source.name] for source in sources), tuple(inventories))
        match(connection, options.tolerance_seconds)
        runs.finish(connection, number, options.clock.now(), result.status)
    _forget(harvest for harvest in harvests.values() if not harvest.broke_off)
    return result


def _load_inventories(
    connection: duckdb.DuckDBPyConnection, index: Path, sources: Sequence[Source], options: Options
) -> tuple[list[SourceOutcome], set[str]]:
    """Load what is due, unless everything shall be listed."""
    if options.full:
        return [], set()

    def capabilities(source: Source) -> Capabilities:
        return options.connect(source.storage, 1).capabilities

    with_inventory = [source for source in sources if source.inventory is not None]
    return load_due(connection, index, with_inventory, options.clock.now, capabilities, allow_empty=options.allow_empty)


def estimates(
    index: Path, sources: Sequence[Source], *, full: bool = False, now: Callable[[], datetime] = _utc_now
) -> list[tuple[Source, Estimate]]:
    """What a run of these sources would ask for and cost, by what the published index knows.

    No source is listed. One that a newer inventory would be loaded of has an estimate for that, and one for what is
    listed after it.
    """
    with reading_if_there(index) as connection:

        def of(source: Source) -> list[Estimate]:
            if source.inventory is None and not index.exists():
                return [Estimate.unknown()]  # without its credentials
            planner = Planner(connection, source, open_lister(source.storage).capabilities, full=full)
            return (not full and estimated(connection, index, planner, now())) or [planner.estimate()]

        return [(source, estimate) for source in sources for estimate in of(source)]


def _begin(
    run: Run, sources: Sequence[Source], options: Options
) -> tuple[dict[str, Harvest], dict[str, SourceOutcome]]:
    """Begin every source's listing; those that cannot be begun have their outcome already."""
    harvests: dict[str, Harvest] = {}
    outcomes: dict[str, SourceOutcome] = {}
    for source in sources:
        if source.storage.doubtful:
            _log.warning("source %s: %s", source.name, source.storage.note)
        try:
            lister = options.connect(source.storage, options.limits.concurrency)
            harvests[source.name] = Harvest.begin(run, source, lister)
        except IndexerError as error:
            outcomes[source.name] = _failure(run, source.name, error)
    return harvests, outcomes


def _gather(run: Run, harvests: dict[str, Harvest], options: Options) -> dict[str, SourceOutcome]:
    """Take in what is listed, and settle each source when its listing ends."""
    outcomes = {}
    for event in listed([harvest.crawl for harvest in harvests.values()], options.limits, options.clock):
        harvest = harvests[event.crawl.name]
        if event.listed is None:
            outcomes[event.crawl.name] = _finish(run, harvest)
        else:
            harvest.take(event.listed)
            options.progress(Progress(event.crawl.name, harvest.pages, harvest.keys))
    return outcomes


def _finish(run: Run, harvest: Harvest) -> SourceOutcome:
    try:
        outcome = harvest.finish(run)
    except IndexInconsistent:
        raise
    except IndexerError as error:
        return _failure(run, harvest.source.name, error)
    if outcome.error:
        _log.error("source %s: %s", outcome.source, outcome.error)
    _log.info("source %s: %s", outcome.source, outcome.merged)
    return outcome


def _forget(harvests: Iterable[Harvest]) -> None:
    for harvest in harvests:
        harvest.forget()


def _failure(run: Run, source: str, error: IndexerError) -> SourceOutcome:
    _log.error("source %s: %s", source, error)
    runs.note_failure(run.connection, run.number, source, str(error))
    return SourceOutcome(source, error=error)
