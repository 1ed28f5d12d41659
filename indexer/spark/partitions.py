"""Writes a source's days into the lake's partitions: each day's file is one task's, made of Parquet files alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.lake.files import write_parquet
from indexer.lake.layout import ROWS_A_GROUP
from indexer.spark.merge import KNOWN_SCHEMA, MARKS_SCHEMA, STAGED_SCHEMA, rows_sql
from indexer.spark.scratch import bench
from indexer.spark.tables import ROWS_A_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import duckdb
    from pyspark.sql import SparkSession

    from indexer.lake.files import Written

FOLDER = "of"
"""What the folders of days are called before their files are the lake's: ``of=YYYY-MM-DD``."""


@dataclass(frozen=True, slots=True)
class Making:
    """What all days of a source are made of, beside what the lake held of them.

    ``staged`` are the files of what was listed; ``marks`` those that say what became of it, or ``None`` where the lake
    held nothing. Every machine sees them, and ``folder``, where the new ones go.
    """

    source: str
    run: int
    staged: tuple[str, ...]
    marks: tuple[str, ...] | None
    folder: str


@dataclass(frozen=True, slots=True)
class Part:
    """One file to write: a day, or one of its ``parts``; ``known`` are the day's files in the lake."""

    day: date
    known: tuple[str, ...]
    part: int
    parts: int


def parts_of(rows: Mapping[date, int], known: Mapping[date, Sequence[str]]) -> list[Part]:
    """The files that days are to be written to; ``rows`` is how many each has, ``known`` where they stand until now."""
    return [
        Part(day, tuple(known[day]), part, parts)
        for day, count in sorted(rows.items())
        for parts in [ceil(count / ROWS_A_FILE)]
        for part in range(parts)
    ]


def write_days(spark: SparkSession, making: Making, parts: Sequence[Part]) -> list[Written]:
    """Write each part, sorted by key, in a task of its own, into folders called ``of=YYYY-MM-DD``."""
    if not parts:
        return []
    tasks = spark.sparkContext.parallelize(parts, len(parts))
    return [written for written in tasks.map(partial(write_part, making)).collect() if written.rows]


def write_part(making: Making, part: Part) -> Written:
    """Write one part; each try of a task writes a file of its own.

    Raises:
        OSError: the disk is full.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    folder = Path(making.folder) / f"{FOLDER}={part.day}"
    folder.mkdir(parents=True, exist_ok=True)
    with bench() as connection:
        rows = _rows(connection, making, part)
        return write_parquet(folder, rows.schema, rows)


def _rows(connection: duckdb.DuckDBPyConnection, making: Making, part: Part) -> pa.RecordBatchReader:
    _show(connection, "staged", STAGED_SCHEMA, making.staged)
    given = {"source": making.source, "day": part.day, "part": part.part, "parts": part.parts}
    if making.marks is None:
        return _read(connection, "added", given | {"run": making.run})
    _show(connection, "known", KNOWN_SCHEMA, part.known)
    _show(connection, "marks", MARKS_SCHEMA, making.marks)
    return _read(connection, "day", given)


def _read(connection: duckdb.DuckDBPyConnection, name: str, given: dict[str, object]) -> pa.RecordBatchReader:
    return connection.sql(rows_sql(name), params=given).to_arrow_reader(ROWS_A_GROUP)


def _show(connection: duckdb.DuckDBPyConnection, name: str, schema: str, paths: Sequence[str]) -> None:
    """Make files known by a name; where there are none, an empty table."""
    if paths:
        # What their folders are called is in their rows.
        connection.read_parquet(list(paths), hive_partitioning=False).create_view(name)
    else:
        connection.execute(f"CREATE TABLE {name} ({schema.replace('TIMESTAMP_NTZ', 'TIMESTAMP')})")
