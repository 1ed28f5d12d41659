"""Reconciling a lake on Spark finds what reconciling its index finds, and commits it to the lake."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from indexer.config import load_config
from indexer.lake.export import export
from indexer.reconcile import Engine, Options, Range, Thresholds, checks
from indexer.reconcile import reconcile as reconcile_index
from indexer.reconcile.executor import OnDuckDB
from indexer.store import reading
from indexer.store.attach import attached
from spark.answers import Rows, differences, in_any_order, rows_of_arrow, rows_of_duckdb
from spark.clusters import need_spark

need_spark()

from indexer.spark.executor import ALL_SHOTS, OnSpark  # noqa: E402
from indexer.spark.lake import files_of, show  # noqa: E402
from indexer.spark.query import answer  # noqa: E402
from indexer.spark.reconcile import reconcile  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession
    from questions.sample import Night

    from indexer.reconcile import Summary

RELATIONS = ("covered", "latencies", "evidence", "session_names", "session_list", "skews", "judged")
LATER = datetime.fromisoformat("2026-01-31 12:00:00")


class Found(NamedTuple):
    """What the engine made on each of the two, a relation at a time, with its columns."""

    duckdb: dict[str, tuple[list[str], Rows]]
    spark: dict[str, tuple[list[str], Rows]]


@pytest.fixture(scope="module")
def found(made: Night, lake: Path, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What each engine finds in the sample."""
    wanted = {name: f"SELECT * FROM {name}" for name in ("found", "uncomputed", *RELATIONS)}
    with attached(made.index, "READ_ONLY", made.index) as connection:
        Engine(OnDuckDB(connection), Thresholds(), Range()).run()
        ours = {name: rows_of_duckdb(connection.execute(sql)) for name, sql in wanted.items()}
    show(spark, files_of(lake))
    executor = OnSpark(spark, tmp_path_factory.mktemp("relations"))
    Engine(executor, Thresholds(), Range(), shots_at_once=ALL_SHOTS).run()
    theirs = {name: rows_of_arrow(answer(spark, sql)) for name, sql in wanted.items()}
    return Found(ours, theirs)


@pytest.mark.parametrize("kind", checks())
def test_a_check_finds_what_it_finds_on_duckdb(found: Found, kind: str) -> None:
    """The same findings, to the letter of their explanations."""
    _assert_alike(found, "found", kind)


@pytest.mark.parametrize("kind", [check.kind for check in checks().values() if check.not_computable])
def test_a_check_cannot_tell_what_it_cannot_tell_on_duckdb(found: Found, kind: str) -> None:
    """The same sources, and the same reasons."""
    _assert_alike(found, "uncomputed", kind)


def test_the_sample_has_findings_of_every_kind(found: Found) -> None:
    """Two engines that both find nothing would prove nothing."""
    assert {row[0] for row in found.duckdb["found"][1]} == set(checks())


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_relation_of_the_engine_is_what_it_is_on_duckdb(found: Found, relation: str) -> None:
    """What the checks share has the same columns and rows."""
    assert found.spark[relation][0] == found.duckdb[relation][0]
    _assert_alike(found, relation)


@pytest.fixture(scope="module")
def reconciled(
    made: Night, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Summary, Summary]:
    """An index and its lake, each reconciled once more by its engine, by another interval and other thresholds."""
    folder = tmp_path_factory.mktemp("reconciled")
    index, lake = folder / "index.duckdb", folder / "lake"
    shutil.copyfile(made.index, index)
    export(index, lake, LATER)
    sources = [replace(source, interval=600.0) for source in load_config(made.sample.folder / "indexer.toml").sources]
    options = Options(Thresholds(tiny_share=0.0, frozen_shots=1000), clock=lambda: LATER)
    return index, lake, reconcile_index(index, sources, options), reconcile(spark, lake, sources, options)


def test_the_summary_is_the_indexes(reconciled: tuple[Path, Path, Summary, Summary]) -> None:
    """Counts by kind and severity, what is new, open and resolved, and what could not be told."""
    _, _, ours, theirs = reconciled
    assert theirs.run == ours.run
    assert theirs.rows == ours.rows
    assert theirs.not_computable == ours.not_computable
    assert theirs.incomplete == ours.incomplete
    assert sum(row["new"] for row in ours.rows) > 0, "the other interval finds nothing new"
    assert sum(row["resolved"] for row in ours.rows) > 0, "the other thresholds resolve nothing"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM findings ORDER BY finding_id",
        "SELECT kind, title, about, query, run, found FROM checks ORDER BY kind",
        "SELECT * FROM coverage ORDER BY hour, source, channel, sid, uid",
        "SELECT * FROM upload_latency ORDER BY source, day, seconds",
        "SELECT * FROM custody ORDER BY source, key, seen_run",
        "SELECT * FROM runs ORDER BY run",
        "SELECT source, interval_seconds FROM sources ORDER BY source",
        "SELECT count(*) FROM screenshots",
    ],
)
def test_the_lake_shows_what_the_index_shows(
    spark: SparkSession, reconciled: tuple[Path, Path, Summary, Summary], sql: str
) -> None:
    """What was committed has the ids, the runs and the figures of the index's own tables."""
    index, lake, _, _ = reconciled
    with reading(index) as connection:
        ours = rows_of_duckdb(connection.execute(sql))[1]
    show(spark, files_of(lake))
    theirs = rows_of_arrow(answer(spark, sql))[1]
    assert ours
    assert in_any_order(ours) == in_any_order(theirs), differences(ours, theirs)


def _assert_alike(found: Found, relation: str, kind: str | None = None) -> None:
    ours, theirs = (
        in_any_order([row for row in made[relation][1] if kind is None or row[0] == kind]) for made in found
    )
    assert ours == theirs, differences(ours, theirs)
