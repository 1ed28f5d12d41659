"""The record of runs: when each began and ended, and what became of its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer import __version__

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from indexer.store.load import Merged


def start(connection: duckdb.DuckDBPyConnection, command: str, now: datetime) -> int:
    """Begin a run and give its number."""
    row = connection.execute(
        "INSERT INTO runs SELECT coalesce(max(run), 0) + 1, ?, ?, NULL, 'running', ? FROM runs RETURNING run",
        [command, now, __version__],
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING gives the row that was inserted
    return int(row[0])


def finish(connection: duckdb.DuckDBPyConnection, run: int, now: datetime, status: str) -> None:
    """End a run as complete, incomplete or failed."""
    connection.execute("UPDATE runs SET finished_at = ?, status = ? WHERE run = ?", [now, status, run])


def note_success(connection: duckdb.DuckDBPyConnection, run: int, source: str, merged: Merged) -> None:
    """Record what a source's listing changed."""
    connection.execute(
        "INSERT INTO run_sources VALUES (?, ?, 'complete', ?, ?, ?, ?, NULL)",
        [run, source, merged.listed, merged.added, merged.changed, merged.deleted],
    )


def note_failure(connection: duckdb.DuckDBPyConnection, run: int, source: str, error: str) -> None:
    """Record why a source was not listed."""
    connection.execute("INSERT INTO run_sources VALUES (?, ?, 'failed', 0, 0, 0, 0, ?)", [run, source, error])
