"""What the index holds, and the proof that it holds what was listed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Status:
    """One row a source, and sentences about the whole."""

    sources: list[dict[str, Any]]
    lines: list[str]


def describe(connection: duckdb.DuckDBPyConnection) -> Status:
    """Describe an index that is open for reading."""
    sources = connection.sql(resources.files("indexer").joinpath("status.sql").read_text("utf-8"))
    rows = [dict(zip(sources.columns, row, strict=True)) for row in sources.fetchall()]
    return Status(rows, [_account(rows), *_moderation(connection), *_last_run(connection)])


def _account(rows: list[dict[str, Any]]) -> str:
    screenshots, others, listed = (
        sum(row[column] for row in rows) for column in ("screenshots", "other_objects", "listed")
    )
    sign = "=" if screenshots + others == listed else "IS NOT"
    return f"{screenshots:,} screenshots + {others:,} other objects {sign} {listed:,} objects listed"


def _moderation(connection: duckdb.DuckDBPyConnection) -> list[str]:
    statuses = connection.sql(
        "SELECT parse_status, count(*), sum(deliveries) FROM payloads GROUP BY 1 ORDER BY 1 DESC"
    ).fetchall()
    if not statuses:
        return []
    evidence = connection.sql("SELECT evidence, count(*) FROM violations GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    bodies = ", ".join(f"{count:,} {status}" for status, count, _ in statuses)
    deliveries = sum(int(delivered) for _, _, delivered in statuses)
    found = ", ".join(f"{count:,} {state}" for state, count in evidence) or "none"
    return [f"payloads: {bodies}, delivered {deliveries:,} times", f"violations by evidence: {found}"]


def _last_run(connection: duckdb.DuckDBPyConnection) -> list[str]:
    last = connection.execute("SELECT run, command, status, finished_at FROM runs ORDER BY run DESC LIMIT 1").fetchone()
    if last is None:
        return []
    number, command, status, finished_at = last
    sql = "SELECT source, error FROM run_sources WHERE run = ? AND error IS NOT NULL ORDER BY source"
    errors = connection.execute(sql, [number]).fetchall()
    summary = f"run {number}, {command}: {status}, finished {finished_at:%Y-%m-%d %H:%M:%S} UTC"
    return [summary, *(f"source {source} failed: {error}" for source, error in errors)]
