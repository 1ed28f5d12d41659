"""Finds the object of each verdict of a lake, by the very statements that find it in an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.lake.layout import OBJECTS
from indexer.spark.executor import OnSpark
from indexer.spark.lake import Files, show
from indexer.spark.tables import size_shuffles, write_table
from indexer.store import distances, statements

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

    from indexer.spark.ledger import Ledger

_MATCHES, _VERDICTS = "matches", "verdicts"
_KEYS = "SELECT DISTINCT key FROM told_keys"
_NAMES_ONCE = "CREATE OR REPLACE TEMP TABLE names AS SELECT * FROM names"


def match(held: Ledger, tolerance_seconds: float) -> None:
    """Have the shelf hold each verdict's object, as ``indexer.store.match`` finds it among what the shelf holds.

    Nothing is done where objects, verdicts and matches are those of the last manifest.

    Raises:
        PySparkException: Spark gave up; the shelf is as it was.
    """
    shelf = held.shelf
    if not shelf.rows_of(_VERDICTS):
        shelf.drop_table(_MATCHES)
    elif any(map(shelf.is_changed, (OBJECTS, _VERDICTS, _MATCHES))):
        size_shuffles(held.spark, shelf.rows_of(OBJECTS) + shelf.rows_of(_VERDICTS))
        _find(held.spark, Files.of(shelf.folder, shelf.held()), held.made, tolerance_seconds)
        found = held.spark.table(_MATCHES)
        shelf.take_table(_MATCHES, write_table(found, shelf.rows_of(_VERDICTS), "verdict_id", held.made / _MATCHES))


def _find(spark: SparkSession, files: Files, folder: Path, tolerance_seconds: float) -> None:
    """Make the view ``matches`` anew, over files below the folder."""
    show(spark, files)
    executor = OnSpark(spark, folder)
    if "names" not in files.tables:
        executor.run(_NAMES_ONCE, {})  # or all objects would be read for them wherever they are asked for
    executor.run(statements.statement("told_keys"), {})
    cut = executor.cut("wanted", _KEYS)
    executor.run(statements.statement("match").replace("{cut}", cut), distances(tolerance_seconds))
