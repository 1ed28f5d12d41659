"""Runs the statements of the reconciliation's engine on Spark, over a lake's tables."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
from pyspark.sql import functions as f
from sqlglot import exp

from indexer.naming import Layout, cut_sql
from indexer.spark.tables import keep, read
from indexer.spark.translate import arguments, parse, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

ALL_SHOTS = 2**62
"""How many shots are looked at together: Spark parts them itself, and spills."""

NOTIFIED_KEYS = "SELECT DISTINCT object_key AS key FROM notifications WHERE NOT is_test AND object_key IS NOT NULL"
_CUT_KEYS = "cut_keys"
_PIECES = "SELECT key, _moment, _digits::INTEGER AS _digits, _front, _back"
_CUT_SCHEMA = "key STRING, _moment TIMESTAMP_NTZ, _digits INT, _front STRING, _back STRING"


class OnSpark:
    """Runs the engine's statements in a session that a lake is shown to.

    A temporary table is a view over Parquet files below a folder that all machines of the cluster see: what is made of
    them is planned anew from there, and is not lost with a machine.
    """

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self._spark = spark
        self._folder = folder
        self._numbers = count()

    def run(self, sql: str, given: Mapping[str, Any]) -> None:
        """Run one statement to its end."""
        tree = parse(sql)
        match tree:
            case exp.Create(this=exp.Schema()):
                self._empty(tree)
            case exp.Create():
                self._kept(tree.this.name, self._query(tree.expression, given)).createOrReplaceTempView(tree.this.name)
            case exp.Insert():
                self._add(tree, given)
            case exp.Delete():
                self._delete(tree, given)
            case _:
                raise AssertionError(f"the engine runs no {tree.key}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return [tuple(row) for row in self._query(parse(sql), {}).collect()]

    def cut(self, relation: str, keys_of: str = NOTIFIED_KEYS) -> str:
        """A query of all rows of a relation, with their ``key``, one that ``keys_of`` gives, cut as DuckDB cuts it."""
        keys = self._query(parse(keys_of), {})
        self._kept(_CUT_KEYS, keys.mapInArrow(_cut, _CUT_SCHEMA)).createOrReplaceTempView(_CUT_KEYS)
        return (
            f"SELECT r.*, c._moment, c._digits, c._front, c._back "  # noqa: S608 - a name of ours
            f"FROM {relation} r JOIN {_CUT_KEYS} c ON c.key = r.key"
        )

    def _empty(self, tree: exp.Create) -> None:
        columns = ", ".join(
            f"CAST(NULL AS {column.args['kind'].sql(dialect='duckdb')}) AS {column.name}"
            for column in tree.this.expressions
        )
        self._query(parse(f"SELECT {columns} WHERE false"), {}).createOrReplaceTempView(tree.this.this.name)

    def _add(self, tree: exp.Insert, given: Mapping[str, Any]) -> None:
        name = tree.this.name
        held = self._spark.table(name)
        more = self._query(tree.expression, given)
        named = more if tree.args.get("by_name") else more.toDF(*held.columns)
        held.unionAll(self._kept(name, _like(held.schema, named))).createOrReplaceTempView(name)

    def _delete(self, tree: exp.Delete, given: Mapping[str, Any]) -> None:
        condition = exp.func("coalesce", tree.args["where"].this.copy(), exp.false())
        rest = exp.select("*").from_(tree.this.copy()).where(exp.not_(exp.paren(condition)))
        self._query(rest, given).createOrReplaceTempView(tree.this.name)

    def _query(self, tree: exp.Expression, given: Mapping[str, Any]) -> DataFrame:
        self._make_parts(tree, given)
        return self._spark.sql(translate(tree, given), args=arguments(given))

    def _make_parts(self, tree: exp.Expression, given: Mapping[str, Any]) -> None:
        """Make what a query wants ``MATERIALIZED``: Spark would make it anew wherever it is asked for."""
        parts = with_.expressions if (with_ := tree.args.get("with_")) else []
        for number, part in enumerate(parts):
            if part.args.get("materialized"):
                asked = part.this.copy()
                asked.set("with_", exp.With(expressions=[earlier.copy() for earlier in parts[:number]]))
                name = f"{part.alias}_{next(self._numbers)}"
                self._kept(name, self._query(asked, given)).createOrReplaceTempView(name)
                part.set("this", exp.select("*").from_(name))
                part.set("materialized", None)

    def _kept(self, name: str, rows: DataFrame) -> DataFrame:
        """Make rows once, and give them as they were written."""
        folder = self._folder / f"{name}-{next(self._numbers)}"
        return read(self._spark, rows.schema, keep(rows, folder))


def _like(schema: StructType, rows: DataFrame) -> DataFrame:
    """Rows with the columns of a schema, those that they lack being NULL."""
    there = set(rows.columns)
    columns = [
        (f.col(column.name) if column.name in there else f.lit(None)).cast(column.dataType).alias(column.name)
        for column in schema
    ]
    return rows.select(columns)


def _cut(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Cut keys with the very statement of DuckDB's that cuts those of a listing."""
    with duckdb.connect() as connection:
        for batch in batches:
            connection.register("keys", pa.table(batch))
            yield from connection.sql(f"{_PIECES} FROM ({cut_sql(Layout(), 'keys')})").to_arrow_table().to_batches()
