"""The commands ``indexer spark query``, ``sql``, ``ingest`` and ``reconcile``: what they print, and what is missing."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from cli.running import run
from moderation.reading import SAMPLES

from indexer.lake.manifest import read_manifest
from indexer.queries import library
from spark.answers import SMALL
from spark.clusters import environment, need_spark

need_spark()

if TYPE_CHECKING:
    from pathlib import Path

HERE = ("--master", "local[1]", *(word for name, value in SMALL.items() for word in ("--conf", f"{name}={value}")))


@pytest.fixture(autouse=True)
def _on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


def test_without_a_name_the_questions_are_listed_and_no_spark_is_started(lake: Path, tmp_path: Path) -> None:
    """The list is that of `indexer query`."""
    result = run("spark", "query", "--lake", tmp_path, "--format", "json")
    assert [row["query"] for row in json.loads(result.stdout)] == list(library())


def test_a_query_is_answered_from_the_lake(lake: Path) -> None:
    """Parameters and formats are those of `indexer query`."""
    result = run("spark", "query", "sessions", "-p", "source=classroom", "--lake", lake, *HERE, "--format", "jsonl")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows
    assert {row["source"] for row in rows} == {"classroom"}
    assert all(row["first_at"].endswith("Z") for row in rows)


def test_spark_sql_is_run_as_it_is(lake: Path, tmp_path: Path) -> None:
    """The statement is Spark's own, over the names of the index; nothing is left in the folder that one is in."""
    statement = "SELECT `source`, size(collect_set(kind)) AS kinds FROM objects GROUP BY ALL ORDER BY 1"
    result = run("spark", "sql", statement, "--lake", lake, *HERE, "--format", "csv")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "source,kinds"
    assert len(result.stdout.splitlines()) > 1
    assert list(tmp_path.iterdir()) == []


def test_a_statement_that_spark_refuses_is_an_error_of_few_lines(lake: Path) -> None:
    """It says what Spark says, without Java's stack, and exits 2."""
    result = run("spark", "sql", "SELECT nothing FROM nowhere", "--lake", lake, *HERE)
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert "\tat " not in result.stderr


def test_what_is_no_lake_is_told_before_spark_is_started(tmp_path: Path) -> None:
    """A folder without a manifest is no lake."""
    result = run("spark", "query", "sessions", "--lake", tmp_path)
    assert result.exit_code == 2
    assert "is no lake" in result.stderr


def test_without_java_the_next_step_is_told(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what was looked for, and what to install."""
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    result = run("spark", "reconcile", "--lake", lake)
    assert result.exit_code == 2
    assert "install Java 17 or later" in result.stderr


def test_without_spark_the_extra_is_named(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who installed the package alone is told of its extra."""
    for module in [name for name in sys.modules if name.startswith("indexer.spark.")]:
        monkeypatch.delitem(sys.modules, module)
    for module in [name for name in sys.modules if name.split(".")[0] == "pyspark"]:
        monkeypatch.setitem(sys.modules, module, None)
    result = run("spark", "query", "sessions", "--lake", lake)
    assert result.exit_code == 2
    assert "screenshot-indexer[spark]" in result.stderr


def test_an_ingest_prints_what_an_ingest_into_an_index_prints(tmp_path: Path) -> None:
    """The same row for the same files, and a lake that holds them."""
    words = ("ingest", SAMPLES / "agora_client.json", "--format", "json")
    index, lake = run(*words, "--index", tmp_path / "index.duckdb"), run("spark", *words, "--lake", "lake", *HERE)
    assert (lake.exit_code, lake.stdout) == (0, index.stdout), lake.output
    assert json.loads(lake.stdout)[0]["verdicts"] == 1
    manifest = read_manifest(tmp_path / "lake")
    assert manifest is not None
    told = [file.table for file in manifest.files if file.rows]
    assert told == ["deliveries", "payload_bodies", "runs", "verdicts"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name files, or --inbox alone, or --rebuild alone"),
        (("a.json", "--inbox"), "name files, or --inbox alone"),
        (("--rebuild",), "is no lake"),
        (("a.json", "--provider", "nobody"), "no provider 'nobody'"),
        (("--inbox",), "inbox"),
    ],
)
def test_an_ingest_that_can_bring_nothing_starts_no_spark(
    words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what is missing, and makes no lake."""
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    result = run("spark", "ingest", *words, "--lake", tmp_path / "lake")
    assert result.exit_code != 0
    assert told in result.stderr
    assert "Java" not in result.stderr
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize(
    ("setting", "told"),
    [("spark.sql.session.timeZone=CET", "it is UTC"), ("spark.app.name", "write it as KEY=VALUE")],
)
def test_a_setting_that_would_change_answers_is_refused(lake: Path, setting: str, told: str) -> None:
    """So is one that is none."""
    result = run("spark", "query", "sessions", "--lake", lake, "--conf", setting)
    assert result.exit_code == 2
    assert told in result.stderr
