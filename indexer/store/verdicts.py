"""Takes moderation payloads into the index, derives what they tell anew, and finds each verdict's object."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from indexer.moderation.base import Payload
from indexer.moderation.quality import BEIJING_NAME, TIMES_DISAGREE
from indexer.naming import Layout, cut_sql, decode_sql
from indexer.store import archived, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    import duckdb

    from indexer.moderation.base import Notification, Verdict

_BATCH_PAYLOADS = 10_000
# Bodies may be large, so fewer of them are read back at once.
_BATCH_KEPT = 5_000
TOLERANCE_SECONDS = 5.0
"""How far a picture may be from a verdict's time, to be taken for the one meant where none is of that very time."""

_NOTHING = (0,) * 7
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
        "event": pa.string(),
        "forced": pa.bool_(),
        "whole": pa.bool_(),
        "parse_status": pa.string(),
        "parse_error": pa.string(),
        "received_at": _MICROSECONDS,
        "headers": pa.string(),
        "signature_ok": pa.bool_(),
        "deliveries": pa.int64(),
        "counted_in": pa.string(),
        "sequence": pa.int64(),
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
        "model_version": pa.string(),
        "key_source": pa.string(),
        "object_state": pa.string(),
        "quality": pa.list_(pa.string()),
    }
)
_NOTIFICATION_SCHEMA = pa.schema(
    {
        "notification_id": pa.string(),
        "payload_id": pa.string(),
        "provider": pa.string(),
        "result_path": pa.string(),
        "event": pa.string(),
        "event_id": pa.string(),
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
        "sequence": pa.int64(),
        "notified_at": _MICROSECONDS,
        "is_test": pa.bool_(),
    }
)
_KEPT_FIELDS = (
    *("payload_id", "source_uri", "source_line", "text", "raw", "provider", "shape", "parse_status", "parse_error"),
    *("event", "forced", "whole"),
)
_BATCHES = ("payload_batch", "verdict_batch", "notification_batch")


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a reading of payloads brought: bodies delivered, and of the new ones what they hold."""

    deliveries: int
    new_payloads: int
    repaired: int
    failed: int
    verdicts: int
    violations: int
    notifications: int = 0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the kept bodies hold, as they are read now."""

    payloads: int
    repaired: int
    failed: int
    verdicts: int
    violations: int
    notifications: int


def ingest(connection: duckdb.DuckDBPyConnection, payloads: Iterable[Payload], now: datetime) -> Ingested:
    """Take payloads, batch by batch. A body that is there already only counts as delivered again."""
    taken = [_ingest_batch(connection, batch, now) for batch in _batches(payloads)]
    return Ingested(*(sum(numbers) for numbers in zip(_NOTHING, *taken, strict=True)))


def rebuild(connection: duckdb.DuckDBPyConnection, read: Callable[[Payload], Payload]) -> Rebuilt:
    """Derive all verdicts and notifications again from the kept bodies, batch by batch.

    ``read`` reads one body again. What was delivered when stays, and so do the ids of what a body still tells.
    """
    connection.execute("TRUNCATE verdicts")
    connection.execute("TRUNCATE notifications")
    for kept in _kept(connection):
        with _registered(connection, [read(payload) for payload in kept]):
            connection.execute("CREATE OR REPLACE TEMP TABLE new_payloads AS SELECT payload_id FROM payload_batch")
            _derive(connection)
            statements.run(connection, "read_again")
    return Rebuilt(*_totals(connection)[1:])


def match(connection: duckdb.DuckDBPyConnection, tolerance_seconds: float = TOLERANCE_SECONDS) -> None:
    """Find the object of each verdict anew, by the best of: bucket and key, key, URL, name, identity, nearest in time.

    The nearest picture of the same user, or stream, is at most ``tolerance_seconds`` away.

    Raises:
        IndexInconsistent: a file of the archive is gone.
    """
    if statements.one(connection, "SELECT 1 FROM verdicts LIMIT 1") is None:
        connection.execute("TRUNCATE matches")  # what is archived need not be read for nothing
        return
    archived.files(connection)
    statements.run(connection, "told_keys")
    statements.run_filled(connection, "match", "cut", cut_sql(Layout(), "wanted"), **distances(tolerance_seconds))


def distances(tolerance_seconds: float) -> dict[str, int]:
    """What the statement ``match`` is given: how far a picture may be from a verdict, and the window of a look-up."""
    tolerance = round(tolerance_seconds * 1000)
    return {"tolerance_ms": tolerance, "window_ms": max(1000, tolerance)}


def _ingest_batch(connection: duckdb.DuckDBPyConnection, batch: list[Payload], now: datetime) -> list[int]:
    with _registered(connection, batch):
        statements.run(connection, "replace_failed_payloads")
        before = _totals(connection)
        statements.run(connection, "new_payloads")
        _derive(connection)
        statements.run(connection, "add_payloads", now=now)
        statements.run(connection, "add_deliveries", now=now)
        after = _totals(connection)
    return [new - old for new, old in zip(after, before, strict=True)]


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, batch: list[Payload]) -> Iterator[None]:
    """Have a batch as relations for SQL: its bodies, their verdicts and their notifications."""
    tables = (
        pa.Table.from_pylist([_payload_row(payload) for payload in batch], _PAYLOAD_SCHEMA),
        pa.Table.from_pylist([_verdict_row(one, told) for one in batch for told in one.verdicts], _VERDICT_SCHEMA),
        pa.Table.from_pylist(
            [_notification_row(one, told) for one in batch for told in one.notifications], _NOTIFICATION_SCHEMA
        ),
    )
    for name, table in zip(_BATCHES, tables, strict=True):
        connection.register(name, table)
    yield
    for name in _BATCHES:
        connection.unregister(name)


def _derive(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what the new bodies of the batch tell."""
    keys = "(SELECT DISTINCT key FROM (SELECT key FROM verdict_batch UNION ALL SELECT key FROM notification_batch))"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE decoded_keys AS SELECT key, sid, cname, uid, app, stream, captured_at, "  # noqa: S608
        f"captured_at_precision_ms FROM ({decode_sql(Layout(), keys)}) WHERE kind = 'screenshot'"
    )
    statements.run(connection, "add_verdicts", beijing_name=BEIJING_NAME, times_disagree=TIMES_DISAGREE)
    statements.run(connection, "add_notifications")


def _kept(connection: duckdb.DuckDBPyConnection) -> Iterator[list[Payload]]:
    """The bodies that the index keeps, in the order in which they lie there."""
    sql = "SELECT coalesce(max(rowid) + 1, 0) FROM payload_bodies"
    (end,) = statements.one(connection, sql) or (0,)
    for first in range(0, end, _BATCH_KEPT):
        rows = connection.execute(statements.statement("kept"), {"first": first, "last": first + _BATCH_KEPT - 1})
        yield [Payload(**dict(zip(_KEPT_FIELDS, row, strict=True))) for row in rows.fetchall()]


def _totals(connection: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    (row,) = connection.execute(statements.statement("count_payloads")).fetchall()
    return tuple(int(number) for number in row)


def _batches(payloads: Iterable[Payload]) -> Iterator[list[Payload]]:
    waiting = iter(payloads)
    while batch := list(islice(waiting, _BATCH_PAYLOADS)):
        yield batch


def _payload_row(payload: Payload) -> dict[str, Any]:
    own = {name: getattr(payload, name) for name in _PAYLOAD_SCHEMA.names if hasattr(payload, name)}
    return own | {"raw_text": payload.text, "raw_bytes": payload.raw}


def _verdict_row(payload: Payload, verdict: Verdict) -> dict[str, Any]:
    own = {name: getattr(verdict, name) for name in _VERDICT_SCHEMA.names if hasattr(verdict, name)}
    identity = _identity(payload.payload_id, verdict.result_path)
    return own | {"verdict_id": identity, "payload_id": payload.payload_id, "provider": payload.provider}


def _notification_row(payload: Payload, notice: Notification) -> dict[str, Any]:
    own = {name: getattr(notice, name) for name in _NOTIFICATION_SCHEMA.names if hasattr(notice, name)}
    identity = _identity(payload.payload_id, "notification", notice.result_path)
    return own | {"notification_id": identity, "payload_id": payload.payload_id, "provider": payload.provider}


def _identity(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()
