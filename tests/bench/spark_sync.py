"""A sync by DuckDB alone beside one by Spark, of the same bucket: ``python -m tests.bench.spark_sync``.

Spark runs on a standalone cluster of this machine, with one worker and then with two, each with one processor. It
prints JSON: keys a second, and seconds of all processors a million keys, one row an engine. What Spark's processors
took is that of the driver and of all that the workers started; the list server is counted for nobody.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(_TESTS))

from spark.clusters import configured, environment  # noqa: E402
from spark.standalone import Cluster, cluster, until  # noqa: E402

from bench.measuring import BenchmarkError  # noqa: E402
from bench.serving import ListServer, serving  # noqa: E402

_PR_SET_CHILD_SUBREAPER = 36
_ENDED = "Z"
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print a row an engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=5_000_000, help="how many keys (default 5,000,000)")
    keys = parser.parse_args().keys
    _adopt()
    with serving(keys=keys) as bucket:
        rows = [_alone(bucket, keys), *(_on(bucket, keys, workers) for workers in (1, 2))]
    print(json.dumps({"load": os.getloadavg(), "rows": rows}, indent=1))


def _alone(bucket: ListServer, keys: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return _timed("DuckDB", keys, Path(folder), bucket, ["sync"], lambda: 0.0)


def _on(bucket: ListServer, keys: int, workers: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder) / "cluster"
        home.mkdir()
        with cluster(home, workers) as running:
            words = ["spark", "sync", "--lake", "lake", "--master", running.url, *_settings()]
            return _timed(f"Spark, {workers} workers", keys, Path(folder), bucket, words, lambda: _spent(running))


def _settings() -> Iterator[str]:
    for setting in ("driver.host=127.0.0.1", "driver.bindAddress=127.0.0.1", "executor.memory=768m"):
        yield from ("--conf", f"spark.{setting}")


def _timed(  # noqa: PLR0913, PLR0917 - what is timed, and where
    engine: str, keys: int, folder: Path, bucket: ListServer, words: list[str], beside: Callable[[], float]
) -> dict[str, object]:
    configured(folder, shots=bucket.url)
    before = beside() + _reaped()
    begun = time.perf_counter()
    command = [sys.executable, "-m", "indexer", *words, "-q"]
    with (folder / "out").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=output, start_new_session=True)
        status = process.wait()
    wall = time.perf_counter() - begun
    if status:
        raise BenchmarkError(f"{engine} ended with {status}")
    until(lambda: _are_alone({process.pid}))
    cpu = beside() + _reaped() - before
    return {"engine": engine, "keys_per_s": round(keys / wall), "cpu_s_per_million": round(cpu / keys * 1e6, 2)}


def _adopt() -> None:
    """Have what the driver leaves behind, its Java, become this process's, so that it is counted."""
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise BenchmarkError("this system does not let a process take over what another one leaves")


def _reaped() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _spent(running: Cluster) -> float:
    """Seconds that the workers' processes took, with those that they waited for."""
    sessions = {worker.process.pid for worker in running.workers}
    until(lambda: _are_alone(sessions))
    return sum(seconds for _, session, _, seconds in _processes() if session in sessions)


def _are_alone(sessions: set[int]) -> bool:
    """Whether nothing of what these started is left; what was left to this process is waited for."""
    started = [(pid, state) for pid, session, state, _ in _processes() if session in sessions and pid not in sessions]
    for pid, _ in started:
        with suppress(ChildProcessError):  # it is still its own parent's
            os.waitpid(pid, os.WNOHANG)
    return all(state == _ENDED for _, state in started)


def _processes() -> Iterator[tuple[int, int, str, float]]:
    """Each process of this machine, its session, its state, and its seconds with those of what it waited for."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended
            continue
        yield int(path.parent.name), int(fields[3]), fields[0], sum(map(int, fields[11:15])) / _TICKS


if __name__ == "__main__":
    main()
