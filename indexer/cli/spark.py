"""``indexer spark``: what a cluster does with a lake."""

from __future__ import annotations

import click

from indexer.cli.spark_ingest import spark_ingest
from indexer.cli.spark_lake import spark_query, spark_reconcile, spark_sql
from indexer.cli.spark_sync import spark_sync


@click.group
def spark() -> None:
    """Work on a lake by Apache Spark: on this machine, or on a cluster."""


for command in (spark_sync, spark_ingest, spark_query, spark_sql, spark_reconcile):
    spark.add_command(command)
