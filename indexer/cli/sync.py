"""``indexer sync`` and ``indexer status``: bring the index up to date, and say what it holds and how that is known."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
import pyarrow as pa
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.listing.crawl import Limits
from indexer.status import describe, unfinished
from indexer.store import reading
from indexer.sync import Options, Progress, estimates
from indexer.sync import sync as run_sync
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.harvest import SourceOutcome
    from indexer.planning import Estimate


def listing_options(
    whose: str, concurrency: int = Limits().concurrency
) -> Callable[[Callable[..., object]], Callable[..., None]]:
    """Give a command the ``names`` of sources, whether to ``allow_empty`` ones, and the ``limits`` of listing them.

    ``whose`` says in words of which requests those are limits.
    """

    def decorate(function: Callable[..., object]) -> Callable[..., None]:
        @click.argument("names", nargs=-1, metavar="[SOURCE]...")
        @click.option("--allow-empty", is_flag=True, help="Believe a source that held objects and now lists none.")
        @click.option(
            "--concurrency",
            type=click.IntRange(1, 1024),
            default=concurrency,
            show_default=True,
            metavar="N",
            help=f"The most requests at once {whose}; how many of them pay is found out.",
        )
        @click.option(
            "--max-requests-per-second",
            type=click.FloatRange(0, min_open=True),
            metavar="N",
            help=f"The most requests a second {whose}.",
        )
        @wraps(function)
        def command(
            *arguments: Any,  # noqa: ANN401 - the wrapped command's own
            concurrency: int,
            max_requests_per_second: float | None,
            **rest: Any,  # noqa: ANN401
        ) -> None:
            function(*arguments, limits=Limits(concurrency, max_requests_per_second), **rest)

        return command

    return decorate


@click.command
@click.option("--full", is_flag=True, help="List everything, whatever is known to be finished.")
@click.option("--plan", "only_plan", is_flag=True, help="Say what a run would ask for and cost, and list nothing.")
@listing_options("to one vendor host")
@common_options
@output_options()
def sync(  # noqa: PLR0913 - an option each
    app: App,
    show: Show,
    *,
    names: tuple[str, ...],
    full: bool,
    only_plan: bool,
    allow_empty: bool,
    limits: Limits,
) -> None:
    """List the sources' buckets, decode their keys, and publish the index.

    Once a source was listed to its end, a run lists what can be new since, and all of it every few runs. A run that was
    broken off is gone on with.
    """
    config = app.config()
    index, sources = app.index(config), config.chosen(names)
    if only_plan:
        show([_estimate_row(source.name, estimate) for source, estimate in estimates(index, sources, full=full)])
        return
    # Arrow's own pools keep what pages took for every thread that took one.
    pa.set_memory_pool(pa.system_memory_pool())
    with _progress(quiet=app.quiet) as progress:
        options = Options(
            full=full,
            allow_empty=allow_empty,
            limits=limits,
            progress=progress,
            tolerance_seconds=config.moderation.tolerance_seconds,
        )
        result = run_sync(index, sources, options)
    show([outcome_row(outcome) for outcome in (*result.inventories, *result.outcomes)])
    for outcome in result.outcomes:
        for line in _left_out(outcome):
            app.say(line)
    click.get_current_context().exit(result.exit_code)


@click.command
@common_options
@output_options()
def status(app: App, show: Show) -> None:
    """Say what the index holds, and prove that every listed object is in it."""
    index = app.index()
    with reading(index) as connection:
        described = describe(connection)
    show(described.sources)
    if show.for_people:
        for line in (*described.lines, *unfinished(index)):
            click.echo(escaped(line))


def outcome_row(outcome: SourceOutcome) -> dict[str, object]:
    """What became of a source, as a row to show."""
    merged, listing = outcome.merged, outcome.listing
    result = type(outcome.error).__name__ if outcome.error else "complete"
    return {
        "source": outcome.source,
        "result": result,
        "mode": listing.mode if listing else None,
        "requests": listing.requests if listing else None,
        "listed": merged.listed if merged else None,
        "added": merged.added if merged else None,
        "changed": merged.changed if merged else None,
        "deleted": merged.deleted if merged else None,
        "skipped": listing.skipped if listing else None,
        "left": merged.left_out if merged else None,
    }


def _left_out(outcome: SourceOutcome) -> Iterator[str]:
    """What of a source a run did not look at, in words."""
    if outcome.listing and outcome.listing.mode == "incremental":
        skipped = f"{outcome.listing.skipped:,} known objects were not looked at"
        yield f"source {outcome.source}: {outcome.why}; {skipped}"
    if outcome.merged and outcome.merged.left_out:
        left = f"{outcome.merged.left_out:,} objects written since the run began"
        yield f"source {outcome.source}: {left} are left to the next"


def _estimate_row(source: str, estimate: Estimate) -> dict[str, object]:
    return {
        "source": source,
        "mode": estimate.mode,
        "requests": estimate.requests,
        "seconds": None if estimate.seconds is None else round(estimate.seconds, 1),
        "cost_usd": None if estimate.cost is None else round(estimate.cost, 4),
        "why": estimate.why,
    }


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Show how far the listing has come, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("listing")

        def progress(now: Progress) -> None:
            elapsed = bar.tasks[task].elapsed or 0.0
            rate = f", {now.keys / elapsed:,.0f} keys/s" if elapsed else ""
            bar.update(task, description=f"{escaped(now.source)}: {now.keys:,} keys, {now.pages:,} requests{rate}")

        yield progress
