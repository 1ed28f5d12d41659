"""What readers see while lakes are exported, and what an export leaves that is killed."""

from __future__ import annotations

import random
import subprocess
import time
from typing import TYPE_CHECKING

from store.processes import ended, line_of, started

from indexer.lake.export import export
from lake.lakes import NOW, change, manifest_of, names_of, paths_of, rows, whole

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 8
EXPORT = """
import sys
from datetime import datetime
from pathlib import Path
from indexer.lake.export import export

print("ready", flush=True)
export(Path(sys.argv[1]), Path(sys.argv[2]), datetime(2026, 11, 21))
"""

# Each export marks every object with a size of its own, so that a lake of two exports has two.
READ = """
import select
import sys
from pathlib import Path
import duckdb
from indexer.lake.manifest import read_manifest

lake, seen = Path(sys.argv[1]), []
while not select.select([sys.stdin], [], [], 0)[0]:
    paths = [str(lake / file.path) for file in read_manifest(lake).of("objects")]
    with duckdb.connect() as connection:
        sizes = connection.execute("SELECT DISTINCT size FROM read_parquet(?)", [paths]).fetchall()
    assert len(sizes) == 1, sizes
    if sizes[0][0] not in seen[-1:]:
        seen.append(sizes[0][0])
        print(sizes[0][0], flush=True)
assert seen == sorted(seen)
"""


def mark(index: Path, size: int) -> None:
    """Publish an index all of whose objects have one size."""
    change(index, f"UPDATE kept_rows SET size = {size}")


def killed_after(index: Path, lake: Path, seconds: float) -> None:
    """One export in a process of its own, which is killed so long after it began, if it is not done by then."""
    with started(EXPORT, index, lake) as process:
        assert line_of(process) == "ready"
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def test_a_killed_export_leaves_the_old_lake_or_the_new_one(index: Path, tmp_path: Path) -> None:
    """Whenever an export is killed the lake is whole, of before or after, and the next one clears away the rest."""
    chance, lake = random.Random(20261121), tmp_path / "lake"
    mark(index, 1)
    export(index, lake, NOW)
    begun = time.monotonic()
    mark(index, 2)
    export(index, tmp_path / "other", NOW)
    seconds = time.monotonic() - begun
    uncommitted = unfinished = 0
    for number in range(KILLS):
        old = whole(lake)
        mark(index, 100 + number)
        killed_after(index, lake, (number + chance.random()) / KILLS * seconds)
        uncommitted += whole(lake) == old
        unfinished += (lake / ".export").exists()
        export(index, lake, NOW)
        export(index, lake, NOW)
        assert names_of(lake) == paths_of(whole(lake))
        assert not (lake / ".export").exists()
    assert uncommitted > 0, "no kill hit before the lake was committed"
    assert unfinished > 0, "no kill hit while files were written"


def test_readers_see_the_old_lake_or_the_new_one(index: Path, tmp_path: Path) -> None:
    """A reader that opens the lake again and again sees only whole exports, in their order, and no error."""
    lake = tmp_path / "lake"
    mark(index, 1)
    export(index, lake, NOW)
    with started(READ, lake) as reader:
        assert line_of(reader) == "1"
        for size in range(2, 6):
            mark(index, size)
            export(index, lake, NOW)
            assert line_of(reader) == str(size)
        ended(reader)
    assert len(manifest_of(lake).of("objects")) > 1
    assert rows(index, "SELECT DISTINCT size FROM objects") == [(5,)]
