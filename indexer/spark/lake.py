"""Shows a lake to Spark as the index it was made of: the same tables and views by the same names."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import duckdb
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
)

from indexer.errors import IndexInconsistent, IndexMissing
from indexer.lake.layout import OBJECTS, check_folder
from indexer.lake.manifest import read_manifest
from indexer.spark.tables import read
from indexer.spark.translate import parse, translate
from indexer.store.migrations import migrate, newest
from indexer.store.statements import statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from pyspark.sql import SparkSession
    from sqlglot import exp

    from indexer.lake.manifest import File

VIEWS = (
    "screenshots",
    "other_objects",
    "sessions",
    "payloads",
    "violations",
    "passed_objects",
    "notified_objects",
    "findings",
)
"""The index's views over what a lake holds, each after those that it reads."""

_TYPES: dict[str, DataType] = {
    "BIGINT": LongType(),
    "UBIGINT": LongType(),
    "UINTEGER": LongType(),
    "INTEGER": IntegerType(),
    "UTINYINT": IntegerType(),
    "DOUBLE": DoubleType(),
    "BOOLEAN": BooleanType(),
    "DATE": DateType(),
    "TIMESTAMP": TimestampNTZType(),
    "VARCHAR": StringType(),
    "VARCHAR[]": ArrayType(StringType()),
    "BLOB": BinaryType(),
    "UUID": StringType(),
}
"""The index's types as a lake has them: Spark has no unsigned numbers, and 2^63 is enough for what is counted here."""

_HASHES: dict[str, DataType] = {"key_hash": DecimalType(20, 0)}
"""What has all 64 bits."""

_OBJECT_ROWS = """
SELECT
    name_id, captured_at, sequence, size,
    CASE WHEN regexp_matches(etag, '^[0-9a-f]{32}$') THEN etag END AS etag_md5,
    CASE WHEN NOT regexp_matches(etag, '^[0-9a-f]{32}$') THEN etag END AS etag,
    last_modified, storage_class, first_seen_run, last_seen_run, deleted_at
FROM lake_objects
"""
_OBJECTS = """
SELECT
    source, key, kind, service, sid, cname, uid, stream_type, app, stream, session_started_at, sequence, captured_at,
    captured_at_precision_ms, failover, reason, size, etag, last_modified, storage_class, first_seen_run, last_seen_run,
    deleted_at
FROM lake_objects
"""
_MADE: dict[str, str | exp.Expression] = {"object_rows": _OBJECT_ROWS, "objects": _OBJECTS}
_OF_NAMES = (
    StructField("name_id", LongType()),
    StructField("front", StringType()),
    StructField("digits", IntegerType()),
    StructField("back", StringType()),
)
_COLUMNS = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY column_index"


def files_of(folder: Path) -> Files:
    """The files of a lake as its manifest is now.

    Raises:
        IndexMissing: nothing was exported there yet.
        IndexInconsistent: its manifest is none, or of another version.
        UsageError: its path can be none of a lake.
    """
    check_folder(folder.absolute())
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexMissing(f"{folder} is no lake: `indexer export` or `indexer spark sync` makes one")
    if manifest.schema != newest():
        what = "make it again" if manifest.schema < newest() else "install the newer screenshot-indexer"
        raise IndexInconsistent(f"{folder} has schema {manifest.schema}, and this version reads {newest()}: {what}")
    return Files.of(folder.absolute(), manifest.files)


@dataclass(frozen=True, slots=True)
class Files:
    """The Parquet files of one state of a lake: of its objects, below ``folder``, and of each other table."""

    folder: Path
    objects: Sequence[str]
    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, files: Iterable[File]) -> Files:
        """What a manifest names, or is to name."""
        by_table: dict[str, list[str]] = {}
        for file in files:
            by_table.setdefault(file.table, []).append(str(folder / file.path))
        return cls(folder, by_table.pop(OBJECTS, []), by_table)


def show(spark: SparkSession, files: Files) -> None:
    """Make the tables and views of an index known to a session, by their names."""
    columns, views = _schema()
    for table in columns.keys() - {"objects", "object_rows"} - views.keys():
        read(spark, columns[table], files.tables.get(table, ())).createOrReplaceTempView(table)
    held = StructType([*columns["objects"], *_OF_NAMES])
    read(spark, held, files.objects, files.folder / OBJECTS).createOrReplaceTempView("lake_objects")
    made = _MADE if files.tables.get("names") else _MADE | {"names": _names()}
    for name, query in (made | {view: views[view] for view in VIEWS}).items():
        spark.sql(translate(query)).createOrReplaceTempView(name)


def show_table(spark: SparkSession, table: str, rows: pa.Table) -> None:
    """Make one table known to a session by its name, with these rows instead of the lake's."""
    columns, _ = _schema()
    held = columns[table]
    spark.createDataFrame(rows.to_pylist(), held).createOrReplaceTempView(table)


def _names() -> str:
    """The names of a lake that a cluster's sync made: those of its objects."""
    return statement("names", "indexer.lake").replace("{files}", "lake_objects")


@cache
def _schema() -> tuple[dict[str, StructType], dict[str, exp.Expression]]:
    """The columns of an index's tables and of ``objects``, and the queries that its views are.

    Read from the migrations that make an index, so that there is one place where they stand.
    """
    with duckdb.connect() as connection:
        migrate(connection)
        views = dict(connection.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall())
        found = connection.execute(_COLUMNS).fetchall()
    columns: dict[str, list[StructField]] = {}
    for table, column, kind in found:
        if table == "objects" or table not in views:
            columns.setdefault(table, []).append(StructField(column, _HASHES.get(column, _TYPES[kind])))
    tables = {name: StructType(each) for name, each in columns.items()}
    return tables, {name: parse(sql).args["expression"] for name, sql in views.items()}
