"""Gives the keys of a batch their names: what all keys of a session share is read and stored once.

The temporary table ``batch`` holds keys cut in pieces (``front``, ``digits``, ``back``, ``moment``, and ``late``);
``named`` is the batch with each key's ``name_id``, ``captured_at`` and ``sequence``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.naming import names_sql
from indexer.store import statements

if TYPE_CHECKING:
    import duckdb

    from indexer.config import Source


def last_name(connection: duckdb.DuckDBPyConnection) -> int:
    """The highest number of a name."""
    row = statements.one(connection, "SELECT coalesce(max(name_id), 0) FROM names")
    return int(row[0]) if row else 0


def name_batch(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make ``named`` from ``batch``, and add the names that are new."""
    _read_fronts(connection, source)
    if statements.one(connection, "SELECT count(*) FROM fresh WHERE _digits > 0 AND NOT _timed") != (0,):
        statements.run(connection, "uncut")
        _read_fronts(connection, source)
    known = last_name(connection)
    statements.run(connection, "add_names", source=source.name)
    statements.run(connection, "named", source=source.name, known_names=known)


def _read_fronts(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    statements.run(connection, "fronts", source=source.name)
    new = names_sql(source.layout, "(SELECT * EXCLUDE (name_id) FROM fronts WHERE name_id IS NULL)")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS FROM ({new})")
