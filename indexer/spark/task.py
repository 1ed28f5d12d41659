"""What one Spark task does: it lists a range of keys as ``indexer sync`` does, and leaves its rows and a receipt."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.errors import IndexerError, IndexInconsistent, TransientVendorError, VendorError
from indexer.listing.crawl import Clock, Crawl, Limits, listed
from indexer.listing.ranges import KeyRange, untiled
from indexer.listing.shards import Shard, Shards
from indexer.naming.cuts import likely_cuts
from indexer.spark import inventories
from indexer.spark.scratch import scratch
from indexer.store import Loader, statements
from indexer.store.bulk import BulkLoader
from indexer.vendors import open_lister

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from indexer.config import Source
    from indexer.spark.parcel import Parcel
    from indexer.vendors.base import Lister, Storage

_PACKAGE = "indexer.spark"
_HINTS = 1024
_ROWS_A_GROUP = 20_480
# What is written while a run goes on is told from the rest where all of it is known, which is in no task.
_NEVER_LATE = datetime.fromisoformat("9999-12-31 00:00:00")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a range of keys was listed, and the file with its rows; or the error that says why it was not.

    It is a task's input too, when nothing is proved yet: the keys after one and up to and with another; ``None``: the
    first, the last. Where ``inventory`` names a manifest, it is the file of the shard's number in it.

    ``key_hash`` is the sum of the low halves of the keys' MD5, modulo 2^64, in decimal digits; times are ISO 8601,
    naive UTC. ``rows`` and ``shown`` are of an inventory's file. Without ``error`` everything else is there, but for
    ``last_key`` where the range holds none.
    """

    source: str
    shard: int
    after: str | None
    until: str | None
    inventory: str | None = None
    last_key: str | None = None
    pages: int = 0
    keys: int = 0
    key_hash: str = "0"
    requests: int = 0
    rows: int = 0
    shown: int = 0
    began_at: str | None = None
    ended_at: str | None = None
    file: str | None = None
    error: str | None = None
    kind: str | None = None

    @property
    def range(self) -> KeyRange:
        """The keys that it is about."""
        return KeyRange(self.after, self.until)


def utc_now() -> datetime:
    """Now, in naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Work:
    """What all tasks of a run share.

    ``folder`` is where their files go, which every machine of the cluster has to see at this path. ``limits`` are one
    task's. An error that a further try may cure ends a task, so that Spark tries again, but the last of ``tries`` tells
    it instead. What was written after ``began_at`` is marked as late; in an inventory, after its snapshot.
    """

    parcel: Parcel
    run: int
    folder: str
    began_at: datetime
    limits: Limits
    tries: int
    clock: Clock = Clock(utc_now)  # noqa: RUF009 - it is frozen


def list_shard(
    work: Work,
    shard: Receipt,
    tried: int,
    task: int,
    connect: Callable[[Storage, int], Lister] = open_lister,
) -> Receipt:
    """List one range into a file of its own, and give its receipt.

    ``tried`` is the number of the task's try, from 0, and ``task`` that of the task.

    Raises:
        TransientVendorError: a further try may list it, and there is one left.
    """
    try:
        return _listed(work, shard, task, connect) if shard.inventory is None else _read(work, shard, task)
    except IndexerError as error:
        if isinstance(error, TransientVendorError) and tried + 1 < work.tries:
            raise
        return _failed(shard, error)


def _failed(shard: Receipt, error: IndexerError) -> Receipt:
    return replace(shard, error=str(error), kind=type(error).__name__)


def _listed(work: Work, shard: Receipt, task: int, connect: Callable[[Storage, int], Lister]) -> Receipt:
    source, lister = _opened(work.parcel, shard.source, work.limits.concurrency, connect)
    began_at = work.clock.now()
    crawl = _crawl(source, shard.range, lister, began_at)
    with scratch() as connection:
        loader = Loader(connection, source, work.run, _NEVER_LATE, full=False)
        for event in listed([crawl], work.limits, work.clock):
            if event.listed is not None:
                loader.add(event.listed)
        if isinstance(crawl.error, VendorError):
            raise crawl.error
        loader.finish(crawl.shards.all)
        loader.close()
        told = _proved(connection, shard)
        file = _written(connection, work, source, shard, task, work.began_at)
    return replace(shard, requests=crawl.requests, file=file, **told, **_times(work, began_at))


def _read(work: Work, shard: Receipt, task: int) -> Receipt:
    """Read one file of an inventory, as the whole key space: nobody knows which part of it that is."""
    source, inventory = inventories.opened(work.parcel, shard.source, shard.inventory or "")
    began_at = work.clock.now()
    with scratch() as connection:
        with closing(BulkLoader(connection, source, work.run, _NEVER_LATE)) as loader:
            counted = inventories.take(connection, loader, inventory, shard.shard)
            whole = Shard(0, None, None, pages=1, started_at=began_at, finished_at=began_at)
            loader.finish([whole], allow_empty=True)
        told = _proved(connection, shard)
        file = _written(connection, work, source, shard, task, inventory.snapshot)
    return replace(shard, file=file, **counted, **told, **_times(work, began_at))


def _times(work: Work, began_at: datetime) -> dict[str, Any]:
    return {"began_at": began_at.isoformat(), "ended_at": work.clock.now().isoformat()}


@lru_cache(maxsize=8)
def _opened(
    parcel: Parcel, name: str, connections: int, connect: Callable[[Storage, int], Lister]
) -> tuple[Source, Lister]:
    """A source and its bucket, opened once for all tasks that a Python process of Spark's does one after the other."""
    source = parcel.source(name)
    return source, connect(source.storage, connections)


def _crawl(source: Source, keys: KeyRange, lister: Lister, now: datetime) -> Crawl:
    hints = likely_cuts(source.layout, source.storage.prefix, _HINTS, now.date())
    return Crawl(source.name, lister, Shards((keys,), splittable=lister.capabilities.starts_anywhere, hints=hints))


def _proved(connection: duckdb.DuckDBPyConnection, shard: Receipt) -> dict[str, Any]:
    """What the receipts of a shard's own parts add up to; they have to leave no gap in it."""
    parts = connection.execute("SELECT from_key, to_key FROM receipts WHERE finished_at IS NOT NULL").fetchall()
    if gaps := untiled(shard.range, (KeyRange(*part) for part in parts)):
        raise IndexInconsistent(f"source {shard.source}, shard {shard.shard}: not listed: {gaps[0]}")
    row = statements.one(connection, statements.statement("proved", _PACKAGE))
    assert row is not None  # noqa: S101 - an aggregate has one row
    return dict(zip(("pages", "keys", "key_hash", "last_key"), row, strict=True))


def _written(  # noqa: PLR0913, PLR0917 - what, where, and how
    connection: duckdb.DuckDBPyConnection, work: Work, source: Source, shard: Receipt, task: int, until: datetime
) -> str:
    """Write the rows into a file that comes to its name when it is whole; each try of a task has a name of its own."""
    folder = Path(work.folder) / source.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"shard-{shard.shard:06}.{task}.parquet"
    part = path.with_suffix(".part")
    leave_after = None if source.layout.mutable else until
    rows = statements.statement("stage", _PACKAGE)
    quoted = str(part).replace("'", "''")
    connection.execute(
        f"COPY ({rows}) TO '{quoted}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_ROWS_A_GROUP})",
        {"shard": shard.shard, "leave_after": leave_after, "hashed": shard.inventory is not None},
    )
    part.replace(path)
    return str(path)
