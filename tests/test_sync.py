"""One sync from the buckets to the published index, and what becomes of it when a source fails."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from doubles import faults, processes
from doubles.bucket import objects
from doubles.double import CREDENTIALS
from doubles.s3 import S3
from store.listings import rows, shot
from store.payloads import payload, take, verdict

from indexer.config import Source
from indexer.errors import (
    AccessDenied,
    CredentialsError,
    IndexInconsistent,
    ListingRefused,
    MalformedAnswer,
    NoSuchBucket,
    Throttled,
)
from indexer.harvest import SourceOutcome
from indexer.listing.crawl import Clock, Limits
from indexer.listing.retry import Backoff
from indexer.naming import Layout
from indexer.store import Merged, build, reading
from indexer.sync import Options, Progress, SyncResult, sync
from indexer.vendors import open_lister
from indexer.vendors.base import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from doubles.double import Serve

    from indexer.vendors.base import Lister

SHOTS = [f"shots/{shot(number)}" for number in range(3)]
RECORDING = "shots/38f8e3_room_1.m3u8"
ODD = "shots/a b+c%20d&e=f/中文é~(1)*'!.jpg"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where the index is published."""
    return tmp_path / "index" / "index.duckdb"


def folder(root: Path, *keys: str) -> Path:
    """A folder with files, each as long as its key."""
    root.mkdir(parents=True, exist_ok=True)
    for key in keys:
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(key.encode())
    return root


def local(root: Path, name: str = "classroom") -> Source:
    """A source that is a folder."""
    return Source(name, Layout(), Storage("local", None, str(root), root.name, "", credentials=lambda: None))


def at(storage: Storage, name: str = "classroom") -> Source:
    """A source at a double."""
    return Source(name, Layout(), storage)


def read(index: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a query of the published index answers."""
    with reading(index) as connection:
        return rows(connection, sql)


def held(index: Path, name: str = "classroom") -> list[str]:
    """The keys that a source holds by the published index."""
    every = (
        "SELECT source, key, deleted_at FROM screenshots UNION ALL SELECT source, key, deleted_at FROM other_objects"
    )
    sql = f"SELECT key FROM ({every}) WHERE source = '{name}' AND deleted_at IS NULL ORDER BY key"
    return [key for (key,) in read(index, sql)]


def utc_now() -> datetime:
    """The time, as the index has it."""
    return datetime.now(UTC).replace(tzinfo=None)


ONCE = Options(clock=Clock(utc_now, backoff=Backoff(tries=1)))
"""A run that asks nothing again."""


def errors(result: SyncResult) -> dict[str, type[Exception] | None]:
    """What each source failed with."""
    return {outcome.source: type(outcome.error) if outcome.error else None for outcome in result.outcomes}


def test_a_folder_is_indexed_and_kept_up_to_date(tmp_path: Path, index: Path) -> None:
    """A first run finds every file, a second one what was added, written again and deleted since."""
    root = folder(tmp_path / "bucket", *SHOTS, RECORDING, ODD)
    assert sync(index, [local(root)]) == SyncResult(1, (SourceOutcome("classroom", Merged(5, 5, 0, 0)),))
    (root / SHOTS[0]).unlink()
    (root / SHOTS[1]).write_bytes(b"written again")
    folder(root, "shots/new.jpg")
    assert sync(index, [local(root)]) == SyncResult(2, (SourceOutcome("classroom", Merged(5, 1, 1, 1)),))
    assert held(index) == sorted([*SHOTS[1:], RECORDING, ODD, "shots/new.jpg"])
    assert read(index, f"SELECT size FROM screenshots WHERE key = '{SHOTS[1]}'") == [(13,)]


@pytest.mark.parametrize("vendor", ["s3", "s3-compatible"])
def test_a_server_is_indexed_like_a_folder(tmp_path: Path, index: Path, vendor: str) -> None:
    """A bucket of a real server gives the rows that its folder does, with etags and storage classes besides."""
    home = folder(tmp_path / "home")
    root = folder(tmp_path / "root" / "shots-bucket", *SHOTS, RECORDING, ODD)
    with processes.rclone(root.parent, home) as endpoint:
        storage = Storage(
            vendor, "us-east-1", endpoint, "shots-bucket", "shots/", lambda: CREDENTIALS, custom_endpoint=True
        )
        assert sync(index, [at(storage), local(root, "copy")]).exit_code == 0
    told = "key, service, sid, cname, uid, captured_at, size, date_trunc('second', last_modified)"
    server, copy = (
        read(index, f"SELECT {told} FROM screenshots WHERE source = '{name}' ORDER BY key")
        for name in ("classroom", "copy")
    )
    assert server == copy
    assert held(index) == held(index, "copy") == sorted([*SHOTS, RECORDING, ODD])
    assert read(index, "SELECT count(etag), count(DISTINCT etag) FROM screenshots") == [(3, 3)]


def test_a_run_is_recorded(tmp_path: Path, index: Path) -> None:
    """A run stands in the index with its beginning, its end, what became of each source, and a receipt."""
    begun = utc_now()
    clock = (begun + number * timedelta(minutes=1) for number in itertools.count())
    options = Options(clock=Clock(lambda: next(clock)))
    sync(index, [local(folder(tmp_path / "bucket", *SHOTS))], options)
    assert read(index, "SELECT run, command, status FROM runs") == [(1, "sync", "complete")]
    told = "source, status, listed, added, changed, deleted, left_out, error, mode, requests, skipped"
    assert read(index, f"SELECT {told} FROM run_sources") == [
        ("classroom", "complete", 3, 3, 0, 0, 0, None, "full", 1, 0)
    ]
    assert read(index, "SELECT keys, pages, from_key, to_key, last_key FROM receipts") == [(3, 1, None, None, SHOTS[2])]
    ((times),) = read(
        index,
        "SELECT r.started_at, s.began_at, c.started_at, c.finished_at, s.finished_at, r.finished_at "
        "FROM runs r JOIN run_sources s USING (run) JOIN receipts c USING (run)",
    )
    assert begun == min(times)
    assert list(times) == sorted(times)


def test_progress_is_told_page_by_page(serve: Serve, index: Path) -> None:
    """After each page it is told how many pages and keys have come."""
    double = serve(S3, objects(f"{number:04}.jpg" for number in range(1001)))
    told: list[Progress] = []
    sync(index, [at(double.storage())], Options(progress=told.append))
    assert [progress.pages for progress in told] == list(range(1, len(told) + 1))
    assert told[-1].keys == 1001


def test_verdicts_find_what_a_run_lists(tmp_path: Path, index: Path) -> None:
    """A verdict that came before its picture was listed is joined to it by the run that lists it."""
    with build(index) as connection:
        take(connection, payload(verdict(key=SHOTS[1])))
    sync(index, [local(folder(tmp_path / "bucket", *SHOTS))])
    assert read(index, "SELECT evidence, source, key FROM violations") == [("present", "classroom", SHOTS[1])]


def test_one_source_that_fails_does_not_stop_the_others(tmp_path: Path, index: Path) -> None:
    """Of two sources one fails: the other one is published, the failed keeps its rows, and the exit code is 3."""
    good, bad = (folder(tmp_path / name, *SHOTS) for name in ("good", "bad"))
    sources = [local(bad, "bad"), local(good, "good")]
    sync(index, sources)
    bad.rename(tmp_path / "elsewhere")
    folder(good, "new.jpg")
    result = sync(index, sources)
    assert (result.exit_code, errors(result)) == (3, {"bad": NoSuchBucket, "good": None})
    assert (held(index, "bad"), held(index, "good")) == (SHOTS, ["new.jpg", *SHOTS])
    assert read(index, "SELECT run, status FROM runs ORDER BY run") == [(1, "complete"), (2, "incomplete")]
    ((status, error),) = read(index, "SELECT status, error FROM run_sources WHERE run = 2 AND source = 'bad'")
    assert (status, error) == ("failed", str(result.outcomes[0].error))
    assert read(index, "SELECT source, run FROM receipts ORDER BY ALL") == [("bad", 1), ("good", 1), ("good", 2)]


def test_a_source_that_failed_is_whole_again_by_the_next_run(tmp_path: Path, index: Path) -> None:
    """A run that fails leaves nothing that the next one would stumble over."""
    root = folder(tmp_path / "bucket", *SHOTS)
    sync(index, [local(root)])
    root.rename(tmp_path / "elsewhere")
    sync(index, [local(root)])
    (tmp_path / "elsewhere").rename(root)
    assert sync(index, [local(root)]).outcomes[0].merged == Merged(3, 0, 0, 0)


def test_a_listing_that_breaks_off_infers_nothing_beyond(serve: Serve, index: Path) -> None:
    """A source whose second page cannot be believed has what its first page named, and keeps what came after it."""
    before = objects(f"{number:04}.jpg" for number in range(1500))
    sync(index, [at(serve(S3, before).storage())])
    after = objects(f"{number:04}.jpg" for number in range(100, 1400))
    double = serve(S3, after, faults.fine(), faults.cut_xml())
    result = sync(index, [at(double.storage())], replace(ONCE, full=True, limits=Limits(concurrency=1)))
    assert (result.exit_code, errors(result)) == (3, {"classroom": MalformedAnswer})
    assert held(index) == [f"{number:04}.jpg" for number in range(100, 1500)]
    assert read(index, "SELECT status FROM runs ORDER BY run") == [("complete",), ("incomplete",)]
    assert read(index, "SELECT finished_at IS NULL, last_key FROM receipts WHERE run = 2") == [(True, "1099.jpg")]


def throttled(times: int) -> Iterator[faults.Fault]:
    """The server asks for fewer requests."""
    return (faults.refused(503, "SlowDown") for _ in range(times))


def test_throttling_is_waited_for(serve: Serve, index: Path) -> None:
    """A server that throttles twice and then answers is indexed as if it had not, after two longer and longer waits."""
    waits: list[float] = []
    patient = Options(clock=Clock(utc_now, sleep=waits.append, fraction=lambda: 1.0))
    double = serve(S3, objects(SHOTS), *throttled(2))
    assert sync(index, [at(double.storage())], patient).exit_code == 0
    assert held(index) == SHOTS
    assert waits == [0.5, 1.0]


def test_throttling_without_end_is_to_be_tried_later(serve: Serve, index: Path) -> None:
    """Where every source is throttled until its tries are used up, the exit code is 5, and the rows stay."""
    impatient = Options(clock=Clock(utc_now, sleep=lambda _: None, backoff=Backoff(tries=3)))
    sync(index, [at(serve(S3, objects(SHOTS)).storage())])
    double = serve(S3, objects(SHOTS[:1]), *throttled(3))
    unreachable = serve(S3, {}, faults.reset(), faults.reset(), faults.reset())
    sources = [at(double.storage()), at(unreachable.storage(), "other")]
    result = sync(index, sources, impatient)
    assert result.exit_code == 5
    assert errors(result)["classroom"] is Throttled
    assert held(index) == SHOTS
    assert read(index, "SELECT status FROM runs WHERE run = 2") == [("failed",)]


def test_a_terminal_failure_is_no_use_to_be_tried_again(serve: Serve, index: Path) -> None:
    """Where no source was listed and one of them failed for good, the exit code is 1; that one is asked once."""
    forbidden = serve(S3, {}, faults.refused(403, "AccessDenied"))
    busy = serve(S3, {}, *throttled(1))
    result = sync(index, [at(forbidden.storage(), "forbidden"), at(busy.storage(), "busy")], ONCE)
    assert (result.exit_code, errors(result)) == (1, {"forbidden": AccessDenied, "busy": Throttled})
    assert len(forbidden.requests) == 1


def test_a_connection_that_cannot_be_opened_is_a_failed_source(tmp_path: Path, index: Path) -> None:
    """A source without credentials fails like one that is refused, and the others go on."""
    root = folder(tmp_path / "bucket", *SHOTS)

    def connect(storage: Storage, connections: int) -> Lister:
        if storage.endpoint == "https://nowhere.example":
            raise CredentialsError("there are no credentials")
        return open_lister(storage, connections)

    nowhere = Storage("s3", "us-east-1", "https://nowhere.example", "shots-bucket", "", credentials=lambda: None)
    result = sync(index, [at(nowhere, "nowhere"), local(root)], Options(connect=connect))
    assert (result.exit_code, errors(result)) == (3, {"nowhere": CredentialsError, "classroom": None})


def test_a_bucket_that_is_suddenly_empty_is_not_believed(tmp_path: Path, index: Path) -> None:
    """A source that lists nothing and held objects fails and keeps them; with allow_empty it is believed."""
    root = folder(tmp_path / "bucket", *SHOTS)
    sync(index, [local(root)])
    root.rename(tmp_path / "full")
    folder(root)
    result = sync(index, [local(root)])
    assert (result.exit_code, errors(result)) == (1, {"classroom": ListingRefused})
    assert held(index) == SHOTS
    assert sync(index, [local(root)], Options(allow_empty=True)).outcomes[0].merged == Merged(0, 0, 0, 3)
    assert held(index) == []


def test_an_inconsistent_index_is_not_published(tmp_path: Path, index: Path) -> None:
    """A run whose own account does not come out publishes nothing, not even of its other sources."""
    first, second = (folder(tmp_path / name, *SHOTS) for name in ("first", "second"))
    sources = [local(first, "first"), local(second, "second")]
    sync(index, sources)
    with build(index) as connection:
        named = "SELECT name_id FROM names WHERE source = 'second'"
        connection.execute(f"INSERT INTO kept_rows SELECT * FROM kept_rows WHERE name_id IN ({named}) LIMIT 1")
    before = index.read_bytes()
    folder(first, "new.jpg")
    with pytest.raises(IndexInconsistent, match="source second listed 3 objects and the index would hold 4"):
        sync(index, sources)
    assert index.read_bytes() == before


def test_an_interrupted_run_publishes_nothing(tmp_path: Path, index: Path) -> None:
    """A run that is stopped from the keyboard leaves the index as it was, and the next one works."""
    root = folder(tmp_path / "bucket", *SHOTS)
    sync(index, [local(root)])
    before = index.read_bytes()

    def interrupt(_: Progress) -> NoReturn:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(index, [local(folder(root, "new.jpg"))], Options(progress=interrupt))
    assert index.read_bytes() == before
    assert sync(index, [local(root)]).exit_code == 0


def test_no_sources_are_a_complete_run(index: Path) -> None:
    """A run of no sources is done at once, and publishes an empty index."""
    assert sync(index, []).exit_code == 0
    assert read(index, "FROM screenshots") == []


def test_no_secret_is_in_the_index(serve: Serve, index: Path) -> None:
    """Neither a key nor its secret is written into the published file, of a run that failed neither."""
    good, bad = serve(S3, objects(SHOTS)), serve(S3, {}, faults.refused(403, "SignatureDoesNotMatch"))
    sync(index, [at(good.storage()), at(bad.storage(), "bad")], ONCE)
    content = index.read_bytes()
    assert CREDENTIALS.secret_key.encode() not in content
    assert CREDENTIALS.access_key.encode() not in content
    assert "SECRETEXAMPLE" not in "".join(
        str(row) for row in read(index, "FROM sources") + read(index, "FROM run_sources")
    )
