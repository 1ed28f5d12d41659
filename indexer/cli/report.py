"""``indexer report``: one day of the index on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.common import App, argument, common_options

if TYPE_CHECKING:
    from datetime import datetime


@click.command
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    help="The HTML file to write.",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day to report, UTC; without it the newest one with screenshots.",
)
@click.option("--title", default="Live-video screenshots", show_default=True, help="What stands at the top.")
@common_options
def report(app: App, output: Path, day: datetime | None, title: str) -> None:
    """Write a report as one HTML file: what is wrong and where, a day's figures and charts, and the proof of them.

    The page loads nothing and runs no script. What is wrong is told as the last `indexer reconcile` found it.
    """
    # The library that draws is nothing that the other commands should wait for.
    from indexer.report import Options, write_report  # noqa: PLC0415

    write_report(app.index(), output.absolute(), Options(day and day.date(), argument(title)))
    app.say(f"wrote {output}")
