"""What a user's own SQL reaches in an index that shows a lake: the lake's rows, and no file of this machine."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest
from cli.running import run
from service.pages.people import Visitor, visiting

from indexer.errors import IndexInconsistent
from indexer.lake.attach import attach
from indexer.lake.export import export
from indexer.store import reading
from lake.lakes import NOW, change, manifest_of, names_of, rows

if TYPE_CHECKING:
    from pathlib import Path

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
    """What would read another file, write any, or load anything is refused by `indexer sql` and by the pages' box."""
    index, other = tmp_path / "index.duckdb", tmp_path / "other.csv"
    attach(lake, index)
    other.write_text("secret\n1\n")
    file = lake / manifest_of(lake).files[0].path
    tree = tree_of(f"WITH a AS (COPY (SELECT 1) TO '{file}' (FORMAT csv, USE_TMP_FILE false)) FROM a")
    places = {"lake": lake, "folder": tmp_path, "index": index, "other": other, "other_name": other.name}
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    asked = statement.format(**places, file=file, tree=tree)
    result = run("sql", asked, "--index", index)
    assert (result.exit_code, result.stdout) == (2, "")
    with visiting(index) as server:
        visitor = Visitor(server).known()
        token = visitor.token("/sql")
        for show in ("table", "csv"):
            assert visitor.post("/sql/run", form_token=token, statement=asked, show_as=show).status == 400
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
