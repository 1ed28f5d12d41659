"""An index that shows a lake: the same answers as the one it was made from, and nothing else of this machine."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from cli.running import run
from library.sample import given

from indexer.demo import make_sample
from indexer.errors import IndexAttached, IndexInconsistent, IndexMissing, UsageError
from indexer.lake.attach import attach
from indexer.lake.export import export
from indexer.lake.manifest import Manifest, write_manifest
from indexer.queries import library
from indexer.reconcile import reconcile
from indexer.report import Options, write_report
from indexer.status import describe
from indexer.store import build, reading
from lake.lakes import DELETED, NOW, change, manifest_of, names_of, rows

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = """
SELECT table_name, column_name, data_type
FROM duckdb_columns()
WHERE database_name = current_database() AND table_name NOT IN ('attached_lake', 'attached_files')
ORDER BY table_name, column_index
"""


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What the queries are asked that need a parameter."""
    return given(make_sample(tmp_path_factory.mktemp("asked"), 0))


def answered(index: Path, name: str, parameters: dict[str, str]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """What a query of the library answers: its columns and types, and its rows in any order."""
    query = library()[name]
    with reading(index) as connection:
        found = connection.execute(query.sql, query.bind(parameters) or None)
        columns = [f"{column[0]} {column[1]}" for column in found.description or ()]
        return columns, sorted(found.fetchall(), key=repr)


def test_tables_views_and_types_are_those_of_any_index(sample_index: Path, shown: Path) -> None:
    """Each table and view has the same columns, in the same order and of the same types."""
    assert rows(shown, COLUMNS) == rows(sample_index, COLUMNS)


@pytest.mark.parametrize("name", sorted(library()))
def test_every_query_answers_the_same(
    sample_index: Path, shown: Path, asked: dict[str, dict[str, str]], name: str
) -> None:
    """A query of the library gives the same rows over a lake as over the index that it was made from."""
    parameters = asked.get(name, {})
    assert answered(shown, name, parameters) == answered(sample_index, name, parameters)


def test_every_table_has_the_same_rows(sample_index: Path, shown: Path) -> None:
    """Tables and views hold the same rows, the archive's own aside."""
    for table in sorted({row[0] for row in rows(sample_index, COLUMNS)} - {"schema_migrations"}):
        sql = f"SELECT * FROM {table}"
        assert sorted(rows(shown, sql), key=repr) == sorted(rows(sample_index, sql), key=repr), table


def test_the_status_is_the_same(sample_index: Path, shown: Path) -> None:
    """What `indexer status` tells is told of a lake too, with the proof."""
    with reading(sample_index) as native, reading(shown) as lake:
        assert describe(lake) == describe(native)


@pytest.mark.parametrize("words", [("findings", "--status", "all", "--format", "json"), ("status", "--format", "json")])
def test_commands_that_read_tell_the_same(sample_index: Path, shown: Path, words: tuple[str, ...]) -> None:
    """The commands that read print the same over a lake."""
    native, lake = (run(*words, "--index", index) for index in (sample_index, shown))
    assert (lake.exit_code, json.loads(lake.stdout)) == (0, json.loads(native.stdout))


def test_the_report_is_the_same(sample_index: Path, shown: Path, tmp_path: Path) -> None:
    """A report of a lake is that of the index, character by character."""
    for name, index in (("native", sample_index), ("lake", shown)):
        write_report(index, tmp_path / f"{name}.html", Options(clock=lambda: NOW))
    assert (tmp_path / "lake.html").read_text() == (tmp_path / "native.html").read_text()


def test_a_lake_without_names_has_those_of_its_objects(sample_index: Path, lake: Path, tmp_path: Path) -> None:
    """Where another engine wrote only objects, their names are made of them."""
    manifest = manifest_of(lake)
    files = tuple(file for file in manifest.files if file.table != "names")
    write_manifest(lake, Manifest(manifest.schema, manifest.run, NOW, files))
    attach(lake, tmp_path / "index.duckdb")
    sql = "FROM names WHERE name_id IN (SELECT name_id FROM object_rows) ORDER BY name_id"
    assert rows(tmp_path / "index.duckdb", sql) == rows(sample_index, sql)


def test_an_empty_lake_is_shown(tmp_path: Path) -> None:
    """A lake of an index without objects has every table, and no rows."""
    with build(tmp_path / "native.duckdb"):
        pass
    export(tmp_path / "native.duckdb", tmp_path / "lake", NOW)
    attach(tmp_path / "lake", tmp_path / "index.duckdb")
    assert rows(tmp_path / "index.duckdb", "SELECT count(*) FROM screenshots") == [(0,)]
    assert rows(tmp_path / "index.duckdb", COLUMNS) == rows(tmp_path / "native.duckdb", COLUMNS)


def test_an_attached_index_shows_the_lake_as_it_was(index: Path, lake: Path, tmp_path: Path) -> None:
    """After an export it shows what it showed; attached again it shows the new lake; two exports later it says so."""
    there, shows = "SELECT count(*) FROM objects WHERE deleted_at IS NULL", tmp_path / "shows.duckdb"
    attach(lake, shows)
    before = rows(shows, there)
    change(index, DELETED)
    export(index, lake, NOW)
    assert rows(shows, there) == before
    export(index, lake, NOW)
    with pytest.raises(IndexInconsistent, match="indexer attach"):
        rows(shows, there)
    attach(lake, shows)
    assert rows(shows, there) == rows(index, there) != before


@pytest.mark.parametrize("write", [reconcile, lambda index: change(index, "SELECT 1")])
def test_nothing_is_written_into_it(shown: Path, write: Any) -> None:
    """A run is refused with what to do instead, and leaves the index and its lake as they were."""
    before = shown.read_bytes()
    with pytest.raises(IndexAttached, match="cannot be written") as caught:
        write(shown)
    assert caught.value.exit_code == 2
    assert shown.read_bytes() == before


def test_an_index_of_its_own_is_never_replaced(index: Path, lake: Path) -> None:
    """What runs have written is not given up for a lake."""
    before = index.read_bytes()
    with pytest.raises(UsageError, match="--index"):
        attach(lake, index)
    assert index.read_bytes() == before


def test_what_is_no_lake_is_told(tmp_path: Path) -> None:
    """A folder without a manifest is refused, and no index is made."""
    with pytest.raises(IndexMissing, match="indexer export"):
        attach(tmp_path, tmp_path / "index.duckdb")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("version", "advice"), [(1, "export it again"), (1000, "install the newer")])
def test_a_lake_of_another_schema_is_refused(lake: Path, tmp_path: Path, version: int, advice: str) -> None:
    """A lake of an older or newer schema is refused with what to do."""
    write_manifest(lake, Manifest(version, 1, NOW, manifest_of(lake).files))
    with pytest.raises(IndexInconsistent, match=advice):
        attach(lake, tmp_path / "index.duckdb")


REACHING = (
    "FROM read_text('{other}')",
    "FROM read_csv('{other}')",
    "FROM read_text('{lake}/../{other_name}')",
    "FROM read_text('{lake}/objects/../../{other_name}')",
    "FROM read_text('{lake}/manifest.json')",
    "FROM read_text('{index}')",
    "FROM glob('{lake}/*')",
    "FROM glob('{folder}/*')",
    "FROM read_parquet('{lake}/objects/*/*/*.parquet')",
    "FROM read_csv('http://127.0.0.1:1/a.csv')",
    "FROM query('SELECT 1')",
    "FROM json_execute_serialized_sql('{tree}')",
    "WITH a AS (COPY runs TO '{file}' (FORMAT csv, USE_TMP_FILE false)) FROM a",
    "WITH a AS (\u00a0COPY runs TO '{file}' (FORMAT csv, USE_TMP_FILE false)) FROM a",
    "WITH a AS (/*/**/*/COPY runs TO '{index}' (FORMAT csv, USE_TMP_FILE false)) FROM a",
    "EXPLAIN ANALYZE COPY runs TO '{file}' (FORMAT csv, USE_TMP_FILE false)",
    "EXPLAIN ANALYSE COPY runs TO '{lake}/new.csv' (FORMAT csv)",
    "EXPLAIN (ANALYZE) COPY runs TO '{index}' (FORMAT csv, USE_TMP_FILE false)",
    "EXPLAIN ANALYZE ATTACH '{lake}/new.duckdb'",
    "COPY runs TO '{file}' (FORMAT csv, USE_TMP_FILE false)",
    "COPY runs TO '{lake}/new.parquet'",
    "EXPORT DATABASE '{lake}/export'",
    "ATTACH '{lake}/new.duckdb'",
    "ATTACH '{file}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET temp_directory = '{lake}'",
    "CREATE TABLE mine AS FROM runs",
    "DELETE FROM names",
)


def tree_of(statement: str) -> str:
    """A statement's syntax tree as DuckDB writes it, to stand in a text."""
    with duckdb.connect() as connection:
        ((tree,),) = connection.execute("SELECT json_serialize_sql(?)", [statement]).fetchall()
    return str(tree).replace("'", "''")


@pytest.mark.parametrize("statement", REACHING)
def test_a_users_statement_reaches_only_the_lakes_rows(lake: Path, tmp_path: Path, statement: str) -> None:
    """What would read another file, write any, or load anything is refused, and every file stays as it was."""
    index, other = tmp_path / "index.duckdb", tmp_path / "other.csv"
    attach(lake, index)
    other.write_text("secret\n1\n")
    file = lake / manifest_of(lake).files[0].path
    tree = tree_of(f"WITH a AS (COPY (SELECT 1) TO '{file}' (FORMAT csv, USE_TMP_FILE false)) FROM a")
    places = {"lake": lake, "folder": tmp_path, "index": index, "other": other, "other_name": other.name}
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = run("sql", statement.format(**places, file=file, tree=tree), "--index", index)
    assert (result.exit_code, result.stdout) == (2, "")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM screenshots WHERE channel <> 'copy'",
        "SELECT query FROM findings LIMIT 1",
        "EXPLAIN SELECT query FROM findings",
        "EXPLAIN ANALYZE SELECT count(*) FROM objects",
        "WITH RECURSIVE a AS (SELECT 1 AS copy UNION ALL SELECT copy + 1 FROM a WHERE copy < 3) FROM a",
        "SUMMARIZE names",
        "SHOW TABLES",
    ],
)
def test_a_statement_that_reads_is_answered(shown: Path, statement: str) -> None:
    """Words that could write do not keep a statement from being run that only has them as names and texts."""
    assert run("sql", statement, "--index", shown).exit_code == 0


def test_a_lakes_own_words_are_judged_as_a_users(index: Path, tmp_path: Path) -> None:
    """The query of a check that somebody wrote into a lake is not run where it would write."""
    written = tmp_path / "written.csv"
    change(index, f"UPDATE checks SET query = 'WITH a AS (COPY runs TO ''{written}'') FROM a'")
    export(index, tmp_path / "lake", NOW)
    attach(tmp_path / "lake", tmp_path / "shows.duckdb")
    ((finding, *_), *_) = rows(tmp_path / "shows.duckdb", "SELECT finding_id FROM findings ORDER BY ALL")
    result = run("findings", "show", finding, "--index", tmp_path / "shows.duckdb")
    assert (result.exit_code, written.exists()) == (2, False)
    assert "nothing that writes" in result.stderr


def test_files_that_are_no_lakes_are_not_opened(lake: Path, tmp_path: Path) -> None:
    """An index that names other files, or a link in place of one, opens nothing."""
    index, secret = tmp_path / "index.duckdb", tmp_path / "secret"
    secret.write_text("secret")
    attach(lake, index)
    file = lake / manifest_of(lake).files[0].path
    shutil.move(file, tmp_path / "moved")
    file.symlink_to(tmp_path / "moved")
    with pytest.raises(IndexInconsistent, match="not there any more"):
        rows(index, "SELECT 1")
    index.chmod(0o644)
    with duckdb.connect(str(index)) as connection:
        connection.execute("UPDATE attached_files SET path = '../secret'")
    with pytest.raises(IndexInconsistent, match="no file of a lake"):
        rows(index, "SELECT 1")


def test_nothing_is_read_besides_what_the_manifest_names(lake: Path, tmp_path: Path) -> None:
    """A file that lies in the lake's folder and that its manifest does not name is not opened either."""
    index = tmp_path / "index.duckdb"
    attach(lake, index)
    stray = lake / "objects" / "stray.parquet"
    shutil.copy(lake / manifest_of(lake).files[0].path, stray)
    assert str(stray.relative_to(lake)) in names_of(lake)
    with reading(index) as connection, pytest.raises(duckdb.PermissionException):
        connection.execute(f"FROM read_parquet('{stray}')")
