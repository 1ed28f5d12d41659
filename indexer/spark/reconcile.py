"""One reconciliation of a lake, top to bottom: Spark makes every check, and DuckDB settles what was known before.

What is found is a row a session at most, however many shots there are, so that it is settled by the very statements
that settle an index's findings, and has the same ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.reconcile import Engine, Options, Summary, checks
from indexer.reconcile.summary import summarize
from indexer.spark import ledger
from indexer.spark.executor import ALL_SHOTS, OnSpark
from indexer.spark.lake import files_of, show, show_table
from indexer.spark.scratch import scratch
from indexer.spark.shelf import writing
from indexer.store import findings, runs
from indexer.store.migrations import newest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from pyspark.sql import SparkSession

    from indexer.config import Source
    from indexer.spark.shelf import Shelf

_SETTLED = (
    "checks",
    "coverage",
    "custody",
    "finding_rows",
    "not_computable",
    "runs",
    "sources",
    "upload_latency",
)
"""The tables that a reconciliation writes."""

_READ = (*_SETTLED, "acknowledgements", "run_sources")
_TOLD = {
    "found": "SELECT * FROM found",
    "uncomputed": "SELECT * FROM uncomputed",
    "covered": "SELECT * FROM covered",
    "latencies": "SELECT * FROM latencies",
    "evidence": "SELECT source, key, size, etag, last_modified, evidence FROM evidence WHERE evidence = 'present'",
    "session_list": "SELECT DISTINCT source, service, channel, sid, uid FROM session_list",
}
"""What settling asks of the relations that the engine made."""


def reconcile(spark: SparkSession, lake: Path, sources: Sequence[Source], options: Options) -> Summary:
    """Find what should be there and is not, and commit it to a lake.

    ``sources`` are the configured ones: what they expect goes before what the lake knows of them.

    Raises:
        IndexMissing: nothing was exported there yet.
        IndexLocked: another run writes to the lake.
    """
    files_of(lake)  # what is no lake yet is not made one
    with writing(lake) as (shelf, made), scratch() as connection:
        _take_over(connection, shelf)
        run = runs.start(connection, "reconcile", options.clock())
        findings.expect(connection, sources)
        show(spark, files_of(lake))
        show_table(spark, "sources", connection.sql("SELECT * FROM sources").to_arrow_table())
        seconds = _found(spark, OnSpark(spark, made), connection, options)
        between = (options.between.since, options.between.until)
        findings.settle(
            connection, run, [check.judged_by(options.thresholds) for check in checks().values()], seconds, between
        )
        runs.finish(connection, run, options.clock(), "complete")
        _commit(connection, shelf, made, run, options)
        return summarize(connection, run, seconds)


def _take_over(connection: duckdb.DuckDBPyConnection, shelf: Shelf) -> None:
    for table in _READ:
        for path in shelf.paths(table):
            sql = f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)"  # noqa: S608 - a table of ours
            connection.execute(sql, [path])


def _found(
    spark: SparkSession, executor: OnSpark, connection: duckdb.DuckDBPyConnection, options: Options
) -> dict[str, float]:
    """Make every check on Spark, and bring what settling needs of it into the connection's temporary tables."""
    engine = Engine(executor, options.thresholds, options.between, shots_at_once=ALL_SHOTS)
    engine.run()
    for relation, sql in _TOLD.items():
        connection.register("told", spark.sql(sql).toArrow())
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS SELECT * FROM told")  # noqa: S608 - of ours
        connection.unregister("told")
    return engine.seconds


def _commit(connection: duckdb.DuckDBPyConnection, shelf: Shelf, made: Path, run: int, options: Options) -> None:
    for table in _SETTLED:
        shelf.take_table(table, ledger.write_table(connection, table, made))
    shelf.commit(run, newest(), options.clock())
