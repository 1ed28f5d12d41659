"""Sources, the pages that their buckets answer with, and whole runs of them."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.config import Source
from indexer.listing.ranges import WHOLE, KeyRange, tile
from indexer.listing.shards import Shard
from indexer.naming import Layout
from indexer.store import Loader, runs
from indexer.vendors.base import Page, Position, Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from indexer.store import Merged

CLOUD_RECORDING = Layout("cloud-recording")
BEGUN = datetime.fromisoformat("2026-11-20 08:00:00")
WROTE = 1_795_162_530_123_456
"""2026-11-20 08:15:30.123456 UTC."""


class Found(NamedTuple):
    """What a listing tells of one key."""

    size: int = 1024
    etag: str | None = "0cc175b9"
    last_modified: int = WROTE
    storage_class: str | None = "STANDARD"


Listing = dict[str, Found]


def shot(number: int = 5, *, sid: str = "38f8e3", cname: str = "room_1", uid: int = 7) -> str:
    """The name of a screenshot of Cloud Recording, ``number`` seconds after ten."""
    return f"{sid}_{cname}__uid_s_{uid}__uid_e_video_202601051000{number:02}000.jpg"


def listing(*keys: str) -> Listing:
    """A listing of keys whose objects are all alike."""
    return dict.fromkeys(keys, Found())


def source(
    name: str = "classroom",
    *,
    vendor: str = "oss",
    bucket: str = "shots-bucket",
    prefix: str = "",
    layout: Layout = CLOUD_RECORDING,
) -> Source:
    """A source of one bucket."""
    endpoint = f"https://{vendor}.example"
    return Source(name, layout, Storage(vendor, "eu-1", endpoint, bucket, prefix, credentials=lambda: None))


def pages_of(found: Mapping[str, Found], max_keys: int = 1000) -> list[Page]:
    """The pages of a listing, in key order; one page without keys where nothing is listed."""
    keys = sorted(found, key=str.encode)
    parts = [keys[begin : begin + max_keys] for begin in range(0, len(keys), max_keys)] or [[]]
    return [page_of({key: found[key] for key in part}, last=part is parts[-1]) for part in parts]


def page_of(found: Mapping[str, Found], *, last: bool = True) -> Page:
    """One page."""
    return Page.of(
        keys=list(found),
        sizes=[one.size for one in found.values()],
        etags=[one.etag for one in found.values()],
        last_modified=[one.last_modified for one in found.values()],
        storage_classes=[one.storage_class for one in found.values()],
        next=None if last else Position(list(found)[-1]),
    )


def begun(run: int) -> datetime:
    """When a run began to list: an hour after the one before."""
    return BEGUN + run * timedelta(hours=1)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block does, or none of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def load(loader: Loader, found: Mapping[str, Found], run: int, max_keys: int = 1000, parts: int = 1) -> list[Shard]:
    """Have a loader take a listing in so many shards, the last one first, and give the shards."""
    keys = sorted(found, key=str.encode)
    cuts = [keys[len(keys) * part // parts] for part in range(1, parts)]
    shards = [Shard(number, each.after, each.until) for number, each in enumerate(tile(WHOLE, cuts))]
    for shard in reversed(shards):
        shard.started_at = begun(run)
        range_ = KeyRange(shard.after, shard.until)
        for page in pages_of({key: found[key] for key in keys if key in range_}, max_keys):
            loader.add(shard.take(page, begun(run) + timedelta(minutes=1)))
    return shards


def sync(  # noqa: PLR0913 - what a run can be
    connection: duckdb.DuckDBPyConnection,
    listed: Source,
    found: Mapping[str, Found],
    *,
    allow_empty: bool = False,
    max_keys: int = 1000,
    parts: int = 1,
) -> Merged:
    """One full run of one source, which takes a minute."""
    run = runs.start(connection, "sync", BEGUN)
    ended = begun(run) + timedelta(minutes=1)
    with closing(Loader(connection, listed, run, begun(run))) as loader:
        shards = load(loader, found, run, max_keys, parts)
        merged = loader.finish(shards, allow_empty=allow_empty)
    runs.note_listing(connection, run, listed.name, runs.Listing("full", begun(run), ended, 1, 0), merged)
    runs.finish(connection, run, ended, "complete")
    return merged


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """What a query answers."""
    return connection.sql(sql).fetchall()


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table that is not about runs, and of the sources what does not count runs."""
    known = [name for (name,) in rows(connection, "SELECT table_name FROM duckdb_tables() WHERE NOT temporary")]
    about_runs = {"runs", "run_sources", "receipts", "schema_migrations"}
    return {
        name: rows(connection, f"SELECT COLUMNS(lambda c: c <> 'last_complete_run') FROM {name} ORDER BY ALL")
        for name in known
        if name not in about_runs
    }
