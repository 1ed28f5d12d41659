"""However many shards a bucket is listed in, and by whichever server: the same rows, and receipts that prove them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from doubles.bucket import objects
from doubles.double import CREDENTIALS
from store.listings import rows, shot
from vendors.backends import BACKENDS, ODD_KEYS, Backend

from indexer.config import Source
from indexer.listing.crawl import Clock, Limits
from indexer.listing.ranges import WHOLE, KeyRange, tile, untiled
from indexer.listing.wrapper import Wrapper
from indexer.naming import Layout
from indexer.planning import Planner
from indexer.planning.plan import Plan
from indexer.store import reading
from indexer.sync import Options, sync
from indexer.vendors import open_lister

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.vendors.base import Capabilities, Lister, Page, Position, Storage

SHARDS = 64
PAGE_KEYS = 10
ORDINARY = [shot(number % 60, sid=f"{number % 17:x}8f8e3", uid=number) for number in range(640)]
BUCKETS = {"mixed-bucket": objects([*ORDINARY, *ODD_KEYS])}
LATER = datetime.fromisoformat("2100-01-01 00:00:00")


@dataclass(frozen=True)
class Indexed:
    """What an index holds after a run, and what its receipts prove: ranges, how many keys, and their hash."""

    rows: list[tuple[Any, ...]]
    ranges: list[KeyRange]
    keys: int
    key_hash: int


class SmallPages(Wrapper):
    """A lister whose pages hold ten keys, so that a small bucket has many."""

    @property
    def capabilities(self) -> Capabilities:
        """What the lister below can do, on smaller pages."""
        return replace(self._lister.capabilities, max_keys=PAGE_KEYS)

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Ask the lister below."""
        return self._lister.page(after, max_keys, delimiter)


@pytest.fixture(scope="module", params=BACKENDS, ids=lambda start: start.__name__)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Each server of the listing contract, with ordinary keys among odd ones."""
    with request.param(BUCKETS, tmp_path_factory.mktemp("backend")) as running:
        yield running


@pytest.fixture(scope="module")
def one_shard(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Indexed:
    """The bucket, listed by one worker in one stream."""
    return indexed(backend, tmp_path_factory.mktemp("index") / "index.duckdb", workers=1)


@pytest.fixture
def planned_shards(monkeypatch: pytest.MonkeyPatch, backend: Backend) -> None:
    """Has a listing begin in 64 ranges, each odd key the end of one, where the server lists from anywhere."""
    cuts = [*filter(backend.can_hold, ODD_KEYS), *ORDINARY[::10]][: SHARDS - 1]

    def plan(_: Planner, lister: Lister) -> Plan:
        return Plan("full", "in parts", tuple(tile(WHOLE, cuts if lister.capabilities.starts_anywhere else ())))

    monkeypatch.setattr(Planner, "plan", plan)


def connect(storage: Storage, connections: int) -> Lister:
    """A bucket in small pages."""
    return SmallPages(open_lister(storage, connections))


def indexed(backend: Backend, index: Path, workers: int) -> Indexed:
    """What one run of so many workers makes of the bucket."""
    source = Source("classroom", Layout(), backend.storage("mixed-bucket", "", CREDENTIALS))
    options = Options(limits=Limits(workers), connect=connect, clock=Clock(lambda: LATER))
    assert sync(index, [source], options).exit_code == 0
    with reading(index) as connection:
        held = rows(connection, "SELECT * EXCLUDE (first_seen_run, last_seen_run) FROM objects ORDER BY key")
        receipts = rows(connection, "SELECT from_key, to_key, keys, key_hash FROM receipts")
    ranges = [KeyRange(after, until) for after, until, _, _ in receipts]
    return Indexed(held, ranges, sum(row[2] for row in receipts), sum(row[3] for row in receipts) % 2**64)


def hash_of(keys: list[str]) -> int:
    """The hash that the receipts of these keys should have together."""
    halves = (hashlib.md5(key.encode()).digest()[8:] for key in keys)
    return sum(int.from_bytes(half, "little") for half in halves) % 2**64


def is_one_stream(backend: Backend) -> bool:
    """Whether a server is listed from the first key to the last, and not from anywhere."""
    return not open_lister(backend.storage("mixed-bucket", "", CREDENTIALS)).capabilities.starts_anywhere


def test_one_shard_holds_every_key(backend: Backend, one_shard: Indexed) -> None:
    """One worker lists every key that the server holds, the odd ones too, and one receipt proves them."""
    keys = sorted([*ORDINARY, *filter(backend.can_hold, ODD_KEYS)])
    assert [row[1] for row in one_shard.rows] == keys
    assert (one_shard.ranges, one_shard.keys, one_shard.key_hash) == ([WHOLE], len(keys), hash_of(keys))


def test_64_shards_hold_the_same(planned_shards: None, backend: Backend, one_shard: Indexed, tmp_path: Path) -> None:
    """Listed in 64 ranges by 64 workers, a bucket has the same rows, count and hash, and the ranges tile its keys."""
    parted = indexed(backend, tmp_path / "index.duckdb", workers=SHARDS)
    assert len(parted.ranges) >= SHARDS or is_one_stream(backend)
    assert untiled(WHOLE, parted.ranges) == []
    assert parted == replace(one_shard, ranges=parted.ranges)


def test_shards_that_workers_split_hold_the_same(backend: Backend, one_shard: Indexed, tmp_path: Path) -> None:
    """So does a bucket whose one range was split again and again, by workers that had nothing else to do."""
    parted = indexed(backend, tmp_path / "index.duckdb", workers=SHARDS)
    assert len(parted.ranges) >= 4 or is_one_stream(backend)
    assert untiled(WHOLE, parted.ranges) == []
    assert parted == replace(one_shard, ranges=parted.ranges)
