"""Credentials that expire in the midst of a listing are fetched again, once for all threads, and once for a request."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier, Lock
from typing import TYPE_CHECKING

import pytest
from doubles.answers import Refusal, write_refusal
from doubles.bucket import objects
from doubles.double import CREDENTIALS, BucketDouble
from doubles.s3 import S3

from indexer.config import Source
from indexer.errors import AccessDenied, CredentialsError, CredentialsExpired
from indexer.listing.crawl import Clock, Limits
from indexer.listing.journal import journals
from indexer.naming import Layout
from indexer.store import reading
from indexer.sync import Options, sync
from indexer.vendors import open_lister
from indexer.vendors.objects import Cut
from vendors.walking import keys_of, walked_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doubles.wire import Answer, Request

    from indexer.vendors.base import Credentials, Storage

KEYS = [f"{number:04}.jpg" for number in range(8)]
FOREVER = 10**9
NOW = datetime.fromisoformat("2026-12-01 12:00:00")


class ExpiringDouble(BucketDouble):
    """A bucket that takes each access key for so many requests, and says from then on that it has expired.

    ``lives`` are these numbers, of the keys that ``issued`` gives one after the other; ``fetched`` is how many it gave.
    """

    def __init__(self, *lives: int, keys: list[str] = KEYS, refusal: str = "ExpiredToken") -> None:
        super().__init__(S3, objects(keys))
        self._lives = lives
        self._refusal = refusal
        self._lock = Lock()
        self.asked: Counter[int] = Counter()
        self.fetched = 0

    def issued(self) -> Credentials:
        """The next access key."""
        with self._lock:
            self.fetched += 1
            return replace(CREDENTIALS, access_key=f"KEY{self.fetched - 1}")

    def answer(self, request: Request) -> Answer:
        """Answer as the bucket would, whoever of those signed whose key still lives."""
        with self._lock:
            key = next(n for n in range(self.fetched) if f"Credential=KEY{n}/" in request.headers["authorization"])
            self.asked[key] += 1
            if self.asked[key] > self._lives[key]:
                return write_refusal(Refusal(400, self._refusal), S3.spelling)
            self._credentials = replace(CREDENTIALS, access_key=f"KEY{key}")
            return super().answer(request)

    def storage(self, **_: object) -> Storage:
        """Where a lister finds this double, with the keys that it issues."""
        return replace(super().storage(), credentials=self.issued)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where an index is published."""
    return tmp_path / "index.duckdb"


def run(index: Path, storage: Storage) -> int:
    """The exit code of one sync of one worker."""
    ticks: Iterator[int] = iter(range(FOREVER))
    clock = Clock(lambda: NOW.replace(microsecond=next(ticks)), sleep=lambda _: None)
    source = Source("classroom", Layout("cloud-recording"), storage)
    return sync(index, [source], Options(limits=Limits(concurrency=1), clock=clock)).exit_code


def held(index: Path) -> list[str]:
    """The keys in a published index."""
    with reading(index) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM objects ORDER BY key").fetchall()]


def test_a_listing_goes_on_with_fetched_credentials() -> None:
    """Keys that expire between two pages are fetched again, as often as they do, and no page is lost or doubled."""
    with ExpiringDouble(2, 1, 3, FOREVER) as double:
        assert walked_keys(open_lister(double.storage()), max_keys=1) == KEYS
        assert double.fetched == 4
        # Each key but the last is refused once.
        assert [double.asked[key] for key in range(4)] == [3, 2, 4, len(KEYS) - 6]


def test_credentials_that_do_not_expire_are_fetched_once() -> None:
    """Nothing is fetched but when a bucket is opened."""
    with ExpiringDouble(FOREVER) as double:
        walked_keys(open_lister(double.storage()), max_keys=1)
        assert double.fetched == 1


def test_threads_fetch_credentials_once() -> None:
    """As many threads as meet an expired key at once share the one that the first of them fetched."""
    threads = 8
    together = Barrier(threads)
    with ExpiringDouble(0, FOREVER) as double, ThreadPoolExecutor(threads) as pool:
        lister = open_lister(double.storage(), threads)

        def ask(_: int) -> list[str]:
            together.wait()
            return keys_of(lister.page(None, 1000))

        assert list(pool.map(ask, range(threads))) == [KEYS] * threads
        assert double.fetched == 2


def test_an_object_is_opened_with_fetched_credentials() -> None:
    """Keys that have expired when an object is opened, or gone on with after a cut, are fetched again."""
    with ExpiringDouble(0, 1, FOREVER) as double:
        lister = open_lister(double.storage())
        with lister.open(KEYS[0]) as file:
            assert file.read() == KEYS[0].encode()
        with lister.open(KEYS[0], Cut(4, file.etag, file.size)) as rest:
            assert rest.read() == KEYS[0][4:].encode()
        assert (double.fetched, len(double.requests)) == (3, 4)


def test_credentials_that_are_no_good_again_are_not_fetched_a_third_time() -> None:
    """A request that fails with fetched credentials too is CredentialsExpired after two requests."""
    with ExpiringDouble(0, 0) as double:
        with pytest.raises(CredentialsExpired):
            open_lister(double.storage()).page(None, 1000)
        assert (double.fetched, len(double.requests)) == (2, 2)


@pytest.mark.parametrize(("code", "error"), [("AccessDenied", AccessDenied), ("InvalidAccessKeyId", CredentialsError)])
def test_credentials_that_were_never_good_are_not_fetched_again(code: str, error: type[Exception]) -> None:
    """Only what has expired is fetched again: a key that is wrong, or may not list, stays so."""
    with ExpiringDouble(0, refusal=code) as double:
        with pytest.raises(error) as caught:
            open_lister(double.storage()).page(None, 1000)
        assert type(caught.value) is error
        assert (double.fetched, len(double.requests)) == (1, 1)


def test_a_url_is_signed_with_the_credentials_fetched_last() -> None:
    """A presigned URL holds with the key that the last page was asked with."""
    with ExpiringDouble(0, FOREVER) as double:
        lister = open_lister(double.storage())
        lister.page(None, 1000)
        assert "KEY1" in lister.presigned(KEYS[0], 60)


def test_a_run_survives_an_expiry(index: Path) -> None:
    """A sync whose keys expire in its midst is complete."""
    keys = [f"{number:04}.jpg" for number in range(3500)]
    with ExpiringDouble(2, FOREVER, keys=keys) as double:
        assert run(index, double.storage()) == 0
        assert double.fetched == 2
    assert held(index) == keys


def test_a_run_that_ran_out_of_credentials_is_gone_on_with(index: Path) -> None:
    """Keys that are no good when fetched again end the run with exit code 3; its journal lets the next one go on."""
    keys = [f"{number:04}.jpg" for number in range(3500)]
    with ExpiringDouble(2, 0, FOREVER, keys=keys) as double:
        assert run(index, double.storage()) == 3
        assert held(index) == keys[:2000]
        assert (journals(index) / "classroom.journal").exists()
        before = len(double.requests)
        assert run(index, double.storage()) == 0
        assert [request.query.get("start-after") for request in double.requests[before:]] == [keys[1999], None]
    assert held(index) == keys
    assert not journals(index).exists()
