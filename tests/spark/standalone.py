"""A real standalone cluster on this machine: one master and its workers, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, build_opener

import pyspark

from spark.clusters import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SPARK_CLASS = Path(pyspark.__file__).parent / "bin" / "spark-class"
_DEADLINE_SECONDS = 240
_open = build_opener(ProxyHandler({})).open


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker with one processor, and the folder that it keeps its executors in."""

    process: subprocess.Popen[bytes]
    folder: Path

    def executors(self) -> set[str]:
        """The numbers of the executors that it started."""
        return {path.name for path in self.folder.glob("app-*/*")}

    def kill(self) -> None:
        """Kill it with its executors, so that nothing of them has a moment to say so."""
        os.killpg(self.process.pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster."""

    url: str
    pages: str
    workers: list[Worker]

    def states(self) -> list[str]:
        """What the master takes its workers for: ``ALIVE``, ``DEAD``."""
        return sorted(worker["state"] for worker in self._told()["workers"])

    def _told(self) -> dict[str, Any]:
        with _open(f"{self.pages}/json/") as answer:
            told: dict[str, Any] = json.load(answer)
            return told


@contextmanager
def cluster(home: Path, workers: int) -> Iterator[Cluster]:
    """Run a cluster until the block ends."""
    port, pages = _free_port(), _free_port()
    url = f"spark://127.0.0.1:{port}"
    with ExitStack() as running:
        master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(pages)]
        running.enter_context(_started(home / "master.log", *master))
        made = [_worker(running, url, home / f"worker-{number}") for number in range(workers)]
        found = Cluster(url, f"http://127.0.0.1:{pages}", made)
        until(lambda: found.states() == ["ALIVE"] * workers)
        yield found


def _worker(running: ExitStack, url: str, folder: Path) -> Worker:
    folder.mkdir()
    options = ["--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0"]
    command = ["worker.Worker", *options, "--work-dir", str(folder), url]
    return Worker(running.enter_context(_started(folder.with_suffix(".log"), *command)), folder)


@contextmanager
def _started(log: Path, name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(_SPARK_CLASS), f"org.apache.spark.deploy.{name}", *words]
    memory = {"SPARK_DAEMON_MEMORY": "256m"}
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, env=environment(**memory), stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


def until(happened: Callable[[], bool]) -> None:
    """Ask again and again until it has happened; fail where it does not."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not _asked(happened):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)  # another process has to come that far


def _asked(happened: Callable[[], bool]) -> bool:
    try:
        return happened()
    except (OSError, json.JSONDecodeError):  # it does not listen yet, or has nothing to say
        return False


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
