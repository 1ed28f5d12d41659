"""One sync, top to bottom: list each source, decode its keys, make them its objects, and publish the index."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.errors import IndexerError, IndexInconsistent, TransientVendorError
from indexer.listing import CheckedLister, RetryingLister, pages
from indexer.store import Loader, Merged, build, match, runs
from indexer.vendors import open_lister

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import duckdb

    from indexer.config import Source
    from indexer.vendors.base import Lister, Storage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a source's listing has come."""

    source: str
    pages: int
    keys: int


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What became of one source: what changed, or why it failed."""

    source: str
    merged: Merged | None = None
    error: IndexerError | None = None


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What became of a run."""

    run: int
    outcomes: tuple[SourceOutcome, ...]

    @property
    def exit_code(self) -> int:
        """0 when all sources were listed, 3 when some were; when none was, 5 if trying later can help, else 1."""
        errors = [outcome.error for outcome in self.outcomes if outcome.error]
        if not errors:
            return 0
        if len(errors) < len(self.outcomes):
            return 3
        return 5 if all(isinstance(error, TransientVendorError) for error in errors) else 1


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. ``connect`` and ``now`` are what a test replaces."""

    allow_empty: bool = False
    progress: Callable[[Progress], None] = field(default=lambda _: None)
    connect: Callable[[Storage], Lister] = field(default=lambda storage: RetryingLister(open_lister(storage)))
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC).replace(tzinfo=None))


def sync(index: Path, sources: Sequence[Source], options: Options = Options()) -> SyncResult:
    """Bring the index up to what the sources' buckets hold, and publish it.

    A source that cannot be listed keeps the objects it had; the others go on.

    Raises:
        IndexLocked: another run is at it.
        IndexInconsistent: a run's own check failed; nothing was published.
    """
    with build(index) as connection:
        run = runs.start(connection, "sync", options.now())
        outcomes = tuple(_sync_source(connection, source, run, options) for source in sources)
        result = SyncResult(run, outcomes)
        match(connection)
        runs.finish(connection, run, options.now(), "complete" if result.exit_code == 0 else _failed_status(result))
    return result


def _sync_source(connection: duckdb.DuckDBPyConnection, source: Source, run: int, options: Options) -> SourceOutcome:
    try:
        merged = _list_and_merge(connection, source, run, options)
    except IndexInconsistent:
        raise
    except IndexerError as error:
        _log.error("source %s: %s", source.name, error)
        runs.note_failure(connection, run, source.name, str(error))
        return SourceOutcome(source.name, error=error)
    _log.info("source %s: %s", source.name, merged)
    return SourceOutcome(source.name, merged=merged)


def _list_and_merge(connection: duckdb.DuckDBPyConnection, source: Source, run: int, options: Options) -> Merged:
    loader = Loader(connection, source, run, options.now())
    lister = CheckedLister(options.connect(source.storage))
    keys = 0
    for number, page in enumerate(pages(lister), start=1):
        loader.add(page)
        keys += len(page.keys)
        options.progress(Progress(source.name, number, keys))
    connection.begin()
    try:
        merged = loader.merge(options.now(), allow_empty=options.allow_empty)
        runs.note_success(connection, run, source.name, merged)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return merged


def _failed_status(result: SyncResult) -> str:
    return "incomplete" if any(outcome.merged for outcome in result.outcomes) else "failed"
