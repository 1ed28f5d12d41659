"""Asks a lake on Spark what ``indexer query`` asks an index, with the same texts and the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.errors import QueryError
from indexer.spark.failures import told
from indexer.spark.translate import arguments, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from pyspark.sql import SparkSession


def ask(spark: SparkSession, sql: str, given: Mapping[str, Any]) -> pa.Table:
    """What a statement of DuckDB's answers on Spark. Times in it are naive UTC.

    Raises:
        QueryError: it does not mean the same on Spark, or Spark refuses it.
    """
    return answer(spark, translate(sql, given), arguments(given))


def answer(spark: SparkSession, sql: str, given: Mapping[str, Any] | None = None) -> pa.Table:
    """What a statement of Spark's own SQL answers.

    Raises:
        QueryError: Spark refuses it.
    """
    with told(QueryError):
        return spark.sql(sql, args=dict(given or {})).toArrow()
