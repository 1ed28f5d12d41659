"""``indexer spark sync``: bring a lake up to date by a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.cli.spark_lake import Lake, lake_options
from indexer.cli.sync import listing_options, outcome_row

if TYPE_CHECKING:
    from indexer.listing.crawl import Limits
    from indexer.sync import SyncResult

_CONCURRENCY = 16


@click.command("sync")
@click.option(
    "--shards", type=click.IntRange(1, 100_000), metavar="N", help="Into about how many ranges a source is cut."
)
@click.option("--inventories", is_flag=True, help="Read the sources' newest inventories, and list no bucket.")
@listing_options("of one task", _CONCURRENCY)
@common_options
@output_options()
@lake_options
def spark_sync(  # noqa: PLR0913 - an option each
    app: App,
    show: Show,
    *,
    names: tuple[str, ...],
    lake: Lake,
    shards: int | None,
    inventories: bool,
    allow_empty: bool,
    limits: Limits,
) -> None:
    """List whole buckets by a cluster, or read their inventories, and commit what they hold to a lake."""
    config = app.config()
    with lake.opened() as spark:
        from indexer.spark.sync import Options, sync  # noqa: PLC0415 - Spark is an extra

        tolerance = config.moderation.tolerance_seconds
        options = Options(limits, shards, allow_empty, inventories, tolerance_seconds=tolerance)
        result = sync(spark, lake.folder, config, config.chosen(names), options)
    _tell(show, result)


def _tell(show: Show, result: SyncResult) -> None:
    show([outcome_row(outcome) for outcome in result.outcomes])
    click.get_current_context().exit(result.exit_code)
