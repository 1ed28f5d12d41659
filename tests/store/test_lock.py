"""One writer at a time, and a lock that does not outlive its process."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from indexer.errors import IndexLocked
from indexer.store import build, reading
from indexer.store.lock import held, lock_of, locked
from store.processes import ended, line_of, started

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from indexer.store.lock import held, lock_of, locked

with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    """Who builds while another process does is told so with exit code 6, with that process and the lock's place."""
    index, lock = tmp_path / "index.duckdb", tmp_path / "index.duckdb.lock"
    with started(HOLD, lock) as process:
        assert line_of(process) == "locked"
        with pytest.raises(IndexLocked, match=rf"process {process.pid}\b.*{lock}") as caught, build(index):
            pass
        ended(process)
    assert caught.value.exit_code == 6
    assert not index.exists()


def test_a_second_writer_of_the_same_process_is_refused(tmp_path: Path) -> None:
    """Two builds of one process are no more allowed than those of two."""
    with build(tmp_path / "index.duckdb"):
        pid = os.getpid()
        with pytest.raises(IndexLocked, match=rf"process {pid}\b"), build(tmp_path / "index.duckdb"):
            pass


def test_a_refused_writer_leaves_the_first_one_alone(tmp_path: Path) -> None:
    """A build goes on to be published though another one was refused meanwhile."""
    index = tmp_path / "index.duckdb"
    with build(index) as connection:
        with pytest.raises(IndexLocked), build(index):
            pass
        connection.execute("CREATE TABLE mine AS SELECT 1")
    with reading(index) as connection:
        assert connection.execute("FROM mine").fetchall() == [(1,)]


def test_a_lock_ends_with_its_block(tmp_path: Path) -> None:
    """After a run, even one that failed, the next one begins."""
    lock = tmp_path / "lock"
    with pytest.raises(ValueError, match="of the block"), locked(lock):
        raise ValueError("of the block")
    with locked(lock):
        assert lock.read_text() == f"process {os.getpid()}\n"


def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    """The lock of a process that was killed, whose file is still there, does not stop the next run."""
    lock = tmp_path / "index.duckdb.lock"
    with started(HOLD, lock) as process:
        assert line_of(process) == "locked"
        process.kill()
    assert lock.read_text() == f"process {process.pid}\n"
    with build(tmp_path / "index.duckdb"):
        assert lock.read_text() == f"process {os.getpid()}\n"


def test_a_reader_needs_no_lock(tmp_path: Path) -> None:
    """An index can be read while another one is built."""
    index = tmp_path / "index.duckdb"
    with build(index):
        pass
    with build(index), reading(index) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchall() == [(0,)]


def test_an_index_is_held_over_several_runs(tmp_path: Path) -> None:
    """Between the runs of who holds an index no other process begins one, and each of them is published."""
    index = tmp_path / "index.duckdb"
    with held(index):
        for number in range(2):
            with build(index) as connection:
                connection.execute(f"CREATE TABLE run_{number} AS SELECT 1")
            with started(HOLD, lock_of(index)) as other:
                assert (line_of(other), other.wait(30)) == ("", 1)
    with build(index) as connection:
        assert connection.execute("FROM run_0, run_1").fetchall() == [(1, 1)]


def test_an_index_that_is_held_is_built_by_one_run_at_a_time(tmp_path: Path) -> None:
    """Who holds an index builds it once at a time, as everybody does, and its other threads do not build it."""
    index = tmp_path / "index.duckdb"
    with held(index), ThreadPoolExecutor(1) as others:
        with build(index), pytest.raises(IndexLocked), build(index):
            pass
        with pytest.raises(IndexLocked):
            others.submit(build(index).__enter__).result()


def test_an_index_is_held_until_the_block_ends(tmp_path: Path) -> None:
    """After the block, though a run in it failed, others hold the index, and who wants it then is refused."""
    index = tmp_path / "index.duckdb"
    with pytest.raises(ValueError, match="of the run"), held(index), build(index):
        raise ValueError("of the run")
    with started(HOLD, lock_of(index)) as other:
        assert line_of(other) == "locked"
        with pytest.raises(IndexLocked, match=rf"process {other.pid}\b"), held(index):
            pass
        ended(other)
