"""Iceberg tables of an index: all of it, in partitions, a snapshot a table and export, and only of what has changed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from indexer.config.lake import Lake
from indexer.errors import CredentialsError, IndexAttached
from lake.lakes import CHANGED, DELETED, GONE, change, rows

pytest.importorskip("pyiceberg", reason="the extra iceberg is not installed")

from pyiceberg.catalog import load_catalog

from indexer.lake.iceberg import CATALOG, RUN, export_iceberg

if TYPE_CHECKING:
    from pathlib import Path

    from pyiceberg.table import Table


def lake(folder: Path, **catalog: str) -> Lake:
    """A configuration whose catalog has these properties."""
    return Lake(folder, catalog={name: SecretStr(value) for name, value in catalog.items()})


def table(folder: Path, name: str) -> Table:
    """A table of the catalog in a folder."""
    catalog = load_catalog(CATALOG, type="sql", uri=f"sqlite:///{folder / 'catalog.db'}", warehouse=folder.as_uri())
    return catalog.load_table(("screenshots", name))


def paths(one: Table) -> set[str]:
    """The data files of a table as it is now."""
    return {task.file.file_path for task in one.scan().plan_files()}


def test_a_scan_gives_every_object(index: Path, tmp_path: Path) -> None:
    """A scan of the table has each object once, and one of a day has that day's."""
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    objects = table(tmp_path / "ice", "objects")
    found = Counter(objects.scan().to_arrow()["key"].to_pylist())
    assert found == Counter(key for (key,) in rows(index, "SELECT key FROM objects"))
    day = objects.scan(row_filter="source = 'live' AND day = '2026-01-05'")
    sql = "SELECT count(*) FROM objects WHERE source = 'live' AND captured_at::DATE = DATE '2026-01-05'"
    assert rows(index, sql) == [(day.to_arrow().num_rows,)]
    assert len(list(day.plan_files())) == 1


def test_every_table_that_has_rows_is_there(index: Path, tmp_path: Path) -> None:
    """What is told of each table is what a scan of it gives."""
    for told in export_iceberg(index, tmp_path / "ice", lake(tmp_path)):
        assert table(tmp_path / "ice", told.table).scan().to_arrow().num_rows == told.rows


def test_an_export_is_one_snapshot_a_table(index: Path, tmp_path: Path) -> None:
    """A first export makes one snapshot, one that changes a day one more, and one that changes nothing none."""
    counts = []
    for sql in ("SELECT 1", DELETED, "SELECT 1"):
        change(index, sql)
        export_iceberg(index, tmp_path / "ice", lake(tmp_path))
        counts.append(len(table(tmp_path / "ice", "objects").snapshots()))
    assert counts == [1, 2, 2]
    assert len(table(tmp_path / "ice", "verdicts").snapshots()) == 1


def test_only_the_files_of_changed_days_are_replaced(index: Path, tmp_path: Path) -> None:
    """The files of other days are those of the snapshot before, which can still be scanned as it was."""
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    before = paths(table(tmp_path / "ice", "objects"))
    change(index, DELETED)
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    objects = table(tmp_path / "ice", "objects")
    gone, new = before - paths(objects), paths(objects) - before
    assert {CHANGED in path for path in gone | new} == {True}
    assert len(gone) == len(new) < len(before)
    deleted = [
        objects.scan(snapshot_id=each.snapshot_id, row_filter="deleted_at IS NOT NULL").to_arrow().num_rows
        for each in objects.snapshots()
    ]
    assert [(deleted[-1],)] == rows(index, "SELECT count(*) FROM objects WHERE deleted_at IS NOT NULL")
    assert deleted[0] < deleted[1]


def test_rows_that_left_leave_the_table(index: Path, tmp_path: Path) -> None:
    """A day without objects any more has no file any more."""
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    change(index, GONE)
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    assert not [path for path in paths(table(tmp_path / "ice", "objects")) if CHANGED in path]


def test_a_snapshot_says_which_run_it_shows(index: Path, tmp_path: Path) -> None:
    """The summary of a snapshot has the number of the index's last run."""
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    snapshot = table(tmp_path / "ice", "objects").current_snapshot()
    assert snapshot is not None
    assert snapshot.summary is not None
    assert rows(index, "SELECT max(run)::VARCHAR FROM runs") == [(snapshot.summary[RUN],)]


def test_a_column_that_is_new_comes_into_the_table(index: Path, tmp_path: Path) -> None:
    """A table that was written before the index had a column gets it, its older rows without a value."""
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    change(index, "ALTER TABLE runs ADD COLUMN note VARCHAR DEFAULT 'later'")
    export_iceberg(index, tmp_path / "ice", lake(tmp_path))
    assert set(table(tmp_path / "ice", "runs").scan().to_arrow()["note"].to_pylist()) == {"later"}


def test_the_catalog_is_the_configured_one(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables go into the catalog and the place that the configuration names, its references read when it is opened."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("CATALOG_URI", f"sqlite:///{tmp_path / 'own.db'}")
    where: dict[str, Any] = {"type": "sql", "uri": "env:CATALOG_URI", "warehouse": (tmp_path / "elsewhere").as_uri()}
    export_iceberg(index, tmp_path / "ice", lake(tmp_path, **where))
    assert not (tmp_path / "ice" / "catalog.db").exists()
    assert list((tmp_path / "elsewhere").rglob("*.parquet"))
    with sqlite3.connect(tmp_path / "own.db") as own:
        names = {name for (name,) in own.execute("SELECT table_name FROM iceberg_tables")}
    own.close()
    assert {"objects", "verdicts"} <= names


def test_a_reference_to_nothing_is_told_by_its_name(index: Path, tmp_path: Path) -> None:
    """A secret that is not there ends the export before anything is written."""
    with pytest.raises(CredentialsError, match=r"token.*NOT_SET"):
        export_iceberg(index, tmp_path / "ice", lake(tmp_path, token="env:NOT_SET", type="sql"))
    assert not list((tmp_path / "ice").rglob("*.parquet"))


def test_an_index_that_shows_a_lake_is_refused(shown: Path, tmp_path: Path) -> None:
    """Tables are made from the index that runs write."""
    with pytest.raises(IndexAttached):
        export_iceberg(shown, tmp_path / "ice", lake(tmp_path))
