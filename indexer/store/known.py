"""What the index knows of a source, for the next listing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from indexer.store import statements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import duckdb

_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class History:
    """How a source was listed before.

    ``complete`` says that all of it was once; ``listed_at`` is when the last complete run began, and
    ``incremental_runs`` counts those since the last full one. ``broken_off`` says that a listing since then ended early
    and was not gone on with.
    """

    prefix: str
    complete: bool
    listed_at: datetime | None
    incremental_runs: int
    requests_per_second: float | None
    objects: int
    broken_off: bool = False


class KnownName(NamedTuple):
    """One name of a session, how many objects it has, and ``arrived`` of them up to its ``last_key``.

    No key before ``last_key`` is expected any more; it is ``None`` where that cannot be said, as of keys that do not
    sort by time. ``written_at`` is the whole session's.
    """

    session: str
    front: str
    last_key: str | None
    written_at: datetime
    objects: int
    arrived: int


def history(connection: duckdb.DuckDBPyConnection, source: str) -> History | None:
    """How a source was listed before; ``None`` where it never was."""
    row = statements.one(connection, statements.statement("history"), {"source": source})
    return History(*row) if row else None


def listed_whole_at(connection: duckdb.DuckDBPyConnection, source: str) -> datetime | None:
    """When the last listing of all of a source began; ``None`` where there was none."""
    sql = (
        "SELECT max(r.began_at) FROM run_sources r "
        "JOIN sources s ON s.source = r.source AND s.last_complete_run = r.run WHERE r.source = ?"
    )
    row = statements.one(connection, sql, [source])
    return row[0] if row else None


def quantiles(connection: duckdb.DuckDBPyConnection, source: str, parts: int) -> list[str]:
    """Keys that cut what a source holds in about so many parts of one size."""
    rows = connection.execute(statements.statement("quantiles"), {"source": source, "parts": parts}).fetchall()
    return [cut for (cut,) in rows]


def day_folders(
    connection: duckdb.DuckDBPyConnection, source: str, start: str, width: int
) -> list[tuple[str, bool, int]]:
    """What names begin with below ``start``, so wide and in order, whether it is a folder, and its objects."""
    parameters = {"source": source, "start": start, "width": width}
    rows: list[tuple[str, bool, int]] = connection.execute(statements.statement("day_folders"), parameters).fetchall()
    return rows


def known_names(
    connection: duckdb.DuckDBPyConnection, source: str, prefix: str, delimiter: str, arrived: datetime
) -> Iterator[KnownName]:
    """Every name with the delimiter in it, in the order of their sessions.

    All pictures that were taken until ``arrived`` are taken to have been there when the source was listed last.
    """
    parameters = {"source": source, "prefix": prefix, "delimiter": delimiter, "arrived": arrived}
    found = connection.execute(statements.statement("sessions"), parameters)
    while rows := found.fetchmany(_ROWS_AT_ONCE):
        yield from (KnownName(*row) for row in rows)


def was_finished(connection: duckdb.DuckDBPyConnection, source: str, began_at: datetime) -> bool:
    """Whether the listing that began at this moment is part of the index, to its end."""
    sql = "SELECT count(*) FROM run_sources WHERE source = ? AND began_at = ? AND status = 'complete'"
    return statements.one(connection, sql, [source, began_at]) != (0,)
