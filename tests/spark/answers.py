"""What two engines answer, made comparable: as Python's values, each number to nine digits."""

from __future__ import annotations

from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb
    import pyarrow as pa

_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": _JAVA,
    "spark.executor.extraJavaOptions": _JAVA,
}
"""Settings by which Spark is quick where there are few rows: it plans once, and compiles hardly anything."""

Rows = list[tuple[Any, ...]]
_SHOWN = 10


def rows_of_duckdb(found: duckdb.DuckDBPyConnection) -> tuple[list[str], Rows]:
    """The columns and rows of what a connection has just run."""
    return [column[0] for column in found.description or ()], _plain(found.fetchall())


def rows_of_arrow(table: pa.Table) -> tuple[list[str], Rows]:
    """The columns and rows of an answer of Spark's."""
    return table.column_names, _plain(zip(*(column.to_pylist() for column in table.columns), strict=True))


def in_any_order(rows: Rows) -> Rows:
    """Rows that come in no order of their own."""
    return sorted(rows, key=repr)


def differences(duckdb: Rows, spark: Rows) -> str:
    """The first rows that differ, beside each other."""
    pairs = enumerate(zip_longest(duckdb, spark))
    unlike = [f"row {number}\n  DuckDB {ours}\n  Spark  {theirs}" for number, (ours, theirs) in pairs if ours != theirs]
    return "\n".join([f"{len(duckdb)} and {len(spark)} rows, {len(unlike)} of them differ", *unlike[:_SHOWN]])


def _plain(rows: Iterable[tuple[Any, ...]]) -> Rows:
    return [tuple(_value(value) for value in row) for row in rows]


def _value(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == int(value) else float(f"{value:.9g}")
        case float():
            return int(value) if value.is_integer() else float(f"{value:.9g}")
        case _:
            return value
