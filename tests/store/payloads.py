"""Payloads with their verdicts, as a mapping gives them, and what the index makes of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from indexer.moderation.base import Payload, Verdict
from indexer.store import Ingested, ingest, match
from store.listings import rows, transaction

if TYPE_CHECKING:
    import duckdb

NOW = datetime.fromisoformat("2026-11-21 06:00:00")
BLOCK = Verdict(result_path="/result", label="porn", category="sexual", suggestion="block")
FAILED = "no JSON: line 1 column 9"


def verdict(**told: Any) -> Verdict:
    """An overall verdict to block, and what is told besides."""
    return replace(BLOCK, **told)


def payload(
    *verdicts: Verdict, text: str = "{}", uri: str = "callbacks.jsonl", line: int = 1, error: str | None = None
) -> Payload:
    """A body of agora-rtc's; with an error one that could not be read."""
    return Payload(
        payload_id=hashlib.sha256(text.encode()).hexdigest(),
        source_uri=uri,
        source_line=line,
        text=text,
        raw=None,
        provider=None if error else "agora-rtc",
        shape=None if error else "agora-rtc/1",
        parse_status="failed" if error else "ok",
        parse_error=error,
        verdicts=verdicts,
    )


def take(connection: duckdb.DuckDBPyConnection, *payloads: Payload) -> Ingested:
    """One ingest."""
    with transaction(connection):
        return ingest(connection, payloads, NOW)


def matched(connection: duckdb.DuckDBPyConnection, *verdicts: Verdict) -> list[tuple[Any, ...]]:
    """Take the verdicts of one body, and tell for each the source and key it is about, by what, out of how many."""
    numbered = [replace(one, result_path=f"/{number}") for number, one in enumerate(verdicts)]
    take(connection, payload(*numbered))
    match(connection)
    told = "m.source, m.key, m.matched_by, m.candidates"
    return rows(
        connection, f"SELECT {told} FROM verdicts v LEFT JOIN matches m USING (verdict_id) ORDER BY v.result_path"
    )
