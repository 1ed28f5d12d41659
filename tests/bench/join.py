"""What the join of verdicts with screenshots takes: ``python -m tests.bench.join``.

The index is made by SQL, as a sync and an ingest would leave it; the clock runs while every verdict's object is found,
as it is after each run: with a run's own memory limit and threads. It prints JSON: the seconds, the peak of the memory,
and how many verdicts were found in each way.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.store import build, match
from indexer.store.statements import statement

if TYPE_CHECKING:
    import duckdb

_MB = 1_000_000
_SQL = Path(__file__).with_suffix(".sql")


def main() -> None:
    """Print the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=20_000_000, help="how many screenshots (default 20,000,000)")
    parser.add_argument("--verdicts", type=int, default=1_000_000, help="how many verdicts (default 1,000,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how many rounds (default 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, build(Path(folder) / "index.duckdb") as connection:
        fill(connection, objects=options.keys, verdicts=options.verdicts, days=300)
        rounds = [_round(connection) for _ in range(options.rounds)]
    print(json.dumps([{"screenshots": options.keys, **row} for row in rounds]))


def fill(connection: duckdb.DuckDBPyConnection, sql: Path = _SQL, **given: int) -> None:
    """Run the steps of a file, each with those of the given numbers that it names."""
    text = sql.read_text("utf-8").replace("{key}", statement("key").strip())
    connection.execute("SET preserve_insertion_order = false")
    for step in filter(str.strip, text.split(";\n")):
        connection.execute(step, {name: value for name, value in given.items() if f"${name}" in step} or None)
    connection.execute("CHECKPOINT")
    connection.execute("RESET preserve_insertion_order")


def _round(connection: duckdb.DuckDBPyConnection) -> dict[str, float | int]:
    began = time.perf_counter()
    match(connection)
    taken = time.perf_counter() - began
    ways = connection.execute("SELECT matched_by, count(*) FROM matches GROUP BY 1 ORDER BY 1").fetchall()
    (verdicts,) = connection.execute("SELECT count(*) FROM verdicts").fetchall()[0]
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"verdicts": verdicts, "wall_s": taken, "rss_mb": rss / _MB, **{str(way): found for way, found in ways}}


if __name__ == "__main__":
    main()
