"""SQL kept in ``sql/`` beside the code that runs it, by name: this package's, and others' by theirs."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


@cache
def statement(name: str, package: str = "indexer.store") -> str:
    """The text of ``sql/NAME.sql``, with ``{key}`` written out: the key of an ``object_rows o`` of ``names n``."""
    text = resources.files(package).joinpath("sql", f"{name}.sql").read_text("utf-8")
    return text.replace("{key}", statement("key").strip()) if "{key}" in text else text


def one(connection: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> tuple[Any, ...] | None:
    """The only row that a query answers with, or ``None``.

    It reads the result to its end: one that is left open blocks its connection.
    """
    rows = connection.execute(sql, parameters).fetchall()
    return rows[0] if rows else None


def run(connection: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> int:
    """Run one statement, and give the number it answers with: the rows it touched, or the one it counted."""
    rows = connection.execute(statement(name), parameters or None).fetchall()
    return int(rows[0][0]) if rows else 0


def run_filled(connection: duckdb.DuckDBPyConnection, name: str, part: str, sql: str, **parameters: object) -> None:
    """Run one statement that holds a ``{part}``, which is SQL of this package's own."""
    connection.execute(statement(name).replace("{" + part + "}", sql), parameters or None)
