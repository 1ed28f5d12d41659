"""What the index holds, and the proof that it holds what was listed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.listing.journal import journals, recover
from indexer.listing.ranges import WHOLE, KeyRange, overlaps, without
from indexer.moderation import MAPPINGS
from indexer.store.statements import one

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb


@dataclass(frozen=True, slots=True)
class Status:
    """One row a source, and sentences about the whole."""

    sources: list[dict[str, Any]]
    lines: list[str]


class _Receipt(NamedTuple):
    """One shard, as ``proofs.sql`` gives it."""

    source: str
    run: int
    mode: str
    skipped: int
    from_key: str | None
    to_key: str | None
    last_key: str | None
    finished: bool
    keys: int
    key_hash: int
    pages: int

    @property
    def proved(self) -> KeyRange:
        """The range that was listed: of a shard that was broken off, up to its last key."""
        return KeyRange(self.from_key, self.to_key if self.finished else self.last_key or self.from_key)


def describe(connection: duckdb.DuckDBPyConnection) -> Status:
    """Describe an index that is open for reading."""
    sources = connection.sql(_sql("status"))
    rows = [dict(zip(sources.columns, row, strict=True)) for row in sources.fetchall()]
    lines = [_account(rows), *_proofs(connection), *_moderation(connection), *_last_run(connection)]
    return Status(rows, lines)


def unfinished(index: Path) -> Iterator[str]:
    """Tell of the listings that were broken off, and that the next run goes on with."""
    folder = journals(index)
    for path in sorted(folder.glob("*.journal")) if folder.exists() else ():
        recovered = recover(path)
        if recovered:
            began = f"{recovered.opening.began_at:%Y-%m-%d %H:%M:%S} UTC"
            yield f"source {path.stem}: a listing of {began} was broken off: `indexer sync` goes on with it for a day"


def _sql(name: str) -> str:
    return resources.files("indexer").joinpath(f"{name}.sql").read_text("utf-8")


def _account(rows: list[dict[str, Any]]) -> str:
    screenshots, others, listed = (
        sum(row[column] for row in rows) for column in ("screenshots", "other_objects", "objects")
    )
    sign = "=" if screenshots + others == listed else "IS NOT"
    return f"{screenshots:,} screenshots + {others:,} other objects {sign} {listed:,} objects listed"


def _proofs(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What each run since a source's last full one proves of it."""
    receipts = [_Receipt(*row) for row in connection.sql(_sql("proofs")).fetchall()]
    for (source, run, mode), shards in groupby(receipts, key=lambda receipt: receipt[:3]):
        yield f"source {source}, run {run}, {mode}: {_proof(mode, list(shards))}"


def _proof(mode: str, shards: list[_Receipt]) -> str:
    keys, pages = sum(shard.keys for shard in shards), sum(shard.pages for shard in shards)
    key_hash = sum(shard.key_hash for shard in shards) % 2**64
    told = f"{_many(keys, 'key')} in {_many(pages, 'page')}, hash {key_hash:016x}"
    if mode == "incremental":
        return f"{_many(len(shards), 'range')} listed: {told}; {shards[0].skipped:,} known objects were not looked at"
    proved = [shard.proved for shard in shards]
    if twice := overlaps(proved):
        return f"{_many(len(shards), 'shard')} overlap, first {_between(twice[0])}: {told}"
    gaps = without(WHOLE, proved)
    if not gaps:
        return f"no gap in {_many(len(shards), 'shard')}: {told}"
    return f"{_many(len(gaps), 'gap')} in {_many(len(shards), 'shard')}, the first {_between(gaps[0])}: {told}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _between(gap: KeyRange) -> str:
    after = "at the first key" if gap.after is None else f"after {gap.after!r}"
    return f"{after}, up to {'the last key' if gap.until is None else repr(gap.until)}"


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
    return [
        f"payloads: {bodies}, delivered {deliveries:,} times",
        f"violations by evidence: {found}",
        *_witnesses(connection),
        *_older_readings(connection),
    ]


def _witnesses(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """What became of the objects that platforms say they stored."""
    sql = "SELECT stored, count(*) FROM notified_objects WHERE NOT is_test GROUP BY 1 ORDER BY 2 DESC, 1"
    stored = connection.sql(sql).fetchall()
    if stored:
        yield f"notifications by object: {', '.join(f'{count:,} {state}' for state, count in stored)}"


def _older_readings(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Tell of the bodies that another version of a mapping read."""
    shapes = {mapping.provider: mapping.shape for mapping in MAPPINGS}
    sql = "SELECT provider, shape, count(*) FROM payload_bodies WHERE whole AND provider IS NOT NULL GROUP BY ALL"
    for provider, shape, count in sorted(connection.sql(sql).fetchall()):
        now = shapes.get(provider, shape)
        if shape != now:
            read = f"{_many(count, 'payload')} read as {shape}, and this version reads {now}"
            yield f"{read}: run `indexer ingest --rebuild`"


def _last_run(connection: duckdb.DuckDBPyConnection) -> list[str]:
    last = one(connection, "SELECT run, command, status, finished_at FROM runs ORDER BY run DESC LIMIT 1")
    if last is None:
        return []
    number, command, status, finished_at = last
    sql = "SELECT source, error FROM run_sources WHERE run = ? AND error IS NOT NULL ORDER BY source"
    errors = connection.execute(sql, [number]).fetchall()
    summary = f"run {number}, {command}: {status}, finished {finished_at:%Y-%m-%d %H:%M:%S} UTC"
    return [summary, *(f"source {source} failed: {error}" for source, error in errors)]
