"""Asks a lake on Spark what ``indexer query`` asks an index, with the same texts and the same answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from pyspark.errors import PySparkException

from indexer.errors import QueryError
from indexer.spark.translate import arguments, translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from pyspark.sql import SparkSession

_CONTEXT = "SQLQueryContextLogger"
"""Spark's client logs a refused statement with a stack of Java's, besides raising it."""


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
    logging.getLogger(_CONTEXT).disabled = True
    try:
        return spark.sql(sql, args=dict(given or {})).toArrow()
    except PySparkException as error:
        raise QueryError(str(error).split("\n\nJVM stacktrace", maxsplit=1)[0].strip()) from error
