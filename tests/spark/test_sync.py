"""A sync by Spark brings what a sync brings: the same rows, the same proof, and nothing of what went wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import pytest
from bench.serving import serving

from indexer.config import load_config
from indexer.errors import UsageError
from indexer.lake.attach import attach
from indexer.lake.export import export
from indexer.listing.crawl import Clock, Limits
from indexer.listing.retry import Backoff
from indexer.status import describe
from indexer.store import reading
from indexer.sync import Options as NativeOptions
from indexer.sync import sync as native_sync
from spark.answers import SMALL
from spark.clusters import COLUMNS, SECRET, Lake, configured, environment, need_spark, on_this_machine, proof

need_spark()

from indexer.spark.parcel import Parcel  # noqa: E402
from indexer.spark.shards import listed_by  # noqa: E402
from indexer.spark.sync import ClusterResult, Options, sync  # noqa: E402
from indexer.spark.task import Receipt, Work, list_shard, utc_now  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.serving import ListServer
    from pyspark.sql import SparkSession

    from indexer.config import Config

KEYS = 30_000
NEWER = "e0f8e3_room_1__uid_s_7__uid_e_video_20260105100005000.jpg"
FEW = Options(Limits(4), shards=4)


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """Spark on this machine: two tasks at once, each tried twice."""
    with on_this_machine("local[2,2]") as running:
        yield running


@pytest.fixture
def bucket() -> Iterator[ListServer]:
    """A bucket of screenshots, and of keys that are none."""
    with serving(keys=KEYS, odd=200, per_session=1000, interval=60) as server:
        yield server


@pytest.fixture
def config(bucket: ListServer, tmp_path: Path) -> Config:
    """A configuration that lists it."""
    return configured(tmp_path, shots=bucket.url)


def test_the_lake_has_the_rows_and_the_proof_of_a_sync_of_the_same_bucket(
    spark: SparkSession, config: Config, bucket: ListServer, tmp_path: Path
) -> None:
    """Through additions, changes, deletions and what comes back, Spark and DuckDB hold the same objects."""
    lake = Lake(tmp_path / "lake")
    _synced_alike(spark, config, lake)
    keys = [key for (key,) in lake.rows("key", "ORDER BY hash(key) LIMIT 40")]
    bucket.delete(keys[:20])
    bucket.add([*keys[20:30], NEWER, "new/a+b %20,\"'\n.jpg"])
    later = _synced_alike(spark, config, lake)
    assert [
        (each.merged.added, each.merged.changed, each.merged.deleted) for each in later.outcomes if each.merged
    ] == [(2, 10, 20)]
    bucket.add(keys[:5])
    again = _synced_alike(spark, config, lake)
    assert [
        (each.merged.added, each.merged.changed, each.merged.deleted) for each in again.outcomes if each.merged
    ] == [(0, 5, 0)]
    assert lake.rows("count(*)", "WHERE first_seen_run > 1") == [(2,)]


def test_a_second_sync_of_an_unchanged_bucket_leaves_the_files_of_its_objects_as_they_are(
    spark: SparkSession, config: Config, tmp_path: Path
) -> None:
    """Nothing is added, changed or deleted, and the manifest names the same files; each name has one number."""
    lake = Lake(tmp_path / "lake")
    _sync(spark, config, lake)
    before = {path for path in lake.files() if path.startswith("objects/")}
    result = _sync(spark, config, lake)
    (merged,) = [outcome.merged for outcome in result.outcomes]
    assert merged is not None
    assert (merged.added, merged.changed, merged.deleted) == (0, 0, 0)
    assert {path for path in lake.files() if path.startswith("objects/")} == before
    ((numbers, names),) = lake.rows("count(DISTINCT name_id), count(DISTINCT (front, digits, back))")
    assert numbers == names > 30
    assert lake.rows("count(*)", "WHERE strftime(coalesce(captured_at, last_modified), '%Y-%m-%d') <> day") == [(0,)]


def test_a_sync_goes_on_with_an_exported_lake_and_an_index_can_be_attached_to_what_it_leaves(
    spark: SparkSession, config: Config, bucket: ListServer, tmp_path: Path
) -> None:
    """Known sessions keep their numbers, runs are counted on, and the attached index holds and proves the same."""
    lake = Lake(tmp_path / "lake")
    assert native_sync(config.index, config.sources).exit_code == 0
    export(config.index, lake.folder, utc_now())
    ((front, name_id),) = lake.rows("front, name_id", "WHERE kind = 'screenshot' ORDER BY key LIMIT 1")
    bucket.add([f"{front}20260301100005000.jpg", NEWER])
    result = _sync(spark, config, lake)
    assert result.run == 2
    assert [each.merged.added for each in result.outcomes if each.merged] == [2]
    assert lake.rows("name_id", "WHERE captured_at = TIMESTAMP '2026-03-01 10:00:05'") == [(name_id,)]
    attach(lake.folder, tmp_path / "attached.duckdb")
    assert native_sync(config.index, config.sources, NativeOptions(full=True)).exit_code == 0
    with reading(tmp_path / "attached.duckdb") as attached, reading(config.index) as index:
        for sql in (f"SELECT {COLUMNS} FROM objects ORDER BY ALL", "SELECT * FROM sessions ORDER BY ALL"):
            assert attached.execute(sql).fetchall() == index.execute(sql).fetchall()
        assert describe(attached).lines[0] == describe(index).lines[0]


def test_files_are_sorted_by_key(spark: SparkSession, config: Config, tmp_path: Path) -> None:
    """Each file's keys ascend, as UTF-8 bytes."""
    lake = Lake(tmp_path / "lake")
    _sync(spark, config, lake)
    ordered = "key >= lag(key, 1, '') OVER (PARTITION BY filename ORDER BY file_row_number)"
    paths = [str(lake.folder / path) for path in lake.files() if path.startswith("objects/")]
    found = duckdb.execute(
        f"SELECT count(*) FROM (SELECT {ordered} AS ok FROM read_parquet($1, filename = true, file_row_number = true)) "
        "WHERE NOT ok",
        [paths],
    )
    assert found.fetchall() == [(0,)]


def test_what_was_written_after_the_run_began_is_left_to_the_next_one(
    spark: SparkSession, config: Config, bucket: ListServer, tmp_path: Path
) -> None:
    """A late object that is new is counted and not taken, a late one that was known is not taken for deleted."""
    lake = Lake(tmp_path / "lake")
    _sync(spark, config, lake)
    ((known,),) = lake.rows("key", "WHERE kind = 'screenshot' ORDER BY key LIMIT 1")
    ((odd,),) = lake.rows("key", "WHERE kind = 'unparsed' ORDER BY key LIMIT 1")
    bucket.add([NEWER, known, odd])
    # When an object was written is what its name says, in this bucket.
    before = replace(FEW, now=lambda: datetime.fromisoformat("2026-01-05 10:00:00"))
    (outcome,) = _sync(spark, config, lake, before).outcomes
    assert outcome.merged is not None
    assert (outcome.merged.added, outcome.merged.changed, outcome.merged.deleted) == (0, 0, 0)
    assert outcome.merged.left_out == 1
    assert proof(lake.table("receipts", "keys, key_hash", "WHERE run = 1")) == proof(
        lake.table("receipts", "keys, key_hash", "WHERE run = 2")
    )
    (outcome,) = _sync(spark, config, lake).outcomes
    assert outcome.merged is not None
    assert (outcome.merged.added, outcome.merged.changed, outcome.merged.deleted) == (1, 2, 0)


def test_a_source_of_which_a_shard_fails_for_good_keeps_what_the_lake_had_and_the_others_go_on(
    spark: SparkSession, bucket: ListServer, tmp_path: Path
) -> None:
    """Exit code 3, an outcome with the error, and no row and no receipt of that source."""
    lake = Lake(tmp_path / "lake")
    with serving(keys=1000) as other:
        _sync(spark, configured(tmp_path, shots=bucket.url, other=other.url), lake)
    before = lake.rows(COLUMNS, "WHERE source = 'other' ORDER BY ALL")
    with serving(keys=1000, fault_rate=1, faults="slowdown") as broken:
        quick = replace(FEW, clock=Clock(utc_now, sleep=lambda _: None, backoff=Backoff(tries=2)))
        result = _sync(spark, configured(tmp_path, shots=bucket.url, other=broken.url), lake, quick)
        assert broken.counts()["faults"]["slowdown"] > 0
    assert result.exit_code == 3
    assert [bool(outcome.error) for outcome in result.outcomes] == [False, True]
    assert len(before) == 1000
    assert lake.rows(COLUMNS, "WHERE source = 'other' ORDER BY ALL") == before
    assert lake.table("receipts", "DISTINCT source", "WHERE run = 2") == [("shots",)]
    assert lake.table("run_sources", "source, status", "WHERE run = 2 ORDER BY ALL") == [
        ("other", "failed"),
        ("shots", "complete"),
    ]


def test_a_task_that_fails_is_tried_again_by_spark(spark: SparkSession, config: Config, tmp_path: Path) -> None:
    """A throttled first try raises, so that Spark starts a second one; the last one tells its error instead."""
    with serving(keys=1000, fault_rate=1, faults="slowdown") as broken:
        parcel = Parcel.of(config, config.sources)
        parcel = replace(parcel, text=parcel.text.replace(config.sources[0].storage.endpoint, broken.url))
        quick = Clock(utc_now, sleep=lambda _: None, backoff=Backoff(tries=1))
        work = Work(parcel, 1, str(tmp_path), utc_now(), Limits(1), tries=2, clock=quick)
        (receipt,) = listed_by(spark, work, [Receipt("shots", 0, None, None)])
        assert broken.counts()["faults"]["slowdown"] == 2
    assert receipt.kind == "Throttled"


def test_a_shard_that_is_listed_twice_counts_once(config: Config, tmp_path: Path) -> None:
    """Two tries of a task write two files with the same rows, and none of them is half there."""
    work = Work(Parcel.of(config, config.sources), 1, str(tmp_path / "s"), utc_now(), Limits(2), tries=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOTS_ID", "an-id")
        tries = [list_shard(work, Receipt("shots", 0, None, "8"), 0, task) for task in (1, 2)]
    assert tries[0].file != tries[1].file
    assert (tries[0].keys, tries[0].key_hash) == (tries[1].keys, tries[1].key_hash)
    assert {path.suffix for path in (tmp_path / "s" / "shots").iterdir()} == {".parquet"}


def test_a_secret_in_the_configuration_itself_is_not_sent(config: Config) -> None:
    """It is refused with what to write instead, and what is sent shows no text of it."""
    assert SECRET not in Parcel.of(config, config.sources).text
    config.path.chmod(0o600)
    config.path.write_text(config.path.read_text().replace("file:secret", SECRET))
    clear = load_config(config.path)
    with pytest.raises(UsageError, match="in clear") as caught:
        Parcel.of(clear, clear.sources)
    assert SECRET not in str(caught.value)


def test_no_secret_is_in_event_logs_or_outputs(config: Config, tmp_path: Path) -> None:
    """A whole command with event logs: neither they nor what it prints nor what it leaves has the secret."""
    logs = tmp_path / "logs"
    logs.mkdir()
    command = [sys.executable, "-m", "indexer", "spark", "sync", "--lake", "lake", "--master", "local[2]", "-vv"]
    settings = SMALL | {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": logs.as_uri(),
        "spark.eventLog.compress": "false",
    }
    options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    done = subprocess.run(
        [*command, *options, "--shards", "4", "--format", "json"],
        cwd=tmp_path,
        env=environment(SHOTS_ID="an-id-that-hides"),
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)[0]["result"] == "complete"
    told = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "secret"]
    events = [path for path in logs.rglob("*") if path.is_file() and path.stat().st_size > 1000]
    assert events
    for text in (done.stdout, done.stderr, *told):
        assert SECRET.encode() not in text
        assert b"an-id-that-hides" not in text


def _sync(spark: SparkSession, config: Config, lake: Lake, options: Options = FEW) -> ClusterResult:
    return sync(spark, lake.folder, config, config.sources, options)


def _synced_alike(spark: SparkSession, config: Config, lake: Lake) -> ClusterResult:
    """Sync both ways, and hold the lake to the index."""
    result = _sync(spark, config, lake)
    assert result.exit_code == 0, result
    assert native_sync(config.index, config.sources, NativeOptions(full=True)).exit_code == 0
    with reading(config.index) as index:
        native = index.execute(f"SELECT {COLUMNS} FROM objects ORDER BY ALL").fetchall()
        proved = index.execute("SELECT keys, key_hash FROM receipts WHERE run = $1", [result.run]).fetchall()
    assert lake.rows(COLUMNS, "ORDER BY ALL") == native
    assert proof(lake.table("receipts", "keys, key_hash", f"WHERE run = {result.run}")) == proof(proved)
    return result
