"""The lake's small tables: the driver takes them over into an index, changes them there, and commits them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.lake.files import write_parquet
from indexer.lake.layout import ROWS_A_GROUP, lake_type
from indexer.lake.parts import tables
from indexer.spark.scratch import scratch
from indexer.spark.shelf import writing
from indexer.store.described import described, grammar_of
from indexer.store.migrations import newest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb
    from pyspark.sql import SparkSession

    from indexer.config import Source
    from indexer.lake.files import Written
    from indexer.spark.merge import Sum
    from indexer.spark.shelf import Shelf
    from indexer.spark.task import Receipt

# They stand in the files of objects.
_NAMES = "names"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A lake that is written to, and the index on the driver that has some of its tables.

    ``made`` is a folder in the lake for what is being made.
    """

    spark: SparkSession
    shelf: Shelf
    made: Path
    connection: duckdb.DuckDBPyConnection

    def write(self, *tables: str) -> None:
        """Have the shelf hold these tables as the index has them, each in one file."""
        for table in tables:
            self.shelf.take_table(table, [_written(self.connection, table, self.made)])

    def commit(self, run: int, now: datetime) -> None:
        """Let readers see what the shelf holds, all of it at once; a table that it lacks is empty."""
        known = (table for table in tables(self.connection) if table != _NAMES)
        self.write(*(table for table in known if not self.shelf.paths(table)))
        self.shelf.commit(run, newest(), now)


@contextmanager
def ledger(spark: SparkSession, lake: Path, taken_over: Sequence[str]) -> Iterator[Ledger]:
    """Give a lake to write to, alone among writers, and an index that has these tables of it and nothing else.

    Raises:
        IndexInconsistent: what is there is no lake of this version.
        IndexLocked: another run writes to the lake.
        UsageError: its path can be none of a lake.
    """
    with writing(lake) as (shelf, made), scratch() as connection:
        for table in taken_over:
            for path in shelf.paths(table):
                sql = f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)"  # noqa: S608 - a table of ours
                connection.execute(sql, [path])
        yield Ledger(spark, shelf, made, connection)


def _written(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> Written:
    """Write a table as Parquet into a folder, in types that Spark knows."""
    columns = [(row[0], row[1]) for row in connection.execute(f"DESCRIBE {table}").fetchall()]
    chosen = ", ".join(f'"{name}"::{lake_type(kind, name)} AS "{name}"' for name, kind in columns)
    rows = connection.sql(f"SELECT {chosen} FROM {table}").to_arrow_reader(ROWS_A_GROUP)  # noqa: S608 - a table of ours
    return write_parquet(folder, rows.schema, rows)


def last_complete_run(connection: duckdb.DuckDBPyConnection, source: str) -> int | None:
    """The last run that listed all of a source."""
    row = described(connection, source, "last_complete_run")
    return row[0] if row else None


def is_reread(connection: duckdb.DuckDBPyConnection, source: Source) -> bool:
    """Whether a source's keys were read otherwise before."""
    row = described(connection, source.name, "grammar")
    return row is not None and row[0] != grammar_of(source)


def note_receipts(
    connection: duckdb.DuckDBPyConnection,
    run: int,
    source: Source,
    receipts: Iterable[Receipt],
    left_out: Mapping[int, Sum],
) -> None:
    """Record the proof of a source's listing, without the keys that are left to the next run."""
    rows = [_receipt(run, source, receipt, left_out.get(receipt.shard)) for receipt in receipts]
    connection.register("proofs", pa.Table.from_pylist(rows))
    connection.execute("INSERT INTO receipts BY NAME SELECT * REPLACE (key_hash::UBIGINT AS key_hash) FROM proofs")
    connection.unregister("proofs")


def _receipt(run: int, source: Source, receipt: Receipt, without: Sum | None) -> dict[str, object]:
    keys, key_hash = without or (0, 0)
    return {
        "run": run,
        "source": source.name,
        "prefix": source.storage.prefix,
        "from_key": receipt.after,
        "to_key": receipt.until,
        "last_key": receipt.last_key,
        "pages": receipt.pages,
        "keys": receipt.keys - keys,
        "key_hash": str((int(receipt.key_hash) - key_hash) % 2**64),
        "started_at": receipt.began_at,
        "finished_at": receipt.ended_at,
    }
