"""A sync by DuckDB alone beside one by Spark, of the same bucket: ``python -m tests.bench.spark_sync``.

Spark runs on a standalone cluster of this machine, with one worker and then with two, each with one processor. It
prints JSON: keys a second, and seconds of all processors a million keys, one row an engine. What Spark's processors
took is that of the driver and of all that the workers started; the list server is counted for nobody.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(_TESTS))

from spark.clusters import configured, environment  # noqa: E402
from spark.standalone import cluster  # noqa: E402

from bench.measuring import BenchmarkError  # noqa: E402
from bench.serving import ListServer, serving  # noqa: E402

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_SECONDS = 0.1
_Process = tuple[str, str]


def main() -> None:
    """Print a row an engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=5_000_000, help="how many keys (default 5,000,000)")
    keys = parser.parse_args().keys
    with serving(keys=keys) as bucket:
        rows = [_alone(bucket, keys), *(_on(bucket, keys, workers) for workers in (1, 2))]
    print(json.dumps({"load": os.getloadavg(), "rows": rows}, indent=1))


def _alone(bucket: ListServer, keys: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return _timed("DuckDB", keys, Path(folder), bucket, ["sync"], set())


def _on(bucket: ListServer, keys: int, workers: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder) / "cluster"
        home.mkdir()
        with cluster(home, workers) as running:
            words = ["spark", "sync", "--lake", "lake", "--master", running.url, *_settings()]
            sessions = {worker.process.pid for worker in running.workers}
            return _timed(f"Spark, {workers} workers", keys, Path(folder), bucket, words, sessions)


def _settings() -> Iterator[str]:
    for setting in ("driver.host=127.0.0.1", "driver.bindAddress=127.0.0.1", "executor.memory=768m"):
        yield from ("--conf", f"spark.{setting}")


def _timed(  # noqa: PLR0913, PLR0917 - what is timed, and where
    engine: str, keys: int, folder: Path, bucket: ListServer, words: list[str], sessions: set[int]
) -> dict[str, object]:
    configured(folder, shots=bucket.url)
    before = sum(_seconds(sessions).values())
    begun = time.perf_counter()
    command = [sys.executable, "-m", "indexer", *words, "-q"]
    with (folder / "out").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=output, start_new_session=True)
        spent = _watched(process, sessions | {process.pid})
    wall = time.perf_counter() - begun
    if process.returncode:
        raise BenchmarkError(f"{engine} ended with {process.returncode}")
    return {
        "engine": engine,
        "keys_per_s": round(keys / wall),
        "cpu_s_per_million": round((sum(spent.values()) - before) / keys * 1e6, 2),
    }


def _watched(process: subprocess.Popen[bytes], sessions: set[int]) -> dict[_Process, float]:
    """What every process of some sessions took until this one ended, as it was when it was last looked at.

    Nobody else can tell: Spark's Pythons are killed, and waited for by processes that are killed too.
    """
    spent: dict[_Process, float] = {}
    while process.poll() is None:
        spent |= _seconds(sessions)
        time.sleep(_LOOK_SECONDS)
    return spent | _seconds(sessions)


def _seconds(sessions: set[int]) -> dict[_Process, float]:
    """Each process of some sessions by its number and when it began, and the seconds that it took itself."""
    found: dict[_Process, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended
            continue
        if int(fields[3]) in sessions:
            found[path.parent.name, fields[19]] = sum(map(int, fields[11:13])) / _TICKS
    return found


if __name__ == "__main__":
    main()
