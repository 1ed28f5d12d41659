"""What an export writes: all of the index, sorted, in types that others read, and only what has changed."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pyarrow.parquet as pq
import pytest

from indexer.errors import IndexAttached, IndexInconsistent, IndexLocked, IndexMissing
from indexer.lake.export import export
from indexer.lake.manifest import Manifest, write_manifest
from indexer.store.lock import locked
from lake.lakes import CHANGED, DELETED, NOW, change, keys_in, manifest_of, names_of, paths_of, rows, whole

if TYPE_CHECKING:
    from pathlib import Path

NOT_IN_A_LAKE = {"kept_rows", "archive_files", "archived_names", "brought_back", "schema_migrations"}


def test_every_object_is_in_the_file_of_its_day(sample_index: Path, sample_lake: Path) -> None:
    """Each file has the objects of one source and day, as many as the index, and no key twice."""
    found = Counter[str]()
    for file in whole(sample_lake).of("objects"):
        table = pq.read_table(sample_lake / file.path, partitioning=None)
        pairs = set(zip(table["source"].to_pylist(), table["day"].to_pylist(), strict=True))
        assert [f"source={source}/day={day}" for source, day in pairs] == [file.partition]
        found.update(table["key"].to_pylist())
    assert found == Counter(key for (key,) in rows(sample_index, "SELECT key FROM objects"))


def test_a_files_rows_are_sorted_by_the_bytes_of_their_keys(sample_lake: Path) -> None:
    """In each file the keys ascend as UTF-8."""
    for file in manifest_of(sample_lake).of("objects"):
        keys = [key.encode() for key in pq.read_table(sample_lake / file.path, partitioning=None)["key"].to_pylist()]
        assert keys == sorted(keys)


def test_a_key_is_its_pieces(sample_lake: Path) -> None:
    """The pieces of a key are beside it, from which names and rows can be made again."""
    for file in manifest_of(sample_lake).of("objects"):
        for row in pq.read_table(sample_lake / file.path, partitioning=None).to_pylist():
            assert row["key"].startswith(row["front"])
            assert row["key"].endswith(row["back"])
            assert len(row["key"]) == len(row["front"]) + row["digits"] + len(row["back"])


def test_every_other_table_is_exported_whole(sample_index: Path, sample_lake: Path) -> None:
    """Each table that has rows is in the lake with all of them, and the archive's own are not."""
    manifest = whole(sample_lake)
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database()"
    for (table,) in rows(sample_index, tables):
        ((count,),) = rows(sample_index, f"SELECT count(*) FROM {table}")
        assert sum(file.rows for file in manifest.of(table)) == (0 if table in NOT_IN_A_LAKE else count)


def test_types_are_those_that_every_engine_has(sample_lake: Path) -> None:
    """No file has an unsigned number or a time with a zone, and times are of microseconds."""
    kinds = {
        str(field.type) for file in manifest_of(sample_lake).files for field in pq.read_schema(sample_lake / file.path)
    }
    assert kinds <= {
        *("string", "bool", "int32", "int64", "double", "binary", "date32[day]", "timestamp[us]"),
        *("decimal128(20, 0)", "list<element: string>", "list<l: string>"),
    }


def test_files_are_zstd_in_groups_that_threads_share(sample_lake: Path) -> None:
    """Columns are compressed with zstd, and a group has no more rows than DuckDB's own."""
    for file in manifest_of(sample_lake).files:
        metadata = pq.read_metadata(sample_lake / file.path)
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        assert {group.column(0).compression for group in groups} == {"ZSTD"}
        assert max(group.num_rows for group in groups) <= 122_880


def test_nothing_new_writes_nothing(index: Path, lake: Path) -> None:
    """A second export of the same index writes no file but the manifest, and removes none."""
    before = names_of(lake)
    assert sum(table.written for table in export(index, lake, NOW)) == 0
    assert names_of(lake) == before


def test_only_changed_days_are_written(index: Path, lake: Path) -> None:
    """After a change of one day's objects the files of other days and tables are the same."""
    before = manifest_of(lake)
    change(index, DELETED)
    export(index, lake, NOW)
    new = {file.partition for file in whole(lake).files if file.path not in paths_of(before)}
    assert new == {CHANGED}
    assert len(before.of("objects")) > 1


def test_a_change_of_a_name_is_seen(index: Path, lake: Path) -> None:
    """What all objects of a session share counts as theirs, though it is stored beside them."""
    change(index, "UPDATE names SET reason = 'read again' WHERE source = 'cover'")
    written = {table.table: table.written for table in export(index, lake, NOW) if table.written}
    assert written == {"objects": 1, "names": 1}


def test_files_of_the_manifest_before_stay_until_the_next_export(index: Path, lake: Path) -> None:
    """A reader of the old manifest can go on; one export later its files are gone."""
    before = manifest_of(lake)
    change(index, DELETED)
    export(index, lake, NOW)
    assert paths_of(before) < names_of(lake)
    export(index, lake, NOW)
    assert names_of(lake) == paths_of(whole(lake))


def test_leftovers_of_killed_exports_are_removed_and_nothing_of_others(index: Path, lake: Path) -> None:
    """Files that no manifest names go away; what is no lake's file stays where it is."""
    (first, *_) = manifest_of(lake).of("objects")
    shutil.copy(lake / first.path, (lake / first.path).with_name(f"{'0' * 64}.parquet"))
    for name in ("manifest.json.abc", ".export/left.parquet", "objects/mine.parquet", "notes.txt"):
        (lake / name).parent.mkdir(exist_ok=True)
        (lake / name).write_text("left")
    export(index, lake, NOW)
    assert names_of(lake) == paths_of(whole(lake)) | {"objects/mine.parquet"}
    assert sorted(path.name for path in lake.iterdir()) == [".lock", "manifest.json", "notes.txt", "objects", "tables"]


def test_a_file_that_is_gone_is_written_again(index: Path, lake: Path) -> None:
    """An export heals a lake that lost a file."""
    (first, *_) = manifest_of(lake).of("objects")
    (lake / first.path).unlink()
    export(index, lake, NOW)
    assert whole(lake).of("objects")[0].path == first.path


def test_files_that_somebody_else_wrote_are_written_anew(index: Path, lake: Path) -> None:
    """A partition of which nobody knows what tells its rows from others is not trusted."""
    manifest = manifest_of(lake)
    files = tuple(replace(file, state=None) for file in manifest.files)
    write_manifest(lake, Manifest(manifest.schema, manifest.run, NOW, files))
    export(index, lake, NOW)
    assert {file.state for file in whole(lake).files} == {file.state for file in manifest.files}


def test_a_damaged_manifest_is_not_taken_for_an_empty_lake(index: Path, lake: Path) -> None:
    """Where the manifest cannot be read nothing is written and nothing removed."""
    before = names_of(lake)
    (lake / "manifest.json").write_text("{")
    with pytest.raises(IndexInconsistent):
        export(index, lake, NOW)
    assert names_of(lake) == before


def test_days_are_read_together_up_to_so_many_rows(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Objects of many days, more than are read at once, are all there, each once, and each in its day's file."""
    monkeypatch.setattr("indexer.lake.parts._ROWS_AT_ONCE", 5000)
    change(
        index,
        "INSERT INTO kept_rows SELECT name_id, captured_at + to_days(d.day::INTEGER), sequence, size, etag_md5, etag, "
        "last_modified, storage_class, first_seen_run, last_seen_run, deleted_at "
        "FROM kept_rows, range(1, 9) d(day) WHERE captured_at::DATE = DATE '2026-01-05'",
    )
    export(index, tmp_path / "lake", NOW)
    assert len(whole(tmp_path / "lake").of("objects")) > 20
    expected = rows(index, "SELECT count(*), count(DISTINCT (source, key)) FROM objects")
    assert expected == [(len(keys_in(tmp_path / "lake")), expected[0][1])]
    assert expected[0][0] > 4 * 5000


def test_one_export_at_a_time(index: Path, lake: Path) -> None:
    """A lake that is being written is refused to others."""
    with locked(lake / ".lock"), pytest.raises(IndexLocked):
        export(index, lake, NOW)


def test_no_index_is_told(tmp_path: Path) -> None:
    """Where nothing was published yet there is nothing to export, and nothing is made."""
    with pytest.raises(IndexMissing):
        export(tmp_path / "index.duckdb", tmp_path / "lake", NOW)
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_shows_a_lake_is_not_exported(shown: Path, tmp_path: Path) -> None:
    """A lake is exported from the index that runs write, and not from one made of it."""
    with pytest.raises(IndexAttached):
        export(shown, tmp_path / "lake", NOW)


def test_an_older_index_is_told_to_run_first(index: Path, tmp_path: Path) -> None:
    """An index of an older schema is refused with what brings it up."""
    index.chmod(0o644)
    with duckdb.connect(str(index)) as connection:
        connection.execute("DELETE FROM schema_migrations WHERE version > 5")
    with pytest.raises(IndexInconsistent, match="indexer sync"):
        export(index, tmp_path / "lake", NOW)
