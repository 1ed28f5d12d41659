"""``indexer spark ingest``: payloads from files, callbacks from the inbox, and both read again, into a lake."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from indexer.cli.common import App, common_options
from indexer.cli.moderation import Bodies, body_options, moderation_of
from indexer.cli.output import Show, output_options
from indexer.cli.spark_lake import lake_options

if TYPE_CHECKING:
    from indexer.cli.spark_lake import Lake


@click.command("ingest")
@common_options
@output_options()
@body_options
@lake_options
def spark_ingest(app: App, show: Show, *, bodies: Bodies, lake: Lake) -> None:
    """Take moderation payloads into a lake, and find the objects of their verdicts by a cluster."""
    config = app.config_if_any()
    if bodies.rebuild:
        lake.check_there()
    with bodies.work(app, config) as work, lake.opened() as spark:
        from indexer.spark.ingest import ingest  # noqa: PLC0415 - Spark is an extra

        show([asdict(ingest(spark, lake.folder, work, moderation_of(config).tolerance_seconds))])
