"""``indexer archive``: old days leave the index's file for Parquet files, and stay in its tables."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options

_DAYS = re.compile(r"([0-9]{1,5})d")


def begin_of(age: str, now: datetime) -> datetime:
    """The midnight, naive UTC, before which days are older than an age: ``90d`` before ``now``, or a date as it stands.

    Raises:
        click.BadParameter: it is neither.
    """
    if days := _DAYS.fullmatch(age):
        return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=int(days[1]))
    try:
        return datetime.strptime(age, "%Y-%m-%d")  # noqa: DTZ007 - naive UTC
    except ValueError:
        raise click.BadParameter(f"{age!r} is neither days, as 90d, nor a date, as 2026-01-31") from None


def _begin(_: click.Context, __: click.Parameter, age: str) -> datetime:
    return begin_of(age, datetime.now(UTC).replace(tzinfo=None))


@click.command
@click.option(
    "--older-than",
    "before",
    callback=_begin,
    required=True,
    metavar="AGE",
    help="Days, as 90d, or a date: the days before leave, UTC.",
)
@click.option(
    "--lake",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep the files in this lake's folder `archive`; without it in INDEX.archive.",
)
@common_options
@output_options()
def archive(app: App, show: Show, before: datetime, lake: Path | None) -> None:
    """Move old days out of the index's file, into Parquet files that its tables go on to show.

    Screenshots go whose keys end with their time, of days that were over a day before their source was last listed
    whole. Queries, reports and pages work as before. Keep the files where they are: the index needs them.
    """
    # Parquet's library is nothing that the other commands should wait for.
    from indexer.lake.archive import archive as move  # noqa: PLC0415

    index = app.index()
    folder = lake.absolute() / "archive" if lake else index.with_name(f"{index.name}.archive")
    days = move(index, folder, before)
    show([asdict(day) for day in days])
    moved = sum(day.objects for day in days)
    app.say(f"{moved:,} objects of {len(days):,} days left {index} for {folder}" if days else "no day is to leave")
