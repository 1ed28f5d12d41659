"""Made-up buckets to reconcile, and what is found in them.

``session`` is the listing of one session's shots, ``bucket`` puts it into an index, and ``findings`` reconciles::

    bucket(index, session(every(5, 60, without=range(20, 30))))
    assert findings(index, "coverage-gap")[0]["measure"] == 10
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
from store.listings import BEGUN, CLOUD_RECORDING, Found, Listing, source, sync, transaction

from indexer.naming import Layout, Template, render
from indexer.reconcile import Engine, Range, Thresholds, checks
from indexer.reconcile.engine import SHOTS_AT_ONCE
from indexer.reconcile.executor import OnDuckDB
from indexer.store import findings as store
from indexer.store import runs
from indexer.store.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.config import Source

START = datetime.fromisoformat("2026-01-05 10:00:00")
SECOND = timedelta(seconds=1)
STREAMS = Layout("template", (Template("record/{AppName}/{StreamName}/{UnixTimestamp}.jpg"),))


@dataclass(frozen=True, slots=True)
class Who:
    """Whose shots: what their names say but for the time. ``form`` is the digits of the time in the names."""

    sid: str = "38f8e3"
    cname: str = "room_1"
    uid: int = 7
    failover: int | None = None
    prefix: str = ""
    form: str = "17"
    service: str = "cloud-recording"
    stream_type: str = "video"


@contextmanager
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty index, for a test that needs many."""
    with duckdb.connect() as opened:
        migrate(opened)
        yield opened


def every(seconds: float, count: int, *, start: datetime = START, without: Iterable[int] = ()) -> list[datetime]:
    """So many moments at an interval, without those of some numbers."""
    left_out = set(without)
    return [start + number * seconds * SECOND for number in range(count) if number not in left_out]


def session(
    moments: Iterable[datetime],
    who: Who = Who(),
    *,
    size: int = 50_000,
    etag: str | None = "",
    written_after: float = 1.0,
) -> Listing:
    """One session's shots at these moments, each with its own picture unless an etag is given.

    They are written to the bucket so many seconds later.
    """
    keys = {render({**asdict(who), "captured_at": moment}): moment for moment in moments}
    return written(keys, size=size, etag=etag, after=written_after)


def streamed(moments: Iterable[datetime], name: str = "cooking", *, written_after: float = 1.0) -> Listing:
    """The shots of a stream whose names, of the layout ``STREAMS``, carry no session."""
    keys = {f"record/live/{name}/{microseconds(moment) // 1000}.jpg": moment for moment in moments}
    return written(keys, after=written_after)


def written(keys: Mapping[str, datetime], *, size: int = 50_000, etag: str | None = "", after: float = 1.0) -> Listing:
    """Objects that were written so many seconds after the moments of their keys."""
    return {
        key: Found(size, _etag(key) if etag == "" else etag, microseconds(moment + after * SECOND))
        for key, moment in keys.items()
    }


def microseconds(moment: datetime) -> int:
    """A moment of naive UTC as a listing tells it."""
    return (moment.replace(tzinfo=UTC) - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _etag(key: str) -> str:
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


def expecting(
    name: str = "classroom",
    *,
    interval: float | None = 5.0,
    moderated: bool = False,
    retention_days: float | None = None,
    layout: Layout = CLOUD_RECORDING,
) -> Source:
    """A source, and what is expected of it."""
    listed = source(name, bucket=name, layout=layout)
    return replace(listed, interval=interval, moderated=moderated, retention_days=retention_days)


def bucket(index: duckdb.DuckDBPyConnection, *listings: Listing, of: Source | None = None) -> None:
    """Sync a bucket that holds just these listings together."""
    held = {key: found for listing in listings for key, found in listing.items()}
    sync(index, of or expecting(), held, allow_empty=True)


def reconcile(
    index: duckdb.DuckDBPyConnection,
    *,
    thresholds: Thresholds = Thresholds(),  # noqa: B008
    between: Range = Range(),  # noqa: B008
    shots_at_once: int = SHOTS_AT_ONCE,
) -> int:
    """Reconcile an index that is open already, and give the run's number.

    Every query of a finding shows as many rows as the finding says: whatever is tested, this is tested with it.
    """
    with transaction(index):
        run = runs.start(index, "reconcile", BEGUN)
        engine = Engine(OnDuckDB(index), thresholds, between, shots_at_once=shots_at_once)
        engine.run()
        made = [check.judged_by(thresholds) for check in checks().values()]
        store.settle(index, run, made, engine.seconds, (between.since, between.until))
        runs.finish(index, run, BEGUN, "complete")
    assert_queries_show_their_rows(index)
    return run


def assert_queries_show_their_rows(index: duckdb.DuckDBPyConnection) -> None:
    """The query of every finding of the last run runs as it stands, and shows exactly as many rows as that says."""
    last = "SELECT max(run) FROM runs WHERE command = 'reconcile'"
    told = _dicts(index, f"SELECT kind, subject, rows, query FROM findings WHERE last_found_run = ({last})")
    shown = [one | {"rows": len(index.execute(one["query"]).fetchall())} for one in told]
    assert shown == told


def findings(index: duckdb.DuckDBPyConnection, kind: str, **options: Any) -> list[dict[str, Any]]:
    """Reconcile, and give what stands of one kind: what the check found, in the order of time."""
    reconcile(index, **options)
    return standing(index, kind)


def standing(index: duckdb.DuckDBPyConnection, kind: str) -> list[dict[str, Any]]:
    """The findings of a kind that are not resolved, with every column, in the order of time and place."""
    order = "from_at, source, channel, sid, uid, key, subject"
    sql = f"SELECT * FROM findings WHERE kind = $kind AND status <> 'resolved' ORDER BY {order}"
    return _dicts(index, sql, {"kind": kind})


def not_computable(index: duckdb.DuckDBPyConnection, kind: str) -> dict[str | None, str]:
    """Why a kind could not be told after the last reconciliation, by source."""
    told = _dicts(index, "SELECT source, reason FROM not_computable WHERE kind = $kind", {"kind": kind})
    return {one["source"]: one["reason"] for one in told}


def _dicts(index: duckdb.DuckDBPyConnection, sql: str, given: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    result = index.execute(sql, given)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
