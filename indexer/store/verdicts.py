"""Takes moderation payloads into the index, and finds the object that each verdict is about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from indexer.naming import Layout, cut_sql, decode_sql
from indexer.store import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import duckdb

    from indexer.moderation import Payload, Verdict

_BATCH_PAYLOADS = 50_000
_NOTHING = (0,) * 6
_MICROSECONDS = pa.timestamp("us")

_PAYLOAD_SCHEMA = pa.schema(
    {
        "payload_id": pa.string(),
        "source_uri": pa.string(),
        "source_line": pa.int64(),
        "raw_text": pa.string(),
        "raw_bytes": pa.binary(),
        "provider": pa.string(),
        "shape": pa.string(),
        "parse_status": pa.string(),
        "parse_error": pa.string(),
    }
)
_VERDICT_SCHEMA = pa.schema(
    {
        "verdict_id": pa.string(),
        "payload_id": pa.string(),
        "provider": pa.string(),
        "result_path": pa.string(),
        "event_id": pa.string(),
        "policy": pa.string(),
        "reviewer": pa.string(),
        "bucket": pa.string(),
        "key": pa.string(),
        "object_url": pa.string(),
        "sid": pa.string(),
        "cname": pa.string(),
        "uid": pa.uint64(),
        "app": pa.string(),
        "stream": pa.string(),
        "captured_at": _MICROSECONDS,
        "captured_at_precision_ms": pa.int32(),
        "moderated_at": _MICROSECONDS,
        "scene": pa.string(),
        "label": pa.string(),
        "category": pa.string(),
        "suggestion": pa.string(),
        "suggestion_raw": pa.string(),
        "suggestion_source": pa.string(),
        "score": pa.float64(),
        "score_raw": pa.float64(),
        "score_scale": pa.string(),
        "is_overall": pa.bool_(),
    }
)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a reading of payload files brought: bodies delivered, and of the new ones what they hold."""

    deliveries: int
    new_payloads: int
    repaired: int
    failed: int
    verdicts: int
    violations: int


def ingest(connection: duckdb.DuckDBPyConnection, payloads: Iterable[Payload], now: datetime) -> Ingested:
    """Take payloads, within the caller's transaction. A body that is there already only counts as delivered again."""
    taken = [_ingest_batch(connection, batch, now) for batch in _batches(payloads)]
    return Ingested(*(sum(numbers) for numbers in zip(_NOTHING, *taken, strict=True)))


def match(connection: duckdb.DuckDBPyConnection) -> None:
    """Find the object of each verdict anew, by the best of: bucket and key, key, URL, identity."""
    statements.run_filled(connection, "match", "cut", cut_sql(Layout(), "wanted"))


def _ingest_batch(connection: duckdb.DuckDBPyConnection, batch: list[Payload], now: datetime) -> list[int]:
    verdicts = [(payload, verdict) for payload in batch for verdict in payload.verdicts]
    connection.register("payload_batch", _payload_table(batch))
    connection.register("verdict_batch", _verdict_table(verdicts))
    statements.run(connection, "replace_failed_payloads")
    before = _totals(connection)
    _take(connection, now)
    after = _totals(connection)
    connection.unregister("payload_batch")
    connection.unregister("verdict_batch")
    return [new - old for new, old in zip(after, before, strict=True)]


def _take(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE decoded_keys AS SELECT key, sid, cname, uid, app, stream, captured_at, "  # noqa: S608
        f"captured_at_precision_ms FROM ({decode_sql(Layout(), '(SELECT DISTINCT key FROM verdict_batch)')}) "
        f"WHERE kind = 'screenshot'"
    )
    statements.run(connection, "add_verdicts")
    statements.run(connection, "add_payloads", now=now)
    statements.run(connection, "add_deliveries", now=now)


def _totals(connection: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    (row,) = connection.execute(statements.statement("count_payloads")).fetchall()
    return tuple(int(number) for number in row)


def _batches(payloads: Iterable[Payload]) -> Iterator[list[Payload]]:
    waiting = iter(payloads)
    while batch := list(islice(waiting, _BATCH_PAYLOADS)):
        yield batch


def _payload_table(payloads: list[Payload]) -> pa.Table:
    rows = [
        {
            "payload_id": payload.payload_id,
            "source_uri": payload.source_uri,
            "source_line": payload.source_line,
            "raw_text": payload.text,
            "raw_bytes": payload.raw,
            "provider": payload.provider,
            "shape": payload.shape,
            "parse_status": payload.parse_status,
            "parse_error": payload.parse_error,
        }
        for payload in payloads
    ]
    return pa.Table.from_pylist(rows, _PAYLOAD_SCHEMA)


def _verdict_table(verdicts: list[tuple[Payload, Verdict]]) -> pa.Table:
    return pa.Table.from_pylist([_verdict_row(payload, verdict) for payload, verdict in verdicts], _VERDICT_SCHEMA)


def _verdict_row(payload: Payload, verdict: Verdict) -> dict[str, Any]:
    identity = hashlib.sha256(f"{payload.payload_id} {verdict.result_path}".encode()).hexdigest()
    own = {name: getattr(verdict, name) for name in _VERDICT_SCHEMA.names if hasattr(verdict, name)}
    return own | {"verdict_id": identity, "payload_id": payload.payload_id, "provider": payload.provider}
