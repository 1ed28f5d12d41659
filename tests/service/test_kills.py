"""A receiver that is killed, stopped, or out of disk in the middle of a load: what it acknowledged is there."""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import statistics
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

from bench.calling import call, receiving

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20261121
KILLS = 3
LONG = 60.0
HELD_SECONDS = 0.2


def interrupt(process_id: int, number: int, seconds: float) -> threading.Timer:
    """Send a signal after so long."""
    timer = threading.Timer(seconds, os.kill, (process_id, number))
    timer.start()
    return timer


def test_what_was_acknowledged_before_a_kill_is_kept_once(tmp_path: Path) -> None:
    """After each of several kills in mid-load, every acknowledged callback is in the inbox exactly once."""
    chance, acknowledged, hit = random.Random(SEED), [], 0
    for number in range(KILLS):
        with receiving(tmp_path) as called:
            killer = interrupt(called.process.pid, signal.SIGKILL, 0.3 + chance.random() / 2)
            load = call(called.port, seconds=LONG, rate=2000, connections=20, name=f"{number}-")
            killer.join()
            called.process.wait()
            acknowledged += load.acknowledged
            hit += bool(load.acknowledged and load.in_flight)
            kept = called.kept()
        assert [identity for identity in acknowledged if kept.get(identity) != 1] == []
    assert hit > 0, "no kill hit in mid-load"


def test_a_stop_answers_what_is_in_flight(tmp_path: Path) -> None:
    """On SIGTERM what was asked is answered, the process ends well, and nothing is there that was not acknowledged."""
    with receiving(tmp_path) as called:
        stopper = interrupt(called.process.pid, signal.SIGTERM, 0.5)
        load = call(called.port, seconds=LONG, rate=2000, connections=20)
        stopper.join()
        assert called.process.wait(30) == 0
        kept = called.kept()
    assert load.acknowledged
    assert set(load.others) <= {503}
    assert {identity for identity in load.acknowledged if kept.get(identity) != 1} == set()
    # A connection that is closed between two requests may have taken one that nobody read.
    assert len(kept) == len(load.acknowledged)


def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    """Where no more fits on the disk, callbacks get 503, and all that were acknowledged are there."""
    with receiving(tmp_path) as called:
        resource.prlimit(called.process.pid, resource.RLIMIT_FSIZE, (300_000, 300_000))
        load = call(called.port, seconds=1.5, rate=1000, connections=10)
        assert called.process.poll() is None
        kept = called.kept()
    assert (set(load.others), load.in_flight) == ({503}, 0)
    assert load.acknowledged
    assert [identity for identity in load.acknowledged if kept.get(identity) != 1] == []


def test_an_answer_does_not_wait_for_its_second_part(tmp_path: Path) -> None:
    """Answers over a connection that is kept open come as soon as they are made, and not with the next 40 ms."""
    with receiving(tmp_path) as called:
        load = call(called.port, seconds=1, rate=100, connections=1)
    assert load.acknowledged
    assert statistics.median(load.latencies) < 0.03


def test_another_writer_is_waited_for(tmp_path: Path) -> None:
    """While another process writes to the inbox, callbacks wait and are not refused."""
    with receiving(tmp_path) as called:
        held = threading.Event()

        def hold() -> None:
            with closing(sqlite3.connect(called.inbox, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                held.set()
                time.sleep(HELD_SECONDS)
                connection.execute("COMMIT")

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait()
        load = call(called.port, seconds=0.1, rate=100, connections=1)
        holder.join()
        assert (len(load.acknowledged) > 0, load.others) == (True, [])
        assert max(load.latencies) > HELD_SECONDS / 2
