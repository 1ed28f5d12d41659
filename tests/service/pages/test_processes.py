"""The processes that run statements: what they know, and that none of them is left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indexer.service.pages.processes import Process, Spare
from indexer.service.pages.task import Kind, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60
ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"
# A server that is at work, and tells its process's number.
SERVER = f"""
import sys
from pathlib import Path
from indexer.service.pages.processes import Process
from indexer.service.pages.task import Task
process = Process()
process.hear()
process.ask(Task(Path(sys.argv[1]), {ENDLESS!r}, {{}}, None, "512MB", 600))
print(process.pid, flush=True)
sys.stdin.read()
"""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")


def task(index: Path, sql: str) -> Task:
    """A statement for a page."""
    return Task(index, sql, {}, None, "512MB", SECONDS)


@pytest.fixture
def process() -> Iterator[Process]:
    """A process that waits."""
    started = Process()
    yield started
    started.close()


def test_a_process_answers_and_ends(process: Process, empty_index: Path) -> None:
    """It says that it is ready, what the rows are, and that this is all."""
    process.ask(task(empty_index, "SELECT 42 AS answer"))
    said = [process.hear() for _ in range(3)]
    assert [kind for kind, _ in said] == [Kind.READY, Kind.PART, Kind.END]
    assert b'"rows": [["42"]]' in said[1][1]
    assert process.ended() == 0


@linux_only
def test_a_process_holds_no_secret_and_no_socket(monkeypatch: pytest.MonkeyPatch, empty_index: Path) -> None:
    """Nothing of the environment but what Python needs is handed on, and of what is open only the two pipes are."""
    monkeypatch.setenv("PAGES_TOKEN", "made-up-secret")
    process = Process()
    try:
        process.ask(task(empty_index, ENDLESS))
        assert process.hear()[0] is Kind.READY
        folder = Path(f"/proc/{process.pid}")
        names = {line.partition(b"=")[0] for line in (folder / "environ").read_bytes().split(b"\0") if line}
        kinds = {str(each.readlink()).partition(":")[0] for each in (folder / "fd").iterdir()}
    finally:
        process.close()
    assert names - {b"LD_LIBRARY_PATH", b"TZ"} == {b"ARROW_DEFAULT_MEMORY_POOL", b"MALLOC_ARENA_MAX", b"PYTHONPATH"}
    assert kinds <= {"pipe", "/dev/null", "anon_inode", str(empty_index)}


@linux_only
def test_no_process_outlives_a_server_that_is_killed(empty_index: Path) -> None:
    """A server that has no time to say anything leaves no process behind, not even one that is at work."""
    command = [sys.executable, "-c", SERVER, str(empty_index)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        at_work = os.pidfd_open(int(server.stdout.readline()))
        server.kill()
        try:
            # The descriptor becomes readable when the process ends.
            assert wait([at_work], SECONDS) == [at_work]
        finally:
            os.close(at_work)


def test_a_spare_is_taken_once() -> None:
    """A process that was started ahead is the one that is taken, and the next one is another."""
    spare = Spare()
    spare.warm()
    spare.warm()
    first, second = spare.take(), spare.take()
    try:
        assert first.pid != second.pid
        assert first.is_alive
        assert second.is_alive
    finally:
        first.close()
        second.close()
        spare.close()


def test_a_spare_that_has_ended_is_not_taken() -> None:
    """A process that ended while it waited is passed over."""
    spare = Spare()
    ended = Process()
    ended.close()
    spare._spare = ended  # noqa: SLF001 - what the system did to it
    taken = spare.take()
    try:
        assert taken.hear()[0] is Kind.READY
    finally:
        taken.close()


def test_nothing_is_started_ahead_of_an_end() -> None:
    """Once it is closed, no process waits, and none is started to."""
    spare = Spare()
    spare.warm()
    waiting = spare.take()
    spare.close()
    spare.warm()
    other = spare.take()
    try:
        assert other.pid != waiting.pid
        assert spare._spare is None  # noqa: SLF001 - that none waits is the point
    finally:
        waiting.close()
        other.close()


def test_a_process_that_has_ended_is_told_by_its_signal(process: Process) -> None:
    """What ended it can be asked."""
    assert process.hear()[0] is Kind.READY
    os.kill(process.pid, signal.SIGABRT)
    assert process.ended() == -signal.SIGABRT
    with pytest.raises(EOFError):
        process.hear()
