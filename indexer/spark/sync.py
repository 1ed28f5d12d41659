"""One sync on a cluster, top to bottom: tasks list the shards of all sources, Spark merges, one manifest commits it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import functions as f

from indexer import errors
from indexer.errors import IndexerError, IndexInconsistent, VendorError
from indexer.harvest import SourceOutcome
from indexer.listing.crawl import Clock, Limits
from indexer.spark import merge
from indexer.spark.inventories import check_age, check_counts, inventory_of
from indexer.spark.ledger import Ledger, is_reread, last_complete_run, ledger, note_receipts
from indexer.spark.matching import match
from indexer.spark.parcel import Parcel
from indexer.spark.partitions import Making, parts_of, write_days
from indexer.spark.shards import check_tiling, listed_by, ranges, shards_of
from indexer.spark.tables import keep, read, size_shuffles
from indexer.spark.task import Receipt, Work, utc_now
from indexer.store import TOLERANCE_SECONDS, Merged, runs
from indexer.store.described import check_emptiness, check_identity, describe
from indexer.sync import SyncResult
from indexer.vendors import open_lister

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from indexer.config import Config, Source
    from indexer.spark.inventories import Inventory

_log = logging.getLogger(__name__)

CONCURRENCY = 16
"""The most requests that one task sends at once."""
_SHARDS_A_PROCESSOR = 4
_LEAST_SHARDS = 16
_RECORDS = ("runs", "run_sources", "receipts")


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. ``limits`` and ``clock`` are each task's; a source is cut into about ``shards`` ranges.

    With ``inventories`` the newest inventory of each source is read, and its bucket is not listed.
    ``tolerance_seconds`` is ``match``'s.
    """

    limits: Limits = Limits(CONCURRENCY)  # noqa: RUF009 - it is frozen
    shards: int | None = None
    allow_empty: bool = False
    inventories: bool = False
    now: Callable[[], datetime] = utc_now
    clock: Clock = Clock(utc_now)  # noqa: RUF009
    tolerance_seconds: float = TOLERANCE_SECONDS


@dataclass(frozen=True)
class ClusterResult(SyncResult):
    """What became of a run, and how many shards were listed, which is something even where nothing was merged."""

    shards: int = 0

    @property
    def exit_code(self) -> int:
        """0 when the run is complete, 3 when some of it was listed; else 5 if trying later can help, else 1."""
        return 3 if self.status == "failed" and self.shards else super().exit_code


class Run:
    """What the sources of a run share: the cluster, the lake, and what is known of runs."""

    def __init__(self, held: Ledger, options: Options) -> None:
        self.spark = held.spark
        self.shelf = held.shelf
        self.made = held.made
        self.connection = held.connection
        self.options = options
        self.began_at = options.now()
        self.inventories: dict[str, Inventory] = {}
        self.number = runs.start(held.connection, "spark sync", self.began_at)

    def as_of(self, source: Source) -> datetime:
        """The instant that the run tells of a source: an inventory's snapshot, or when the run began."""
        inventory = self.inventories.get(source.name)
        return inventory.snapshot if inventory else self.began_at


def sync(
    spark: SparkSession, lake: Path, config: Config, sources: Sequence[Source], options: Options = Options()
) -> ClusterResult:
    """Bring a lake up to what the sources' buckets hold, all of them listed in full, and commit it.

    A source of which one shard cannot be listed keeps what the lake had of it. The others go on.

    Raises:
        IndexLocked: another run writes to the lake.
        IndexInconsistent: a run's own check failed; nothing was committed.
        UsageError: a secret stands in the configuration itself.
    """
    parcel = Parcel.of(config, sources)
    with ledger(spark, lake, (*_RECORDS, "sources")) as held:
        run = Run(held, options)
        shards, outcomes = _planned(run, sources)
        receipts = _listed(run, parcel, shards)
        for source in sources:
            if source.name not in outcomes:
                outcomes[source.name] = _settled(run, source, [each for each in receipts if each.source == source.name])
        told = tuple(outcomes[source.name] for source in sources)
        result = ClusterResult(run.number, told, shards=sum(each.error is None for each in receipts))
        held.write("sources")
        held.shelf.drop_table("names")  # those of an export: a lake without them has those of its objects
        match(held, options.tolerance_seconds)
        runs.finish(held.connection, run.number, options.now(), result.status)
        held.write(*_RECORDS)
        held.commit(run.number, options.now())
    return result


def _planned(run: Run, sources: Sequence[Source]) -> tuple[list[Receipt], dict[str, SourceOutcome]]:
    """The shards of all sources, and what became of those that have none."""
    shards: list[Receipt] = []
    outcomes: dict[str, SourceOutcome] = {}
    wanted = run.options.shards or max(_LEAST_SHARDS, _SHARDS_A_PROCESSOR * run.spark.sparkContext.defaultParallelism)
    for source in sources:
        try:
            check_identity(run.connection, source)
            shards += _files(run, source) if run.options.inventories else _ranges(run, source, wanted)
        except IndexerError as error:
            outcomes[source.name] = _failure(run, source, error)
    return shards, outcomes


def _ranges(run: Run, source: Source, wanted: int) -> list[Receipt]:
    capabilities = open_lister(source.storage).capabilities
    return shards_of(source.name, ranges(run.connection, source, capabilities, wanted))


def _files(run: Run, source: Source) -> list[Receipt]:
    inventory = inventory_of(source)
    check_age(run.connection, source.name, inventory)
    run.inventories[source.name] = inventory
    manifest = inventory.found.manifest
    return [Receipt(source.name, number, None, None, manifest.name) for number in range(len(manifest.files))]


def _listed(run: Run, parcel: Parcel, shards: list[Receipt]) -> list[Receipt]:
    if not shards:
        return []
    folder = str(run.made / "listed")
    work = Work(parcel, run.number, folder, run.began_at, run.options.limits, _tries(run.spark), run.options.clock)
    return listed_by(run.spark, work, shards)


def _tries(spark: SparkSession) -> int:
    """How often Spark runs a task that fails, before it gives up the job."""
    master = str(spark.sparkContext.master)
    if master.startswith("local"):
        return int(master.rstrip("]").partition(",")[2] or 1)
    return int(spark.sparkContext.getConf().get("spark.task.maxFailures", "4"))


def _settled(run: Run, source: Source, receipts: list[Receipt]) -> SourceOutcome:
    """Merge what was listed of a source, and record it."""
    try:
        _check_complete(receipts)
        merged = _merged(run, source, receipts)
    except IndexInconsistent:
        raise
    except IndexerError as error:
        return _failure(run, source, error)
    mode = "inventory" if source.name in run.inventories else "full"
    requests = sum(receipt.requests for receipt in receipts)
    listing = runs.Listing(mode, run.as_of(source), run.options.now(), requests, 0)
    runs.note_listing(run.connection, run.number, source.name, listing, merged)
    _log.info("source %s: %s", source.name, merged)
    return SourceOutcome(source.name, merged, None, listing)


def _check_complete(receipts: list[Receipt]) -> None:
    """Raise what kept a shard from being listed, as it was raised in its task."""
    for receipt in receipts:
        if receipt.error is not None:
            kind = getattr(errors, receipt.kind or "")
            raise kind(receipt.error) if issubclass(kind, VendorError) else IndexerError(receipt.error)


def _merged(run: Run, source: Source, receipts: list[Receipt]) -> Merged:
    before = run.shelf.rows(source.name)
    rows = sum(before.values())
    size_shuffles(run.spark, rows + sum(receipt.keys for receipt in receipts))
    staged, receipts = _staged(run, source, receipts)
    listed = sum(receipt.keys for receipt in receipts)
    marks = _marks(run, source, staged) if before else None
    changes = merge.changes(run.spark, _marked(run, staged, marks), before)
    if not listed and not run.options.allow_empty:
        check_emptiness(source.name, changes.deleted)
    if changes.rows:
        _write(run, source, staged, marks, changes)
    if sum(run.shelf.rows(source.name).values()) != rows + changes.added:
        raise IndexInconsistent(f"source {source.name}: the lake would not hold what was listed; nothing was committed")
    held = listed - sum(each.keys for each in changes.left_out.values())
    note_receipts(run.connection, run.number, source, receipts, changes.left_out)
    describe(run.connection, source, run.number)
    return Merged(listed, changes.added, changes.changed, changes.deleted, listed - held, held)


def _staged(run: Run, source: Source, receipts: list[Receipt]) -> tuple[list[str], list[Receipt]]:
    """The files of what was listed, and its proof; of an inventory, the one proof of all its files together."""
    files = [each.file for each in receipts if each.file]
    inventory = run.inventories.get(source.name)
    if inventory is None:
        check_tiling(source.name, receipts)
        return files, receipts
    check_counts(inventory, receipts)
    staged = merge.once(read(run.spark, merge.STAGED_SCHEMA, files)).withColumn("shard", f.lit(0))
    files = keep(staged, run.made / "once" / source.name)
    keys, key_hash = merge.proved(read(run.spark, merge.STAGED_SCHEMA, files))
    whole = Receipt(
        source.name,
        0,
        None,
        None,
        pages=len(receipts),
        keys=keys,
        key_hash=str(key_hash),
        began_at=min((each.began_at or "" for each in receipts), default=run.began_at.isoformat()),
        ended_at=run.options.now().isoformat(),
    )
    return files, [whole]


def _marks(run: Run, source: Source, staged: list[str]) -> list[str]:
    """The files of what a listing says of the objects that it changes."""
    merging = merge.Merge(
        source.storage.prefix,
        run.number,
        run.as_of(source),
        last_complete_run(run.connection, source.name),
        is_reread(run.connection, source),
    )
    listed = read(run.spark, merge.STAGED_SCHEMA, staged)
    known = read(run.spark, merge.KNOWN_SCHEMA, run.shelf.object_paths(source.name))
    # A day's task reads of all marks what is its: whole row groups are passed by.
    marks = merging.judge(run.spark, listed, known).sortWithinPartitions("day")
    return keep(marks, run.made / "marks" / source.name)


def _marked(run: Run, staged: list[str], marks: list[str] | None) -> DataFrame:
    if marks is None:
        return merge.all_added(run.spark, read(run.spark, merge.STAGED_SCHEMA, staged))
    return read(run.spark, merge.MARKS_SCHEMA, marks)


def _write(run: Run, source: Source, staged: list[str], marks: list[str] | None, changes: merge.Changes) -> None:
    """Write the days that a listing touched; of the others nothing is read."""
    known = {day: run.shelf.object_paths(source.name, [day]) for day in changes.rows}
    folder = str(run.made / "merged" / source.name)
    making = Making(source.name, run.number, tuple(staged), None if marks is None else tuple(marks), folder)
    files = write_days(run.spark, making, parts_of(changes.rows, known))
    run.shelf.take_objects(source.name, list(changes.rows), files)


def _failure(run: Run, source: Source, error: IndexerError) -> SourceOutcome:
    _log.error("source %s: %s", source.name, error)
    runs.note_failure(run.connection, run.number, source.name, str(error))
    return SourceOutcome(source.name, error=error)
