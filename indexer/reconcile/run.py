"""One reconciliation, top to bottom: make every check, settle what was known before, and publish the index."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.errors import IndexMissing
from indexer.reconcile.acknowledge import acknowledgements
from indexer.reconcile.check import checks
from indexer.reconcile.engine import Engine, Range
from indexer.reconcile.executor import OnDuckDB
from indexer.reconcile.settings import Thresholds
from indexer.reconcile.summary import Summary, summarize
from indexer.store import build, findings, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from indexer.config import Source

MEMORY_LIMIT = "2GB"
"""What the checks may hold at once; what does not fit is spilled beside the index."""


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Options:
    """How to reconcile. ``clock`` is what a test replaces."""

    thresholds: Thresholds = Thresholds()  # noqa: RUF009 - it is frozen
    between: Range = Range()  # noqa: RUF009
    clock: Callable[[], datetime] = _utc_now


def reconcile(index: Path, sources: Sequence[Source] = (), options: Options = Options()) -> Summary:
    """Find what should be there and is not, and publish it in the index.

    ``sources`` are the configured ones: what they expect goes before what the index knows of them.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexLocked: another run is at it.
    """
    if not index.exists():
        raise IndexMissing(f"{index} is not there yet: run `indexer sync`")
    with build(index, memory_limit=MEMORY_LIMIT, all_threads=True) as connection:
        run = runs.start(connection, "reconcile", options.clock())
        findings.expect(connection, sources)
        engine = Engine(OnDuckDB(connection), options.thresholds, options.between)
        engine.run()
        between = (options.between.since, options.between.until)
        made = [check.judged_by(options.thresholds) for check in checks().values()]
        findings.settle(connection, run, made, engine.seconds, between)
        findings.acknowledge(connection, map(astuple, acknowledgements(index).values()))
        summary = summarize(connection, run, engine.seconds)
        runs.finish(connection, run, options.clock(), "complete")
    return summary
