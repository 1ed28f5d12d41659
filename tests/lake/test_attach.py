"""An index that shows a lake: the same answers as the one it was made from, and nothing else of this machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli.running import run
from questions.sample import given

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
from lake.lakes import DELETED, NOW, change, manifest_of, rows

if TYPE_CHECKING:
    from collections.abc import Callable
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


def _remove(path: Path) -> None:
    path.unlink()


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


def _shorten(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def _fill(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)


@pytest.mark.parametrize("damage", [_remove, _link, _shorten, _fill])
def test_a_lake_with_another_file_is_refused(lake: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """A file that is gone, a link, of another size, or no Parquet is an error, and no index is made."""
    damage(lake / manifest_of(lake).of("objects")[0].path)
    with pytest.raises(IndexInconsistent, match="lake"):
        attach(lake, tmp_path / "index.duckdb")
    assert not (tmp_path / "index.duckdb").exists()
