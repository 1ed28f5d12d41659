"""This package's SQL, kept in ``sql/``, run by name."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@cache
def statement(name: str) -> str:
    """The text of ``sql/NAME.sql``."""
    return resources.files("indexer.store").joinpath("sql", f"{name}.sql").read_text("utf-8")


def run(connection: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> int:
    """Run one statement, and give the number it answers with: the rows it touched, or the one it counted."""
    rows = connection.execute(statement(name), parameters or None).fetchall()
    return int(rows[0][0]) if rows else 0
