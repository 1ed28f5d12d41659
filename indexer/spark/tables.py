"""Writes what Spark made into Parquet files in folders that all machines of a cluster see, and reads them."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from indexer.lake.files import Written, settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

ROWS_A_FILE = 2_000_000
"""How many rows a file of a lake has at the most, about."""
_ROWS_A_SHUFFLE_PART = 500_000


def size_shuffles(spark: SparkSession, rows: int) -> None:
    """As many parts as rows need: Spark's own 200 cost a small lake minutes, and a large one its memory."""
    parts = max(spark.sparkContext.defaultParallelism, rows // _ROWS_A_SHUFFLE_PART)
    spark.conf.set("spark.sql.shuffle.partitions", str(parts))


def keep(rows: DataFrame, folder: Path, compression: str = "snappy") -> list[str]:
    """Make rows once, and give the files that they are kept in."""
    rows.write.option("compression", compression).parquet(_address(folder))
    return sorted(map(str, folder.glob("*.parquet")))


def read(spark: SparkSession, schema: str | StructType, paths: Sequence[str], base: Path | None = None) -> DataFrame:
    """The rows of files; what an older one lacks is NULL. Below ``base``, folders may be called by columns."""
    if not paths:
        return spark.createDataFrame([], schema)
    reader = spark.read.schema(schema)
    return (reader.option("basePath", _address(base)) if base else reader).parquet(*map(_address, paths))


def write_table(table: DataFrame, rows: int, key: str, folder: Path) -> list[Written]:
    """Write a table into ``folder``, sorted by ``key``, and measure its files; it has about so many ``rows``."""
    parts = max(1, ceil(rows / ROWS_A_FILE))
    sorted_ = table.repartition(parts, key).sortWithinPartitions(key)
    paths = keep(sorted_, folder, compression="zstd")
    found = table.sparkSession.sparkContext.parallelize(paths, len(paths)).map(_measured).collect() if paths else []
    return [file for file in found if file.rows]


def _measured(path: str) -> Written:
    return settled(Path(path), pq.read_metadata(path).num_rows)


def _address(path: Path | str) -> str:
    """A path as Spark takes it: of this machine's file system, whatever the cluster's own is."""
    return f"file:{Path(path).absolute()}"
