"""What runs the engine's statements: DuckDB over an index, or another engine that takes the same text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from indexer.naming import Layout, cut_sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb


class Executor(Protocol):
    """Runs DuckDB's text over the tables of one index, and keeps the relations that it makes until its work is done.

    A statement makes a temporary table, adds to one, or deletes from one; its parameters are ``$name``, bound by name.
    """

    def run(self, sql: str, given: Mapping[str, Any]) -> None:
        """Run one statement to its end."""
        ...

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        ...

    def cut(self, relation: str) -> str:
        """A query of all rows of a relation, with its ``key`` cut as ``indexer.naming.cut_sql`` says."""
        ...


class OnDuckDB:
    """Runs the statements in the index that a connection is open to."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, sql: str, given: Mapping[str, Any]) -> None:
        """Run one statement to its end."""
        self._connection.execute(sql, dict(given) or None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql).fetchall()

    def cut(self, relation: str) -> str:
        """A query of all rows of a relation, with its ``key`` cut as ``indexer.naming.cut_sql`` says."""
        return cut_sql(Layout(), relation)
