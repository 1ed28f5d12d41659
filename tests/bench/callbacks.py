"""How many callbacks a receiver takes, and that it loses none: ``python -m tests.bench.callbacks``.

It starts ``indexer serve`` over an inbox in a temporary folder, sends signed callbacks over connections that are kept
open for a while, and then kills it ten times in the middle of that. After each kill every acknowledged callback has to
be in the inbox exactly once. Load and receiver share this machine's processors.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from .calling import Load, call, receiving
from .report import machine

if TYPE_CHECKING:
    from .calling import Called

_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Load, then kill."""
    options = _parser().parse_args()
    print(f"{machine()}", flush=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        _print_syncs(Path(folder))
        _print_load(Path(folder), options)
        lost = sum(_killed(Path(folder), number, options) for number in range(options.kills))
    print(f"{options.kills} kills: {lost} acknowledged callbacks lost; load afterwards: {machine()['load']}")
    raise SystemExit(lost > 0)


def _print_syncs(folder: Path) -> None:
    """How long this disk takes for one sync: what bounds a single callback."""
    taken = []
    with (folder / "sync").open("wb") as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begun)
    print(f"fdatasync of 4 KiB: median {_ms(statistics.median(taken))}, worst {_ms(max(taken))}", flush=True)


def _print_load(folder: Path, options: argparse.Namespace) -> None:
    with receiving(folder) as called:
        before = _cpu(called)
        loads = _loads(called, options)
        cpu = _cpu(called) - before
        kept = called.kept()
    latencies = sorted(latency for load in loads for latency in load.latencies)
    acknowledged = [identity for load in loads for identity in load.acknowledged]
    seconds = max(load.seconds for load in loads)
    centiles = statistics.quantiles(latencies, n=100)
    others = sum(len(load.others) for load in loads)
    print(
        f"asked for {options.rate:,.0f}/s over {options.connections} connections for {options.seconds:.0f} s: "
        f"{len(acknowledged) / seconds:,.0f}/s acknowledged, {others} other answers; "
        f"p50 {_ms(centiles[49])}, p99 {_ms(centiles[98])}, worst {_ms(latencies[-1])}; "
        f"the receiver took {cpu / seconds:.2f} processors; "
        f"{sum(kept.get(identity) != 1 for identity in acknowledged)} acknowledged are not there once",
        flush=True,
    )


def _loads(called: Called, options: argparse.Namespace) -> list[Load]:
    """The load, from several processes at once."""
    share = options.connections // options.processes
    with get_context("spawn").Pool(options.processes) as pool:
        started = [
            pool.apply_async(_share, (called.port, options.seconds, options.rate / options.processes, share, f"{n}-"))
            for n in range(options.processes)
        ]
        return [each.get() for each in started]


def _share(port: int, seconds: float, rate: float, connections: int, name: str) -> Load:
    return call(port, seconds=seconds, rate=rate, connections=connections, name=name)


def _killed(folder: Path, number: int, options: argparse.Namespace) -> int:
    """Kill the receiver in the middle of a load, and count what was acknowledged and is not there once."""
    with receiving(folder) as called:
        killer = threading.Timer(1 + number * 0.13, called.process.kill)
        killer.start()
        load = call(called.port, seconds=60, rate=options.rate, connections=50, name=f"kill {number}-")
        killer.join()
        called.process.wait()
        kept = called.kept()
    lost = sum(kept.get(identity) != 1 for identity in load.acknowledged)
    print(
        f"kill {number + 1}: {len(load.acknowledged):,} acknowledged, {load.in_flight} in flight, {lost} lost",
        flush=True,
    )
    return lost


def _cpu(called: Called) -> float:
    """Seconds of all processors that the receiver took until now."""
    fields = Path(f"/proc/{called.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=2000.0, help="callbacks a second to aim at")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--processes", type=int, default=1, help="that send")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--folder", help="where the inbox is to be: on the disk to be measured")
    return parser


if __name__ == "__main__":
    main()
