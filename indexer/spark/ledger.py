"""The lake's small tables, which say of runs and sources what is known: the driver keeps them as an index does."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.lake.files import write_parquet
from indexer.lake.layout import ROWS_A_GROUP, lake_type
from indexer.lake.parts import tables
from indexer.spark.scratch import scratch
from indexer.store.described import described, grammar_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import duckdb

    from indexer.config import Source
    from indexer.lake.files import Written
    from indexer.spark.merge import Sum
    from indexer.spark.shelf import Shelf
    from indexer.spark.task import Receipt

TABLES = ("runs", "run_sources", "receipts", "sources")
"""What a sync writes besides objects."""
# They stand in the files of objects.
_NAMES = "names"


@contextmanager
def ledger(shelf: Shelf) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an index with the lake's runs, receipts and sources, and no objects."""
    with scratch() as connection:
        for table in TABLES:
            for path in shelf.paths(table):
                sql = f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?)"  # noqa: S608 - a table of ours
                connection.execute(sql, [path])
        yield connection


def tables_to_write(connection: duckdb.DuckDBPyConnection, shelf: Shelf) -> list[str]:
    """The tables that a sync changed, and those that a new lake lacks."""
    known = [table for table in tables(connection) if table != _NAMES]
    return [table for table in known if table in TABLES or not shelf.paths(table)]


def write_table(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> Written:
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
