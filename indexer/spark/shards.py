"""Cuts a source into the ranges of keys that tasks list, and has a cluster list them."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark import TaskContext

from indexer.errors import IndexInconsistent
from indexer.listing.ranges import WHOLE, tile, untiled
from indexer.naming.cuts import likely_cuts
from indexer.spark.task import Receipt, list_shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb
    from pyspark.sql import SparkSession

    from indexer.config import Source
    from indexer.listing.ranges import KeyRange
    from indexer.spark.task import Work
    from indexer.vendors.base import Capabilities

_RECEIPT = (
    "source STRING, shard INT, after STRING, until STRING, inventory STRING, last_key STRING, pages BIGINT, "
    "keys BIGINT, key_hash STRING, requests BIGINT, rows BIGINT, shown BIGINT, began_at STRING, ended_at STRING, "
    "file STRING, error STRING, kind STRING"
)
_KINDS = {"STRING": pa.string(), "INT": pa.int32(), "BIGINT": pa.int64()}
_RECEIPT_SCHEMA = pa.schema([(name, _KINDS[kind]) for name, kind in map(str.split, _RECEIPT.split(", "))])
# Fewer keys than this are not worth a task of their own.
_LEAST_KEYS = 50_000
_LAST_LISTING = """
SELECT r.to_key, r.keys
FROM receipts r
JOIN sources s ON s.source = r.source AND s.last_complete_run = r.run
WHERE r.source = ?
ORDER BY r.from_key NULLS FIRST
"""


def ranges(
    connection: duckdb.DuckDBPyConnection, source: Source, capabilities: Capabilities, wanted: int
) -> list[KeyRange]:
    """About so many ranges that tile a source: cut where its keys stood the last time, or are likely to stand."""
    if not capabilities.starts_anywhere:
        return [WHOLE]
    listed = connection.execute(_LAST_LISTING, [source.name]).fetchall()
    held = sum(keys for _, keys in listed)
    if held:
        wanted = min(wanted, ceil(held / _LEAST_KEYS))
    known = list(_thinned(listed, held / wanted))
    if len(known) >= wanted // 2:
        return tile(WHOLE, known)
    now = connection.execute("SELECT max(started_at) FROM runs").fetchall()[0][0]
    return tile(WHOLE, likely_cuts(source.layout, source.storage.prefix, wanted, now.date()))


def _thinned(listed: Iterable[tuple[str | None, int]], step: float) -> Iterator[str]:
    """Of the ends of ranges, those behind which another so many keys stood."""
    passed = 0
    for until, keys in listed:
        passed += keys
        if until is not None and passed >= step:
            yield until
            passed = 0


def listed_by(spark: SparkSession, work: Work, shards: Sequence[Receipt]) -> list[Receipt]:
    """Have a cluster list shards, each in a task of its own, and give one receipt for each.

    Raises:
        IndexInconsistent: the cluster gave none for a shard, or two.
    """
    # A row a partition. Made of an RDD it would have Spark start a second Python for each.
    numbers = spark.range(0, len(shards), 1, len(shards))
    told = numbers.mapInArrow(partial(_list, work, tuple(shards)), _RECEIPT).collect()
    receipts = [Receipt(**row.asDict()) for row in told]
    if sorted((each.source, each.shard) for each in receipts) != sorted((each.source, each.shard) for each in shards):
        raise IndexInconsistent(
            f"{len(shards)} shards were given to the cluster, and {len(receipts)} receipts came back"
        )
    return receipts


def _list(work: Work, shards: Sequence[Receipt], batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    context = TaskContext.get()
    assert context is not None  # noqa: S101 - it is called inside a task
    pa.set_memory_pool(pa.system_memory_pool())
    for batch in batches:
        wanted = [shards[number] for number in batch["id"].to_pylist()]
        listed = [list_shard(work, shard, context.attemptNumber(), context.taskAttemptId()) for shard in wanted]
        yield pa.RecordBatch.from_pylist([asdict(receipt) for receipt in listed], _RECEIPT_SCHEMA)


def check_tiling(source: str, receipts: Iterable[Receipt]) -> None:
    """Hold receipts to what they have to prove: together they cover every key once.

    Raises:
        IndexInconsistent: they leave a gap, or share keys.
    """
    try:
        gaps = untiled(WHOLE, (receipt.range for receipt in receipts))
    except ValueError as error:
        raise IndexInconsistent(f"source {source}: {error}; nothing was committed") from error
    if gaps:
        raise IndexInconsistent(f"source {source}: not listed: {gaps[0]}; nothing was committed")


def shards_of(source: str, keys: Iterable[KeyRange]) -> list[Receipt]:
    """The shards of a source, in the order of their keys, as receipts that prove nothing yet."""
    return [Receipt(source, number, each.after, each.until) for number, each in enumerate(keys)]
