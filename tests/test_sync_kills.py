"""Runs that are killed again and again while a server throttles them and breaks off its answers."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from bench.faults import FAULTS
from bench.serving import serving
from store.listings import rows
from store.processes import line_of, started

from indexer.store import reading

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from bench.serving import ListServer

SEED = 20261121
KILLS = 50
WORKERS = 6
KEYS = 36_000
PAGES = KEYS // 1000
ODD = 96
ADDED = "0123456789abcdef"
HELD = KEYS + ODD + len(ADDED)
LONGEST_SECONDS = 1.0
LOADING_SECONDS = 0.4
CONFIG = """
index = "index/index.duckdb"

[sources.classroom]
layout = "cloud-recording"

[sources.classroom.storage]
vendor = "s3"
region = "us-east-1"
endpoint = "{server.url}"
bucket = "{server.bucket}"
accessKey = "env:LIST_KEY"
secretKey = "env:LIST_SECRET"
"""

SYNC = f"""
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from indexer.config import load_config
from indexer.listing.crawl import Clock, Limits
from indexer.listing.retry import Backoff
from indexer.sync import Options, sync
from indexer.vendors import s3

config = load_config(Path(sys.argv[1]))
clock = Clock(lambda: datetime(2027, 1, 1) + timedelta(seconds=time.monotonic()), backoff=Backoff(first_seconds=0.05))
options = Options(
    full=True,
    limits=Limits(concurrency={WORKERS}),
    clock=clock,
    progress=lambda progress: progress.keys < {HELD} or print("listed", flush=True),
)
if not sys.stdin.readline():
    sys.exit()
print("begins", flush=True)
sys.exit(sync(config.index, config.sources, options).exit_code)
"""


@dataclass
class Tally:
    """What the kills hit, and how many pages of each killed listing were answered again, beside how many may be."""

    kills: int = 0
    while_listing: int = 0
    while_loading: int = 0
    after_publishing: int = 0
    builds_left: int = 0
    repeated: list[tuple[int, int]] = field(default_factory=list)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ListServer]:
    """A bucket whose server answers late, throttles, and breaks off or refuses some answers."""
    monkeypatch.setenv("LIST_KEY", "AKIDEXAMPLE")
    monkeypatch.setenv("LIST_SECRET", "SECRETEXAMPLEKEY")
    with serving(
        keys=KEYS, odd=ODD, latency=30, throttle=25, fault_rate=0.05, seed=SEED, count_positions=True
    ) as running:
        yield running


def configured(folder: Path, server: ListServer) -> Path:
    """A configuration of that bucket, in a folder of its own."""
    folder.mkdir()
    (folder / "indexer.toml").write_text(CONFIG.format(server=server))
    return folder / "indexer.toml"


def runs_of(config: Path) -> Generator[subprocess.Popen[str], None, None]:
    """Full runs that begin, each in a process of its own. The next one is made ready while the one before is at it."""
    with ExitStack() as processes:
        following = processes.enter_context(started(SYNC, config))
        while True:
            process, following = following, processes.enter_context(started(SYNC, config))
            assert process.stdin is not None
            print("begin", file=process.stdin, flush=True)
            assert line_of(process) == "begins"
            yield process


def survives(process: subprocess.Popen[str], number: int, chance: random.Random) -> bool:
    """Whether a run ends before it is killed: at any moment, or of every tenth, at one after the bucket was listed."""
    if number % 10:
        return ends(process, chance.random() * LONGEST_SECONDS)
    line_of(process)
    return ends(process, chance.random() * LOADING_SECONDS)


def ends(process: subprocess.Popen[str], seconds: float | None = None) -> bool:
    """Whether a run ended, and well, before it was killed after so long."""
    try:
        assert process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def last_run(index: Path) -> tuple[int, int]:
    """The number of the last published run, which is complete, and how many requests it sent."""
    if not index.exists():
        return 0, 0
    with reading(index) as connection:
        told = rows(connection, "SELECT run, requests, status FROM run_sources ORDER BY run DESC LIMIT 1")
    ((number, requests, status),) = told
    assert status == "complete"
    return number, requests


def held(index: Path) -> Counter[tuple[Any, ...]]:
    """The rows that the source holds, without the numbers of runs."""
    shown = "* EXCLUDE (first_seen_run, last_seen_run)"
    with reading(index) as connection:
        return Counter(rows(connection, f"SELECT {shown} FROM objects WHERE deleted_at IS NULL"))


def proved(index: Path) -> tuple[int, int]:
    """How many keys the last run's receipts prove, and their hash."""
    sums = "sum(keys)::UBIGINT, (sum(key_hash) % 18446744073709551616)::UBIGINT"
    with reading(index) as connection:
        ((keys, key_hash),) = rows(connection, f"SELECT {sums} FROM receipts WHERE run = (SELECT max(run) FROM runs)")
    return keys, key_hash


def change(server: ListServer, listing: int) -> None:
    """Delete what the change before this one added all through the bucket, and add others."""
    server.delete(f"{digit}{listing - 1:03}.jpg" for digit in ADDED)
    server.add(f"{digit}{listing:03}.jpg" for digit in ADDED)


def answered_again(server: ListServer, before: Counter[str]) -> int:
    """How many pages were answered well once more since the counts before."""
    return sum(times - 1 for times in (Counter(server.counts()["positions"]) - before).values())


def list_and_kill(
    index: Path, runs: Iterator[subprocess.Popen[str]], server: ListServer, chance: random.Random, tally: Tally
) -> None:
    """One listing, killed as often as it takes until it is published."""
    before, (number, _) = Counter(server.counts()["positions"]), last_run(index)
    kills = 0
    ended = False
    while last_run(index)[0] == number:
        process = next(runs)
        ended = survives(process, tally.kills, chance) if tally.kills < KILLS else ends(process)
        tally.kills += not ended
        kills += not ended
        tally.builds_left += index.with_name("index.duckdb.build").exists()
    if ended:
        assert {path.name for path in index.parent.iterdir()} == {"index.duckdb", "index.duckdb.lock"}
    requests = last_run(index)[1]
    assert kills > 0 or requests >= PAGES, "a listing that was not killed took pages from elsewhere"
    tally.while_listing += 0 < requests < PAGES
    tally.while_loading += requests == 0
    tally.after_publishing += not ended
    tally.repeated.append((answered_again(server, before), WORKERS * kills))


def test_fifty_kills_lose_nothing_and_ask_for_little_again(tmp_path: Path, server: ListServer) -> None:
    """However often a run is killed, the next goes on: the index is that of a run that was not, by few more pages."""
    config, other = configured(tmp_path / "killed", server), configured(tmp_path / "undisturbed", server)
    index, undisturbed = (each.parent / "index" / "index.duckdb" for each in (config, other))
    chance, tally, listings = random.Random(SEED), Tally(), 0
    with closing(runs_of(config)) as runs:
        while tally.kills < KILLS:
            listings += 1
            change(server, listings)
            list_and_kill(index, runs, server, chance, tally)
        assert ends(next(runs))
    with closing(runs_of(other)) as runs:
        assert ends(next(runs))
    assert not (held(index) - held(undisturbed)) + (held(undisturbed) - held(index))
    assert proved(index) == proved(undisturbed)
    assert proved(index)[0] == held(index).total() == HELD
    assert all(again <= most for again, most in tally.repeated), tally
    assert tally.while_listing > 0, f"no kill hit while a bucket was listed, or nothing was gone on with: {tally}"
    assert tally.while_loading > 0, f"no kill hit between the last page and publishing: {tally}"
    assert set(FAULTS) <= set(server.counts()["faults"]), "a fault met no request"
