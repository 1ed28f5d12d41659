"""What a killed run leaves, and what readers see while runs publish."""

from __future__ import annotations

import hashlib
import random
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from store.listings import rows, shot
from store.processes import ended, line_of, started

from indexer.config import load_config
from indexer.store import reading
from indexer.sync import sync

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILES = 20_000
KILLS = 10
CONFIG = """
[sources.classroom]
storage = { vendor = "local", bucket = "./bucket" }
"""

SYNC = """
import sys
from pathlib import Path
from indexer.config import load_config
from indexer.sync import sync

config = load_config(Path(sys.argv[1]))
print("ready", flush=True)
sys.exit(sync(config.index, config.sources).exit_code)
"""

READ = """
import select
import sys
from pathlib import Path
import duckdb
from indexer.store import reading

OBSERVE = '''
SELECT
    (SELECT max(run) FROM runs),
    (SELECT max(run) FROM receipts),
    (SELECT count(*) FROM screenshots WHERE deleted_at IS NULL)
        + (SELECT count(*) FROM other_objects WHERE deleted_at IS NULL),
    (SELECT arg_max(keys, run) FROM receipts)
'''

def observe(connection):
    run, proved, held, listed = connection.execute(OBSERVE).fetchone()
    assert run == proved and held == listed, (run, proved, held, listed)
    return run

index = Path(sys.argv[1])
seen = []
with duckdb.connect(str(index), read_only=True) as kept:
    first = observe(kept)
    while not select.select([sys.stdin], [], [], 0)[0]:
        with reading(index) as fresh:
            run = observe(fresh)
        assert observe(kept) == first
        if run not in seen[-1:]:
            seen.append(run)
            print(run, flush=True)
assert seen == sorted(seen)
"""


class State(NamedTuple):
    """What a published index says that it holds, and the proof of it."""

    run: int
    status: str
    held: int
    listed: int
    key_hash: int


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration of one folder, which is the bucket beside it."""
    (tmp_path / "bucket").mkdir()
    (tmp_path / "indexer.toml").write_text(CONFIG)
    return tmp_path / "indexer.toml"


def write(bucket: Path, keys: Iterable[str]) -> None:
    """Put empty files into a bucket."""
    for key in keys:
        (bucket / key).touch()


def name(number: int) -> str:
    """One of many screenshots' names."""
    return shot(number % 60, uid=number)


def hash_of(bucket: Path) -> int:
    """The hash that a receipt of this bucket should have."""
    halves = (hashlib.md5(path.name.encode()).digest()[8:] for path in bucket.iterdir())
    return sum(int.from_bytes(half, "little") for half in halves) % 2**64


def state(index: Path) -> State:
    """What the published index says."""
    held = "SELECT count(*) FROM objects WHERE deleted_at IS NULL"
    with reading(index) as connection:
        told = rows(connection, f"SELECT run, status, ({held}), keys, key_hash FROM runs JOIN receipts USING (run)")
    return State(*max(told))


def run_killed_after(config: Path, seconds: float) -> None:
    """One run in a process of its own, which is killed so long after it began, if it is not done by then."""
    with started(SYNC, config) as process:
        assert line_of(process) == "ready"
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def run_duration(config: Path) -> float:
    """How many seconds a run takes in a process of its own."""
    with started(SYNC, config) as process:
        assert line_of(process) == "ready"
        begun = time.monotonic()
        ended(process)
        return time.monotonic() - begun


def test_a_killed_run_leaves_the_old_index_or_the_new_one(config: Path) -> None:
    """Whenever a run is killed, the published index opens and is whole, of before or after, and the next run works."""
    chance = random.Random(20261121)
    bucket, index = config.parent / "bucket", config.parent / "index.duckdb"
    write(bucket, map(name, range(FILES)))
    sources = load_config(config).sources
    sync(index, sources)
    seconds = run_duration(config)
    unpublished = unfinished = 0
    for number in range(KILLS):
        old = state(index)
        write(bucket, [name(FILES + number)])
        (bucket / name(number)).unlink()
        run_killed_after(config, (number + chance.random()) / KILLS * seconds)
        new = State(old.run + 1, "complete", FILES, FILES, hash_of(bucket))
        left = state(index)
        assert left in (old, new)
        unpublished += left == old
        unfinished += index.with_name("index.duckdb.build").exists()
        assert sync(index, sources).exit_code == 0
        assert state(index) == new._replace(run=left.run + 1)
    assert unpublished > 0, "no kill hit before the run was published"
    assert unfinished > 0, "no kill hit while the index was built"


def test_readers_see_whole_runs_while_others_publish(config: Path) -> None:
    """A reader that opens the index again and again, and one that keeps it open, see only whole runs, and no error."""
    bucket, index = config.parent / "bucket", config.parent / "index.duckdb"
    sources = load_config(config).sources
    write(bucket, map(name, range(3000)))
    sync(index, sources)
    with started(READ, index) as reader:
        assert line_of(reader) == "1"
        for run in range(2, 5):
            write(bucket, map(name, range(run * 3000, run * 3000 + 700)))
            for number in range(run * 500, run * 500 + 300):
                (bucket / name(number)).unlink()
            assert sync(index, sources).exit_code == 0
            assert line_of(reader) == str(run)
        ended(reader)
