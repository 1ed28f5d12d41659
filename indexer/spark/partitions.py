"""Writes a source's days into the lake's partitions, as files that are whole before they get their names."""

from __future__ import annotations

import hashlib
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.parquet as pq
from pyspark.sql import functions as f

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from pyspark.sql import DataFrame, SparkSession

FOLDER = "of"
"""What the folders of days are called before their files are the lake's: ``of=YYYY-MM-DD``."""
_ROWS_A_FILE = 2_000_000
_ROWS_A_SHUFFLE_PART = 500_000
_CHUNK = 1 << 20


class Written(NamedTuple):
    """A Parquet file: where it is, its rows and bytes, and its SHA-256 in hex."""

    path: str
    rows: int
    bytes: int
    sha256: str


def write_days(objects: DataFrame, rows: Mapping[date, int], folder: Path) -> list[Written]:
    """Write objects below ``folder`` by ``day``, sorted by key, and measure the files; ``rows`` is about how many."""
    spark = objects.sparkSession
    parts = {day: max(1, ceil(count / _ROWS_A_FILE)) for day, count in rows.items()}
    counted = spark.createDataFrame(list(parts.items()), "day DATE, parts INT")
    # All keys of one front go to one file, so that its sessions are read from as few as can be.
    placed = objects.join(f.broadcast(counted), "day").withColumn("part", f.expr("pmod(hash(front), parts)"))
    sorted_ = placed.repartition(_tasks(spark, parts), "day", "part").sortWithinPartitions("day", "key")
    # The column that names the folders is not in the files, and the day has to be.
    dated = sorted_.drop("parts", "part").withColumn(FOLDER, f.col("day").cast("string"))
    dated.write.partitionBy(FOLDER).option("compression", "zstd").parquet(str(folder))
    return measured(spark, sorted(str(path) for path in folder.rglob("*.parquet")))


def write_table(table: DataFrame, rows: int, key: str, folder: Path) -> list[Written]:
    """Write a table into ``folder``, sorted by ``key``, and measure its files; it has about so many ``rows``."""
    parts = max(1, ceil(rows / _ROWS_A_FILE))
    sorted_ = table.repartition(parts, key).sortWithinPartitions(key)
    sorted_.write.option("compression", "zstd").parquet(f"file:{folder}")
    return [file for file in measured(table.sparkSession, sorted(map(str, folder.glob("*.parquet")))) if file.rows]


def size_shuffles(spark: SparkSession, rows: int) -> None:
    """As many parts as rows need: Spark's own 200 cost a small lake minutes, and a large one its memory."""
    parts = max(spark.sparkContext.defaultParallelism, rows // _ROWS_A_SHUFFLE_PART)
    spark.conf.set("spark.sql.shuffle.partitions", str(parts))


def _tasks(spark: SparkSession, parts: Mapping[date, int]) -> int:
    return max(spark.sparkContext.defaultParallelism, sum(parts.values()))


def measured(spark: SparkSession, paths: Sequence[str]) -> list[Written]:
    """What a manifest tells of files, read by the cluster."""
    if not paths:
        return []
    slices = min(len(paths), 4 * spark.sparkContext.defaultParallelism)
    return spark.sparkContext.parallelize(paths, slices).map(_measured).collect()


def _measured(path: str) -> Written:
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return Written(path, pq.read_metadata(path).num_rows, Path(path).stat().st_size, digest.hexdigest())
