"""``indexer sync`` and ``indexer status``: bring the index up to date, and say what it holds and how that is known."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from indexer.cli.common import App, common_options, escaped
from indexer.cli.output import Show, output_options
from indexer.status import describe
from indexer.store import reading
from indexer.sync import Options, Progress, SourceOutcome
from indexer.sync import sync as run_sync

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@click.command
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--allow-empty", is_flag=True, help="Believe a source that held objects and now lists none.")
@common_options
@output_options()
def sync(app: App, show: Show, names: tuple[str, ...], *, allow_empty: bool) -> None:
    """List the sources' buckets, decode their keys, and publish the index."""
    config = app.config()
    with _progress(quiet=app.quiet) as progress:
        result = run_sync(app.index(config), config.chosen(names), Options(allow_empty=allow_empty, progress=progress))
    show([_row(outcome) for outcome in result.outcomes])
    click.get_current_context().exit(result.exit_code)


@click.command
@common_options
@output_options()
def status(app: App, show: Show) -> None:
    """Say what the index holds, and prove that every listed object is in it."""
    with reading(app.index()) as connection:
        described = describe(connection)
    show(described.sources)
    if show.for_people:
        for line in described.lines:
            click.echo(escaped(line))


def _row(outcome: SourceOutcome) -> dict[str, object]:
    merged = outcome.merged
    return {
        "source": outcome.source,
        "result": "complete" if merged else type(outcome.error).__name__,
        "listed": merged.listed if merged else None,
        "added": merged.added if merged else None,
        "changed": merged.changed if merged else None,
        "deleted": merged.deleted if merged else None,
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
