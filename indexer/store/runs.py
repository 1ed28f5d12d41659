"""The record of runs: when each began and ended, and what became of its sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer import __version__
from indexer.store import statements

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from indexer.store.load import Merged


@dataclass(frozen=True, slots=True)
class Listing:
    """How a source was listed: full or incremental, when, with how many requests, and how many objects it passed over.

    ``error`` is why it did not come to its end.
    """

    mode: str
    began_at: datetime
    finished_at: datetime
    requests: int
    skipped: int
    error: str | None = None


def start(connection: duckdb.DuckDBPyConnection, command: str, now: datetime) -> int:
    """Begin a run and give its number."""
    row = statements.one(
        connection,
        "INSERT INTO runs SELECT coalesce(max(run), 0) + 1, ?, ?, NULL, 'running', ? FROM runs RETURNING run",
        [command, now, __version__],
    )
    assert row is not None  # noqa: S101 - RETURNING gives the row that was inserted
    return int(row[0])


def finish(connection: duckdb.DuckDBPyConnection, run: int, now: datetime, status: str) -> None:
    """End a run as complete, incomplete or failed."""
    connection.execute("UPDATE runs SET finished_at = ?, status = ? WHERE run = ?", [now, status, run])


def note_listing(
    connection: duckdb.DuckDBPyConnection, run: int, source: str, listing: Listing, merged: Merged
) -> None:
    """Record what a source's listing changed."""
    statements.run(
        connection,
        "note_listing",
        run=run,
        source=source,
        status="incomplete" if listing.error else "complete",
        listed=merged.listed,
        added=merged.added,
        changed=merged.changed,
        deleted=merged.deleted,
        left_out=merged.left_out,
        held=merged.held,
        error=listing.error,
        mode=listing.mode,
        began_at=listing.began_at,
        finished_at=listing.finished_at,
        requests=listing.requests,
        skipped=listing.skipped,
    )


def note_failure(connection: duckdb.DuckDBPyConnection, run: int, source: str, error: str) -> None:
    """Record why nothing of a source was listed."""
    connection.execute(
        "INSERT INTO run_sources (run, source, status, listed, added, changed, deleted, error) "
        "VALUES (?, ?, 'failed', 0, 0, 0, 0, ?)",
        [run, source, error],
    )
