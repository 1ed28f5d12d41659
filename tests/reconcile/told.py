"""What moderation and platforms say of a made-up bucket's objects."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from store.payloads import payload, verdict

from indexer.moderation import Notification
from indexer.store import ingest, match

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from indexer.moderation.base import Payload

TAKEN_IN = datetime.fromisoformat("2026-11-20 08:30:00")
"""When bodies are taken in: before the first made-up listing begins."""
HOUR = timedelta(hours=1)


def say(index: duckdb.DuckDBPyConnection, *bodies: Payload, now: datetime = TAKEN_IN) -> None:
    """Take bodies in, each as one of its own, and find what their verdicts are about."""
    apart = [replace(body, payload_id=_digest(f"{body.payload_id} {number}")) for number, body in enumerate(bodies)]
    ingest(index, apart, now)
    match(index)


def judge(index: duckdb.DuckDBPyConnection, keys: Iterable[str], *, provider: str = "agora_live", **told: Any) -> None:
    """Say one thing of each key, to block where nothing else is told, in a body for each."""
    judged = [payload(verdict(key=key, **told), text=f"{provider} {key} {told}") for key in keys]
    say(index, *(replace(body, provider=provider) for body in judged))


def good(index: duckdb.DuckDBPyConnection, keys: Iterable[str], **told: Any) -> None:
    """Pass each key."""
    judge(index, keys, **({"suggestion": "pass", "label": "neutral", "category": "neutral"} | told))


def announce(index: duckdb.DuckDBPyConnection, keys: Iterable[str], **told: Any) -> None:
    """Say of each key that it was stored, in a body for each."""
    notices = [Notification(result_path="/file", event="recorder_snapshot_file", key=key, **told) for key in keys]
    say(index, *(replace(payload(text=f"{notice}"), notifications=(notice,)) for notice in notices))


def count(index: duckdb.DuckDBPyConnection, session: str, numbers: Iterable[int]) -> None:
    """Take in the notices of a recording that have these numbers; one that is given twice is a retry."""
    say(
        index,
        *(replace(payload(text=f"{session} {number}"), counted_in=session, sequence=number) for number in numbers),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
