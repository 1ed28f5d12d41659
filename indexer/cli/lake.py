"""``indexer export`` and ``indexer attach``: the index as files that every engine reads, and such files as an index."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show
from indexer.config.lake import Lake

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "iceberg"]),
    default="parquet",
    show_default=True,
    help="Parquet files with a manifest, or Iceberg tables.",
)
@common_options
def export(app: App, folder: Path, form: str) -> None:
    """Write the index into a folder as Parquet files, of which only those of changed days are new.

    Objects lie there by source and day, every other table beside them; manifest.json names the files that count. With
    iceberg, the tables are in a catalog in the folder, or in the one that [lake.catalog] names.
    """
    # Parquet's library is nothing that the other commands should wait for.
    from indexer.lake.export import export as write  # noqa: PLC0415

    config = app.config_if_any()
    index, lake, now = app.index(config), folder.resolve(), datetime.now(UTC).replace(tzinfo=None)
    if form == "iceberg":
        from indexer.lake.iceberg import export_iceberg  # noqa: PLC0415 - an extra

        exported = export_iceberg(index, lake, (config and config.lake) or Lake(Path.cwd()))
    else:
        exported = write(index, lake, now)
    Show("table")([asdict(table) for table in exported])
    written = sum(table.written for table in exported)
    app.say(f"{lake} shows {index}: {written:,} of {sum(table.files for table in exported):,} files are new")


@click.command
@click.argument("folder", type=_FOLDER, metavar="LAKE")
@common_options
def attach(app: App, folder: Path) -> None:
    """Make an index that shows a lake: every query, report and page works on it, and no run.

    It shows the lake as it is now: attach it again after an export. An index of its own is never replaced.
    """
    # Parquet's library is nothing that the other commands should wait for.
    from indexer.lake.attach import attach as show  # noqa: PLC0415

    index, lake = app.index(), folder.resolve()
    manifest = show(lake, index)
    objects = sum(file.rows for file in manifest.of("objects"))
    app.say(f"{index} shows {lake} as of run {manifest.run}: {objects:,} objects")
