"""An index that is attached to a lake which Spark brought up to date shows what Spark shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from questions.sample import night

from indexer.config import load_config
from indexer.lake.attach import attach
from indexer.lake.export import export
from indexer.listing.crawl import Limits
from indexer.store import reading
from spark.answers import differences, in_any_order, rows_of_arrow, rows_of_duckdb
from spark.clusters import need_spark

need_spark()

from indexer.spark.lake import VIEWS, files_of, show  # noqa: E402
from indexer.spark.query import answer  # noqa: E402
from indexer.spark.sync import Options, sync  # noqa: E402
from indexer.spark.task import utc_now  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession


def test_every_view_shows_what_spark_shows(spark: SparkSession, tmp_path: Path) -> None:
    """The sample's lake is synced by Spark after a shot is deleted and one is added; both engines see it all alike."""
    made = night(tmp_path)
    export(made.index, tmp_path / "lake", utc_now())
    config = load_config(made.sample.folder / "indexer.toml")
    next((made.sample.folder / "bucket").rglob("*.jpg")).unlink()
    result = sync(spark, tmp_path / "lake", config, config.sources, Options(Limits(4), shards=2))
    assert sum(each.merged.deleted for each in result.outcomes if each.merged) == 1
    attach(tmp_path / "lake", tmp_path / "attached.duckdb")
    show(spark, files_of(tmp_path / "lake"))
    with reading(tmp_path / "attached.duckdb") as attached:
        for view in VIEWS:
            (columns, rows), expected = (
                rows_of_arrow(answer(spark, f"SELECT * FROM {view}")),
                rows_of_duckdb(attached.execute(f"SELECT * FROM {view}")),
            )
            ours, theirs = in_any_order(expected[1]), in_any_order(rows)
            assert columns == expected[0]
            assert ours == theirs, f"{view}: {differences(ours, theirs)}"
