"""A sync on a real cluster of which one worker is killed ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from bench.serving import serving

from indexer.store import reading
from indexer.sync import sync as native_sync
from spark.answers import SMALL
from spark.clusters import SECRET, Lake, configured, environment, need_spark, proof

need_spark()

from spark.standalone import Cluster, cluster, until  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = int(os.environ.get("INDEXER_SPARK_KEYS", "100000"))
# Each request takes so long that tasks are under way whenever a worker is killed.
_MANY = 1_000_000
_LATENCY_MS = 100 if KEYS < _MANY else 0
_HASH = "count(*), sum(md5_number_lower(key)) % 18446744073709551616"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Cluster]:
    """A master and two workers."""
    home = tmp_path / "cluster"
    home.mkdir()
    with cluster(home, workers=2) as found:
        yield found


def test_a_sync_of_which_a_worker_is_killed_has_the_count_and_hash_of_an_undisturbed_one(
    running: Cluster, tmp_path: Path
) -> None:
    """The worker dies with its executor amid a task, which the other one does again; the lake has every key."""
    lake, events = Lake(tmp_path / "lake"), tmp_path / "events"
    events.mkdir()
    with serving(keys=KEYS, latency=_LATENCY_MS) as bucket:
        config = configured(tmp_path, shots=bucket.url)
        with (tmp_path / "driver.log").open("wb") as log, _driver(running.url, tmp_path, events, log) as driver:
            until(lambda: driver.poll() is not None or _some_are_listed(lake, running))
            assert driver.poll() is None, (tmp_path / "driver.log").read_text()
            lost = running.workers[0].executors()
            running.workers[0].kill()
            until(lambda: running.states() == ["ALIVE", "DEAD"])
            assert driver.wait() == 0, (tmp_path / "driver.log").read_text()
        undisturbed = _undisturbed(config, tmp_path)
    assert _tasks_lost(events) & lost, "nothing was killed that was at work"
    assert proof(lake.table("receipts", "keys, key_hash")) == undisturbed
    assert [(keys, int(total)) for keys, total in lake.rows(_HASH)] == [undisturbed]
    told = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "secret"]
    assert all(SECRET.encode() not in text for text in told)


def _driver(master: str, home: Path, events: Path, log: Any) -> subprocess.Popen[bytes]:
    settings = (SMALL if KEYS < _MANY else {}) | {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "512m",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
    }
    options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    command = [sys.executable, "-m", "indexer", "spark", "sync", "--lake", "lake", "--master", master, *options]
    return subprocess.Popen([*command, "--concurrency", "2"], cwd=home, env=environment(), stdout=log, stderr=log)


def _some_are_listed(lake: Lake, running: Cluster) -> bool:
    """Whether both workers are at it, and there is still much to list."""
    files = len(list(lake.folder.glob(".sync/*/listed/shots/*.parquet")))
    return files >= 2 and all(worker.executors() for worker in running.workers)


def _tasks_lost(events: Path) -> set[str]:
    """The executors that had a task when they were lost, by Spark's own record."""
    lines = [json.loads(line) for path in events.rglob("*") if path.is_file() for line in path.read_text().splitlines()]
    ended = [line for line in lines if line.get("Event") == "SparkListenerTaskEnd"]
    return {
        line["Task Info"]["Executor ID"] for line in ended if line["Task End Reason"]["Reason"] == "ExecutorLostFailure"
    }


def _undisturbed(config: Any, home: Path) -> tuple[int, int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOTS_ID", "an-id")
        assert native_sync(config.index, config.sources).exit_code == 0
    with reading(config.index) as index:
        return proof(index.execute("SELECT keys, key_hash FROM receipts").fetchall())
