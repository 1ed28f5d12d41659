"""A listing that broke off is gone on with by the next run, where that is safe, and begun anew elsewhere."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from doubles import faults
from doubles.bucket import objects
from doubles.s3 import S3
from store.listings import rows

from indexer.config import Source
from indexer.errors import Throttled
from indexer.harvest import Harvest
from indexer.listing.crawl import Clock, Limits
from indexer.listing.journal import Journal, journals
from indexer.listing.ranges import WHOLE, KeyRange, untiled
from indexer.listing.retry import Backoff
from indexer.naming import Layout
from indexer.store import reading
from indexer.sync import Options, sync

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doubles.bucket import Objects
    from doubles.double import BucketDouble, Serve

    from indexer.sync import SyncResult
    from indexer.vendors.base import Storage

TRIES = 2
NOW = datetime.fromisoformat("2026-12-01 12:00:00")
DAY = timedelta(days=1)
SOON = timedelta(hours=1)
KEYS = [f"{number:04}.jpg" for number in range(3500)]
"""Four pages, of which the first two are listed before a listing breaks off."""
KEPT = KEYS[:2000]


def throttled() -> list[faults.Fault]:
    """As many refusals as use up a request's tries."""
    return [faults.refused(503, "SlowDown") for _ in range(TRIES)]


def breaking_off(pages: int) -> list[faults.Fault]:
    """So many pages, and then throttling until the tries are used up."""
    return [*(faults.fine() for _ in range(pages)), *throttled()]


def at(storage: Storage, name: str = "classroom") -> Source:
    """A source of flat names, which has the sessions of Cloud Recording."""
    return Source(name, Layout("cloud-recording"), storage)


def run(index: Path, *sources: Source, after: timedelta = timedelta(), full: bool = False) -> SyncResult:
    """One run, of one worker, so long after the first."""
    seconds = itertools.count()
    clock = Clock(
        lambda: NOW + after + timedelta(milliseconds=next(seconds)),
        sleep=lambda _: None,
        backoff=Backoff(tries=TRIES),
    )
    return sync(index, sources, Options(full=full, limits=Limits(concurrency=1), clock=clock))


def asked(double: BucketDouble, since: int = 0) -> list[str | None]:
    """The key after which each page begins that was asked for, where it was asked for by a key."""
    return [request.query.get("start-after") for request in double.requests[since:]]


def read(index: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a query of the published index answers."""
    with reading(index) as connection:
        return rows(connection, sql)


def held(index: Path, name: str = "classroom") -> list[str]:
    """The keys that a source holds by the published index."""
    sql = f"SELECT key FROM objects WHERE source = '{name}' AND deleted_at IS NULL ORDER BY key"
    return [key for (key,) in read(index, sql)]


def journal(index: Path, name: str = "classroom") -> Path:
    """Where a source's journal stands."""
    return journals(index) / f"{name}.journal"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index is published."""
    return tmp_path / "index" / "index.duckdb"


@pytest.fixture
def broken_off(serve: Serve, index: Path) -> BucketDouble:
    """A bucket whose first listing broke off after two of four pages."""
    double = serve(S3, objects(KEYS), *breaking_off(2))
    result = run(index, at(double.storage()))
    assert result.exit_code == 3
    assert isinstance(result.outcomes[0].error, Throttled)
    assert len(double.requests) == 2 + TRIES
    return double


def test_a_listing_that_broke_off_is_published_as_far_as_it_came(broken_off: BucketDouble, index: Path) -> None:
    """The pages that came before the tries were used up are in the index, as an incomplete run, beside a journal."""
    assert held(index) == KEPT
    assert read(index, "SELECT status FROM runs") == read(index, "SELECT status FROM run_sources") == [("incomplete",)]
    assert read(index, "SELECT finished_at IS NULL, last_key FROM receipts") == [(True, KEPT[-1])]
    assert journal(index).exists()


@pytest.mark.parametrize("full", [False, True])
def test_the_next_run_asks_for_the_rest_alone(broken_off: BucketDouble, index: Path, *, full: bool) -> None:
    """The next run, a full one too, asks for the pages that are missing, and its receipts prove the whole bucket."""
    before = len(broken_off.requests)
    assert run(index, at(broken_off.storage()), after=SOON, full=full).exit_code == 0
    assert asked(broken_off, before) == [KEPT[-1], None]
    assert held(index) == KEYS
    assert read(index, "SELECT requests, listed, status FROM run_sources WHERE run = 2") == [(2, 3500, "complete")]
    proved = read(index, "SELECT from_key, to_key FROM receipts WHERE run = 2")
    assert untiled(WHOLE, [KeyRange(*ends) for ends in proved]) == []
    assert not journals(index).exists()


def test_a_listing_that_breaks_off_again_keeps_what_it_has(serve: Serve, index: Path) -> None:
    """A run that gets no further leaves the journal of the one before it, and a third one goes on with that."""
    double = serve(S3, objects(KEYS), *breaking_off(2), *throttled())
    source = at(double.storage())
    assert [run(index, source, after=number * SOON).exit_code for number in range(3)] == [3, 3, 0]
    assert asked(double)[2 + TRIES :] == [*[KEPT[-1]] * TRIES, KEPT[-1], None]
    assert held(index) == KEYS


def test_a_killed_run_is_not_asked_again_what_it_had_listed_to_the_end(
    serve: Serve, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed after its last page and before it published is finished by the next without a request."""
    double = serve(S3, objects(KEYS))
    with monkeypatch.context() as patch:
        patch.setattr(Harvest, "finish", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(index, at(double.storage()))
    before = len(double.requests)
    assert run(index, at(double.storage()), after=SOON).exit_code == 0
    assert len(double.requests) == before
    assert held(index) == KEYS
    assert not journals(index).exists()


def test_a_journal_that_outlived_its_run_is_not_gone_on_with(
    serve: Serve, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed after it published and before it dropped its journal is followed by a new listing."""
    bucket = objects(KEYS)
    double = serve(S3, bucket)
    with monkeypatch.context() as patch:
        patch.setattr(Harvest, "forget", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(index, at(double.storage()))
    assert journal(index).exists()
    assert held(index) == KEYS
    before = len(double.requests)
    bucket.update(objects(["new.jpg"]))
    assert run(index, at(double.storage()), after=SOON, full=True).exit_code == 0
    assert len(double.requests) - before == 4
    assert held(index) == [*KEYS, "new.jpg"]
    assert not journals(index).exists()


def interrupted(*_: object) -> NoReturn:
    """Stops a run where it stands, as a kill would."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(("age", "requests"), [(DAY, 2), (DAY + SOON, 4)], ids=["a day old", "older"])
def test_a_listing_that_stood_still_for_long_is_begun_anew(
    broken_off: BucketDouble, index: Path, age: timedelta, requests: int
) -> None:
    """A journal is gone on with for a day after the listing began; after that the whole bucket is listed again."""
    before = len(broken_off.requests)
    assert run(index, at(broken_off.storage()), after=age).exit_code == 0
    assert len(broken_off.requests) - before == requests
    assert held(index) == KEYS
    assert not journals(index).exists()


def test_the_journal_of_another_prefix_is_not_gone_on_with(broken_off: BucketDouble, index: Path) -> None:
    """A source whose prefix was changed meanwhile is listed from that prefix's first key on."""
    before = len(broken_off.requests)
    assert run(index, at(broken_off.storage(prefix="1")), after=SOON).exit_code == 0
    assert asked(broken_off, before) == [None]
    assert read(index, "SELECT sum(keys), any_value(prefix) FROM receipts WHERE run = 2") == [(1000, "1")]


def test_the_journal_of_another_bucket_is_not_gone_on_with(broken_off: BucketDouble, serve: Serve, index: Path) -> None:
    """A source that became another bucket, with an index begun anew, has nothing of the first one's listing."""
    index.unlink()
    other = serve(S3, objects(["other.jpg"]))
    assert run(index, at(other.storage()), after=SOON).exit_code == 0
    assert held(index) == ["other.jpg"]


def emptied(_: bytes) -> bytes:
    """Nothing is left of it."""
    return b""


def overwritten(whole: bytes) -> bytes:
    """It holds something else."""
    return b"\xff\x00 no journal \r\n" * (len(whole) // 16)


def cut_in_its_opening(whole: bytes) -> bytes:
    """Its first record is not whole."""
    return whole[:40]


def of_another_version(whole: bytes) -> bytes:
    """Its opening was changed, and has no longer its checksum."""
    return whole.replace(b'"version": 1', b'"version": 0', 1)


@pytest.mark.parametrize("spoil", [emptied, overwritten, cut_in_its_opening, of_another_version])
def test_a_journal_that_cannot_be_read_is_not_gone_on_with(
    broken_off: BucketDouble, index: Path, spoil: Callable[[bytes], bytes]
) -> None:
    """Where a journal's opening cannot be believed, the bucket is listed anew."""
    whole = journal(index).read_bytes()
    journal(index).write_bytes(spoil(whole))
    before = len(broken_off.requests)
    assert run(index, at(broken_off.storage()), after=SOON).exit_code == 0
    assert len(broken_off.requests) - before == 4
    assert held(index) == KEYS
    assert not journals(index).exists()


@pytest.mark.parametrize("lost", [1, 1000])
def test_a_page_that_was_cut_off_is_listed_again(broken_off: BucketDouble, index: Path, lost: int) -> None:
    """A journal whose last record is not whole is gone on with from the page before."""
    whole = journal(index).read_bytes()
    journal(index).write_bytes(whole[:-lost])
    before = len(broken_off.requests)
    assert run(index, at(broken_off.storage()), after=SOON).exit_code == 0
    assert asked(broken_off, before) == [KEYS[999], None, None]
    assert held(index) == KEYS


def test_each_source_has_a_journal_of_its_own(serve: Serve, index: Path) -> None:
    """Of two sources one breaks off: its journal alone is kept, and the other one is listed by the next run again."""
    slow, quick = serve(S3, objects(KEYS), *breaking_off(1)), serve(S3, objects(KEYS[:10]))
    sources = [at(slow.storage(), "slow"), at(quick.storage(), "quick")]
    assert run(index, *sources).exit_code == 3
    assert [path.name for path in journals(index).iterdir()] == ["slow.journal"]
    before = len(quick.requests)
    assert run(index, *sources, after=SOON, full=True).exit_code == 0
    assert len(quick.requests) == before + 1
    assert (held(index, "slow"), held(index, "quick")) == (KEYS, KEYS[:10])
    assert not journals(index).exists()


# --- Incremental listings ---


def shots(session: str, count: int) -> list[str]:
    """The screenshots of a session, one a second."""
    times = (datetime.fromisoformat("2026-11-20 08:00:00") + timedelta(seconds=second) for second in range(count))
    return [f"{session}_room__uid_s_7__uid_e_video_{time:%Y%m%d%H%M%S}000.jpg" for time in times]


OLD = [*shots("38f8e3", 50), "notes/first.txt"]
NEW = [*shots("5a1d00", 2500), "notes/second.txt"]
GROWN = sorted([*OLD, *NEW])


@pytest.fixture
def bucket() -> Objects:
    """A session that is over, and a file beside it."""
    return objects(OLD)


@pytest.fixture
def incremental(serve: Serve, index: Path, bucket: Objects) -> BucketDouble:
    """A bucket that was listed whole, has grown since, and whose incremental listing broke off after a page."""
    double = serve(S3, bucket, faults.fine(), *breaking_off(2))
    assert run(index, at(double.storage())).exit_code == 0
    bucket.update(objects(NEW))
    assert run(index, at(double.storage()), after=SOON).exit_code == 3
    assert read(index, "SELECT mode FROM run_sources ORDER BY run") == [("full",), ("incremental",)]
    return double


def test_an_incremental_listing_is_gone_on_with(incremental: BucketDouble, index: Path) -> None:
    """The rest of a new session is asked for, and what stood beside the sessions is kept from the run before."""
    before = len(incremental.requests)
    assert run(index, at(incremental.storage()), after=2 * SOON).exit_code == 0
    assert asked(incremental, before) == [NEW[999], None]
    assert held(index) == GROWN


def test_a_full_run_does_not_go_on_with_an_incremental_listing(incremental: BucketDouble, index: Path) -> None:
    """With --full an incremental journal is ignored: everything is listed from the first key on."""
    before = len(incremental.requests)
    assert run(index, at(incremental.storage()), after=2 * SOON, full=True).exit_code == 0
    assert asked(incremental, before) == [None, None, None]
    assert read(index, "SELECT mode, listed FROM run_sources WHERE run = 3") == [("full", len(GROWN))]
    assert held(index) == GROWN
    assert not journals(index).exists()


def test_an_incremental_listing_is_not_gone_on_with_in_another_index(incremental: BucketDouble, index: Path) -> None:
    """Where the index was removed, what an incremental listing passed over is not known, and all is listed."""
    index.unlink()
    assert run(index, at(incremental.storage()), after=2 * SOON).exit_code == 0
    assert held(index) == GROWN


def killed_while_writing(journal: Journal, _: object) -> NoReturn:
    """Stops a run before a record is written, with the journal closed as a killed process leaves it."""
    journal.close()
    raise KeyboardInterrupt


def test_what_stands_beside_the_sessions_outlives_a_kill(
    serve: Serve, index: Path, bucket: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed before the objects beside the sessions are in its journal is not gone on with."""
    double = serve(S3, bucket)
    run(index, at(double.storage()))
    bucket.update(objects(NEW))
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "beside", killed_while_writing)
        with pytest.raises(KeyboardInterrupt):
            run(index, at(double.storage()), after=SOON)
    assert run(index, at(double.storage()), after=2 * SOON).exit_code == 0
    assert held(index) == GROWN
    assert not journals(index).exists()
