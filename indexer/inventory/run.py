"""Inventories in runs: one loaded by hand, and those that a sync loads instead of listing all of a source again."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.errors import IndexerError, IndexInconsistent, InventoryRefused, UsageError
from indexer.harvest import SourceOutcome
from indexer.inventory.files import files_of, local_files
from indexer.inventory.find import Found, dialect_of, named, newest
from indexer.inventory.load import MEMORY_LIMIT, Place, load_inventory
from indexer.listing.journal import journals
from indexer.planning import Estimate, Planner
from indexer.store import TOLERANCE_SECONDS, build, match, runs
from indexer.store.known import history

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from indexer.config import Source
    from indexer.config.inventories import InventoryPlace
    from indexer.vendors.base import Capabilities

_log = logging.getLogger(__name__)


def load_by_hand(  # noqa: PLR0913 - where, what, and how
    index: Path,
    source: Source,
    path: Path,
    now: Callable[[], datetime],
    *,
    allow_empty: bool = False,
    tolerance_seconds: float = TOLERANCE_SECONDS,
) -> SourceOutcome:
    """Take the inventory of a manifest, or the newest complete one in a folder, into the index, and publish it.

    Raises:
        InventoryRefused: it may not be believed, or there is none; nothing is published.
        ListingRefused: it is older than what is known, or wipes a source.
        IndexLocked: another run is at it.
    """
    found = found_at(path, source)
    with build(index, memory_limit=MEMORY_LIMIT, all_threads=True) as connection:
        outcome = _load(connection, index, source, found, now, allow_empty=allow_empty)
        match(connection, tolerance_seconds)
    return outcome


def source_of(path: Path, sources: Sequence[Source]) -> Source:
    """The only source whose bucket an inventory is of.

    Raises:
        UsageError: it is none's, or several have that bucket.
        InventoryRefused: it is damaged.
    """
    if len(sources) == 1:
        return sources[0]
    fitting = [source for source in sources if _is_of(path, source)]
    if len(fitting) != 1:
        told = ", ".join(source.name for source in fitting) or "none"
        raise UsageError(f"{path} is of the bucket of {told}: say which with --source")
    return fitting[0]


def found_at(path: Path, source: Source) -> Found:
    """The inventory that a path on this machine leads to.

    Raises:
        InventoryRefused: there is none that is complete, or it is damaged.
        UsageError: there is nothing there.
    """
    dialect = dialect_of(source.storage)
    if not path.exists():
        raise UsageError(f"{path} is not there: name a manifest, or a folder that holds one")
    found = newest(local_files(path), dialect, source.storage.bucket, path) if path.is_dir() else named(path, dialect)
    if found is None:
        raise InventoryRefused(str(path), f"it holds no complete inventory of {source.storage.bucket!r}")
    return found


def load_due(  # noqa: PLR0913 - what is synced, and how
    connection: duckdb.DuckDBPyConnection,
    index: Path,
    sources: Sequence[Source],
    now: Callable[[], datetime],
    capabilities: Callable[[Source], Capabilities],
    *,
    allow_empty: bool = False,
) -> tuple[list[SourceOutcome], set[str]]:
    """Load the inventories of sources that would otherwise be listed as a whole, and that are newer than what is known.

    Also gives the sources that are done with that: there is no listing that would only add to it. An inventory that
    cannot be loaded has an outcome with the error, and a failed run; its source is listed.

    Raises:
        IndexInconsistent: the index would not hold what an inventory says.
    """
    outcomes: list[SourceOutcome] = []
    done: set[str] = set()
    for source in sources:
        outcome = _load_if_due(connection, index, source, now, capabilities, allow_empty=allow_empty)
        if outcome is not None:
            outcomes.append(outcome)
            if outcome.error is None and Planner(connection, source, capabilities(source), full=False).why_full:
                done.add(source.name)
    return outcomes, done


def estimated(connection: duckdb.DuckDBPyConnection, index: Path, planner: Planner, now: datetime) -> list[Estimate]:
    """What a sync would load of a source's inventory, and list after that; nothing where it would load none.

    Of the inventory only the manifest is read. One that cannot be found is told of, as a sync tells of it.
    """
    try:
        found = _due(connection, index, planner, now)
    except IndexerError as error:
        _tell(planner.source, error)
        return []
    if found is None:
        return []
    inventory = Estimate("inventory", f"{_called(found)}, in {len(found.manifest.files):,} files", None, None, None)
    return [inventory, *planner.after(found.manifest.snapshot)]


def _load_if_due(  # noqa: PLR0913 - what is synced, and how
    connection: duckdb.DuckDBPyConnection,
    index: Path,
    source: Source,
    now: Callable[[], datetime],
    capabilities: Callable[[Source], Capabilities],
    *,
    allow_empty: bool,
) -> SourceOutcome | None:
    begun = now()
    try:
        found = _due(connection, index, Planner(connection, source, capabilities(source), full=False), begun)
    except IndexerError as error:
        _tell(source, error)
        _fail(connection, runs.start(connection, "inventory", begun), source, error, now)
        return SourceOutcome(source.name, error=error)
    if found is None:
        return None
    try:
        return _load(connection, index, source, found, now, allow_empty=allow_empty)
    except IndexInconsistent:
        raise
    except IndexerError as error:
        _tell(source, error)
        return SourceOutcome(source.name, error=error)


def _due(connection: duckdb.DuckDBPyConnection, index: Path, planner: Planner, now: datetime) -> Found | None:
    """The inventory that a sync would load, of which only the manifest is read."""
    source, place = planner.source, planner.source.inventory
    # A listing that was broken off is newer than an inventory, most likely, and is gone on with.
    broken_off = (journals(index) / f"{source.name}.journal").exists()
    if place is None or broken_off or not planner.why_full:
        return None
    found = _configured(place, source)
    if found is None or not _is_wanted(connection, source, place, found, now):
        _log.info("source %s: there is no inventory that is newer than what is known", source.name)
        return None
    return found


def _tell(source: Source, error: IndexerError) -> None:
    _log.warning("source %s is listed without its inventory: %s", source.name, error)


def _configured(place: InventoryPlace, source: Source) -> Found | None:
    if place.path is not None:
        return found_at(place.path, source)
    if place.storage is None:
        return None
    return newest(files_of(place.storage, 4), dialect_of(source.storage), source.storage.bucket)


def _is_wanted(
    connection: duckdb.DuckDBPyConnection, source: Source, place: InventoryPlace, found: Found, now: datetime
) -> bool:
    known = history(connection, source.name)
    snapshot = found.manifest.snapshot
    is_newer = known is None or known.listed_at is None or snapshot > known.listed_at
    return is_newer and now - snapshot <= timedelta(hours=place.max_age_hours)


def _load(  # noqa: PLR0913 - where, what, and how
    connection: duckdb.DuckDBPyConnection,
    index: Path,
    source: Source,
    found: Found,
    now: Callable[[], datetime],
    *,
    allow_empty: bool,
) -> SourceOutcome:
    """One run of its own."""
    run = runs.start(connection, "inventory", now())
    encoding = source.inventory.key_encoding if source.inventory else None
    place = Place(connection, run, index, now)
    try:
        merged, listing = load_inventory(place, source, found, key_encoding=encoding, allow_empty=allow_empty)
    except IndexerError as error:
        _fail(connection, run, source, error, now)
        raise
    runs.finish(connection, run, now(), "complete")
    return SourceOutcome(source.name, merged, None, listing, _called(found))


def _fail(
    connection: duckdb.DuckDBPyConnection, run: int, source: Source, error: IndexerError, now: Callable[[], datetime]
) -> None:
    runs.note_failure(connection, run, source.name, str(error))
    runs.finish(connection, run, now(), "failed")


def _called(found: Found) -> str:
    return f"the inventory {found.manifest.name} of {found.manifest.snapshot:%Y-%m-%d %H:%M:%S} UTC"


def _is_of(path: Path, source: Source) -> bool:
    try:
        manifest = found_at(path, source).manifest
    except (InventoryRefused, UsageError):
        return False
    return source.storage.bucket in (manifest.buckets or (source.storage.bucket,))
