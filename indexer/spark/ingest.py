"""One ingest into a lake: the driver takes bodies in as into an index, Spark finds their objects, all is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.lake.layout import MANIFEST
from indexer.spark.lake import files_of
from indexer.spark.ledger import ledger
from indexer.spark.matching import match
from indexer.spark.task import utc_now
from indexer.store import TOLERANCE_SECONDS, runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from pyspark.sql import SparkSession

    from indexer.ingest import Done, Work

_TABLES = ("payload_bodies", "deliveries", "verdicts", "notifications")


def ingest(
    spark: SparkSession,
    lake: Path,
    work: Work[Done],
    tolerance_seconds: float = TOLERANCE_SECONDS,
    now: Callable[[], datetime] = utc_now,
) -> Done:
    """Do an ingest's work on a lake, which is made where there is none, and commit it with each verdict's object.

    Raises:
        IndexInconsistent: what is there is no lake of this version.
        IndexLocked: another run writes to the lake.
        UsageError: what the work raises; nothing was committed.
    """
    if (lake / MANIFEST).exists():
        files_of(lake)  # of another version it is refused before anything is read
    with ledger(spark, lake, (*_TABLES, "runs")) as held:
        run = runs.start(held.connection, "ingest", now())
        done = work(held.connection, run)
        held.write(*_TABLES)
        match(held, tolerance_seconds)
        runs.finish(held.connection, run, now(), "complete")
        held.write("runs")
        held.commit(run, now())
    return done
