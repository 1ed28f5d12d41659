"""What a reconciliation takes, and each of its checks beside SQL written by hand: ``python -m tests.bench.reconcile``.

The index is made by SQL: 20 million screenshots of 30 days, with gaps, failovers, frozen and black pictures, late
uploads and deletions among them, 200,000 verdicts and 5 million notifications. A round reconciles a copy of it as
``indexer reconcile`` does, in a process of its own; then each statement of ``by_hand/`` is run on the published index,
with the same memory and threads. Each of them is what an analyst would write for the same question over the views: an
anti-join, a window or an aggregate.

A check stands on relations that it shares with others. ``seconds`` is the check by itself; ``with_share`` has its equal
share of what it stands on too, so that these add up to the whole; the ratio is of that. ``alone`` is what it would take
as the only check there is.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from indexer.reconcile import checks, reconcile
from indexer.reconcile.run import MEMORY_LIMIT
from indexer.store import build, match

from .join import fill

_MB = 1_000_000
_HERE = Path(__file__).parent
# What each check stands on; those of the sessions stand on all that is made of a part's shots before them.
_SHARED = {
    "shots": ("sessions", "session_list", "shots", "session_stats"),
    "gaps": ("sessions", "session_list", "shots", "session_stats", "gaps"),
    "session_stats": ("sessions", "session_list", "shots", "session_stats"),
    "session_list": ("sessions", "session_list"),
    "notified": ("sessions", "session_list", "notified"),
    "evidence": ("sessions", "evidence"),
    "judged": ("judged",),
    "latencies": ("latencies",),
    "skews": ("latencies", "skews"),
}


def main() -> None:
    """Print the rounds' medians: of the whole, and of each check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=20_000_000, help="how many screenshots (default 20,000,000)")
    parser.add_argument("--verdicts", type=int, default=200_000, help="how many verdicts (default 200,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how many rounds (default 3)")
    parser.add_argument("--index", type=Path, help="an index of an earlier run to use; made there if it is not")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(_reconciled(options.index)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        index = options.index or Path(folder) / "index.duckdb"
        if not index.exists():
            make_index(index, options.keys, options.verdicts)
        copy = Path(folder) / "copy.duckdb"
        rounds = [_round(index, copy) for _ in range(options.rounds)]
    print(json.dumps(_told(rounds), indent=1))


def make_index(index: Path, keys: int, verdicts: int) -> None:
    """Make an index of so many screenshots and verdicts, without a run of reconciliation."""
    with build(index, memory_limit="4GB", all_threads=True) as connection:
        fill(connection, _HERE / "join.sql", objects=keys, verdicts=verdicts, days=30)
        fill(connection, _HERE / "reconcile.sql", objects=keys)
        match(connection)


def _round(index: Path, copy: Path) -> dict[str, Any]:
    shutil.copyfile(index, copy)
    command = [sys.executable, "-m", "tests.bench.reconcile", "--once", "--index", str(copy)]
    done: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return done | {"by_hand": _by_hand(copy)}


def _reconciled(index: Path) -> dict[str, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    summary = reconcile(index)
    return {
        "wall_s": time.perf_counter() - began,
        "cpu_s": time.process_time() - cpu,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MB,
        "seconds": dict(summary.seconds),
        "findings": {f"{row['kind']} {row['severity']}": row["new"] + row["open"] for row in summary.rows},
    }


def _by_hand(index: Path) -> dict[str, float]:
    with duckdb.connect(index, read_only=True) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        return {
            path.stem.replace("_", "-"): _timed(connection, path) for path in sorted((_HERE / "by_hand").glob("*.sql"))
        }


def _timed(connection: duckdb.DuckDBPyConnection, path: Path) -> float:
    began = time.perf_counter()
    connection.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {path.read_text('utf-8')}")
    return time.perf_counter() - began


def _told(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    whole = {name: statistics.median(each[name] for each in rounds) for name in ("wall_s", "cpu_s", "rss_mb")}
    shared = {name for steps in _SHARED.values() for name in steps}
    return {
        **whole,
        "shared": {name: _median(rounds, "seconds", name) for name in sorted(shared)},
        "checks": [_compared(kind, rounds) for kind in checks()],
    }


def _compared(kind: str, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    alone, by_hand = _median(rounds, "seconds", kind), _median(rounds, "by_hand", kind)
    shared = {step: _median(rounds, "seconds", step) for step in _stands_on(kind)}
    shares = sum(seconds / len(_standing_on(step)) for step, seconds in shared.items())
    return {
        "kind": kind,
        "findings": {name.split()[1]: many for name, many in rounds[-1]["findings"].items() if name.split()[0] == kind},
        "seconds": alone,
        "with_share": alone + shares,
        "alone": alone + sum(shared.values()),
        "by_hand": by_hand,
        "ratio": (alone + shares) / by_hand,
    }


def _standing_on(step: str) -> list[str]:
    """The checks that need a relation."""
    return [kind for kind in checks() if step in _stands_on(kind)]


@cache
def _stands_on(kind: str) -> frozenset[str]:
    """The relations that a check reads, and those that they are made of."""
    read = re.findall(r"\b(?:FROM|JOIN) ([a-z_]+)", checks()[kind].finds)
    return frozenset(step for relation in read for step in _SHARED.get(relation, ()))


def _median(rounds: list[dict[str, Any]], what: str, name: str) -> float:
    return float(statistics.median(each[what][name] for each in rounds))


if __name__ == "__main__":
    main()
