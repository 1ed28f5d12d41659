"""Every question of the library has the same answer on Spark as on DuckDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from questions.sample import given

from indexer.errors import QueryError
from indexer.queries import library
from indexer.store import reading
from spark.answers import differences, rows_of_arrow, rows_of_duckdb
from spark.clusters import need_spark

need_spark()

from indexer.spark.lake import VIEWS, files_of, show  # noqa: E402
from indexer.spark.query import answer, ask  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pyspark.sql import SparkSession
    from questions.sample import Night

NAMES = sorted(library())
NARROWED = [
    ("busiest_channels", {"at_most": "3"}),
    ("coverage_by_session", {"at_most": "99.5"}),
    ("failovers", {"since": "2026-01-05T12:00:00+02:00"}),
    ("gaps", {"longer_than": "5.5", "day": "2026-01-05"}),
    ("latest_verdicts", {"suggestion": "block"}),
    ("missing_evidence", {"evidence": "deleted"}),
    ("new_offenders", {"within_days": "0.5"}),
    ("sessions", {"day": "2026-01-05"}),
    ("upload_latency_by_day", {"since": "2026-01-02", "late_after": "1"}),
]


@pytest.fixture(scope="module")
def spark(spark: SparkSession, lake: Path) -> SparkSession:
    """Spark on this machine, with the lake shown to it."""
    show(spark, files_of(lake))
    return spark


@pytest.mark.parametrize("name", NAMES)
def test_a_query_answers_what_it_answers_on_duckdb(made: Night, spark: SparkSession, name: str) -> None:
    """The same columns and the same rows, in the same order."""
    _assert_alike(made, spark, name, given(made.sample).get(name, {}))


@pytest.mark.parametrize(("name", "parameters"), NARROWED)
def test_a_parameter_narrows_what_it_narrows_on_duckdb(
    made: Night, spark: SparkSession, name: str, parameters: dict[str, str]
) -> None:
    """Times, days and numbers are bound with their types; a time with a zone is one of UTC."""
    assert _assert_alike(made, spark, name, parameters) > 0


@pytest.mark.parametrize("text", ["' OR true --", ":source", "\\' OR true --", "$source", "\x00\u202e", "a\nb"])
def test_a_text_is_compared_and_never_run(spark: SparkSession, text: str) -> None:
    """A text that looks like SQL or a parameter is the name of nothing, and finds nothing."""
    query = library()["sessions"]
    assert ask(spark, query.sql, query.bind({"source": text})).num_rows == 0


@pytest.mark.parametrize("view", [*VIEWS, "objects"])
def test_a_view_has_the_rows_that_it_has_in_the_index(made: Night, spark: SparkSession, view: str) -> None:
    """What a view shows of a lake is what it shows of the index that the lake was exported of."""
    with reading(made.index) as connection:
        columns, ours = rows_of_duckdb(connection.execute(f"SELECT * FROM {view}"))
    found, theirs = rows_of_arrow(answer(spark, f"SELECT * FROM {view}"))
    assert found == columns
    ours, theirs = sorted(ours, key=repr), sorted(theirs, key=repr)
    assert ours, f"the sample has no {view}"
    assert ours == theirs, differences(ours, theirs)


def test_what_spark_refuses_is_told_in_a_few_lines(spark: SparkSession) -> None:
    """A wrong statement is an error of the user's, without a stack of Java's."""
    with pytest.raises(QueryError, match="no_such_table") as told:
        answer(spark, "SELECT * FROM no_such_table")
    assert "at org.apache" not in str(told.value)


def _assert_alike(made: Night, spark: SparkSession, name: str, parameters: Mapping[str, str]) -> int:
    query = library()[name]
    values = query.bind(parameters)
    with reading(made.index) as connection:
        columns, ours = rows_of_duckdb(connection.execute(query.sql, values or None))
    found, theirs = rows_of_arrow(ask(spark, query.sql, values))
    assert found == columns
    assert ours == theirs, differences(ours, theirs)
    return len(ours)
