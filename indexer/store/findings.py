"""Writes what a reconciliation found beside what was known of findings before, and the figures that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.errors import IndexInconsistent
from indexer.store import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from indexer.config import Source
    from indexer.reconcile.check import Check


def expect(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Take over what the configuration now expects of the sources that the index knows."""
    sql = "UPDATE sources SET interval_seconds = ?, moderated = ?, retention_days = ? WHERE source = ?"
    for source in sources:
        connection.execute(sql, [source.interval, source.moderated, source.retention_days, source.name])


def settle(
    connection: duckdb.DuckDBPyConnection,
    run: int,
    checks: Sequence[Check],
    seconds: Mapping[str, float],
    between: tuple[datetime | None, datetime | None],
) -> None:
    """Take over what is in the temporary tables ``found``, ``uncomputed``, ``covered``, ``latencies`` and ``evidence``.

    What was known and is not found again counts as resolved where it was looked for: by one of ``checks`` that could be
    made, and inside the time ``between`` the first moment and before the second.

    Raises:
        IndexInconsistent: a check found the same thing twice.
    """
    kinds = [check.kind for check in checks]
    since, until = between
    statements.run(connection, "settle", run=run, since=since, until=until, kinds=kinds)
    _check_identities(connection)
    _replace(connection, "finding_rows", "settled")
    _replace(connection, "not_computable", "uncomputed")
    _replace(connection, "upload_latency", "latencies")
    statements.run(connection, "forget_coverage", every=between == (None, None))
    connection.execute("INSERT INTO coverage FROM covered")
    statements.run(connection, "take_custody", run=run)
    _note_checks(connection, run, checks, seconds)


def acknowledge(connection: duckdb.DuckDBPyConnection, acknowledged: Iterable[tuple[str, str, str, datetime]]) -> None:
    """Replace what people said of findings: id, note, author and when."""
    connection.execute("TRUNCATE acknowledgements")
    for row in acknowledged:
        connection.execute("INSERT INTO acknowledgements VALUES (?, ?, ?, ?)", row)


def _note_checks(
    connection: duckdb.DuckDBPyConnection, run: int, checks: Sequence[Check], seconds: Mapping[str, float]
) -> None:
    """Record how each check ran last, and the statement of its findings' rows."""
    connection.execute("TRUNCATE checks")
    for check in checks:
        statements.run(
            connection,
            "note_check",
            kind=check.kind,
            title=check.title,
            about=check.about,
            query=check.query,
            run=run,
            seconds=seconds.get(check.kind, 0.0),
        )


def _check_identities(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT kind FROM settled GROUP BY kind, finding_id HAVING count(*) > 1 LIMIT 1"
    if twice := statements.one(connection, sql):
        what = f"check {twice[0]} found the same thing twice"
        raise IndexInconsistent(f"{what}: nothing was published; please report this")


def _replace(connection: duckdb.DuckDBPyConnection, table: str, made: str) -> None:
    connection.execute(f"TRUNCATE {table}")
    connection.execute(f"INSERT INTO {table} BY NAME FROM {made}")
