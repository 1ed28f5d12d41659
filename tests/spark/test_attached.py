"""An index that is attached to a lake which Spark brought up to date answers what Spark answers of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from questions.sample import given, night

from indexer.config import load_config
from indexer.lake.attach import attach
from indexer.lake.export import export
from indexer.listing.crawl import Limits
from indexer.queries import library
from indexer.store import reading
from spark.answers import SMALL, differences, rows_of_arrow, rows_of_duckdb
from spark.clusters import environment, need_spark

need_spark()

from indexer.spark.lake import files_of, show  # noqa: E402
from indexer.spark.query import ask  # noqa: E402
from indexer.spark.session import Cluster, session  # noqa: E402
from indexer.spark.sync import Options, sync  # noqa: E402
from indexer.spark.task import utc_now  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_query_answers_what_spark_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample's lake is synced by Spark after a shot is deleted and one is added; both engines see it all alike."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    made = night(tmp_path)
    export(made.index, tmp_path / "lake", utc_now())
    config = load_config(made.sample.folder / "indexer.toml")
    next((made.sample.folder / "bucket").rglob("*.jpg")).unlink()
    with session(Cluster("local[2]", SMALL)) as spark:
        result = sync(spark, tmp_path / "lake", config, config.sources, Options(Limits(4), shards=2))
        assert sum(each.merged.deleted for each in result.outcomes if each.merged) == 1
        attach(tmp_path / "lake", tmp_path / "attached.duckdb")
        show(spark, files_of(tmp_path / "lake"))
        with reading(tmp_path / "attached.duckdb") as attached:
            for name, query in library().items():
                values = query.bind(given(made.sample).get(name, {}))
                answered = rows_of_arrow(ask(spark, query.sql, values))
                expected = rows_of_duckdb(attached.execute(query.sql, values or None))
                assert answered == expected, f"{name}: {differences(expected[1], answered[1])}"
