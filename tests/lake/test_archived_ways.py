"""An index of which days are archived goes the ways of any other: exports, reconciliations and inventories."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
from demo.pipeline import indexed
from inventory.test_like_listings import bucket, bucket_of
from inventory.test_like_listings import load as load_inventory
from inventory.vendors import VENDORS
from inventory.writing import write
from store.listings import BEGUN, WROTE, Found, begun, rows, sync

from indexer.demo import make_sample
from indexer.lake.archive import archive, move
from indexer.lake.attach import attach
from indexer.lake.export import export
from indexer.reconcile import reconcile
from indexer.store import runs
from indexer.store.migrations import migrate
from lake.lakes import NOW, keys_in, manifest_of, names_of, paths_of, whole
from lake.lakes import rows as asked
from lake.test_archive_model import shown

FEBRUARY = datetime.fromisoformat("2026-02-01")
OBJECTS = "SELECT * FROM objects ORDER BY source, key"
LISTED = bucket_of("s3")


def test_an_export_has_what_is_archived_as_well(index: Path, tmp_path: Path) -> None:
    """The lake of an archived index is that of the index before, to the hash of the objects' files."""
    export(index, tmp_path / "before", NOW)
    keys, objects = keys_in(tmp_path / "before"), asked(index, OBJECTS)
    assert archive(index, tmp_path / "archive", FEBRUARY)
    export(index, tmp_path / "lake", NOW)
    assert whole(tmp_path / "lake").of("objects") == manifest_of(tmp_path / "before").of("objects")
    assert keys_in(tmp_path / "lake") == keys
    attach(tmp_path / "lake", tmp_path / "attached.duckdb")
    assert asked(tmp_path / "attached.duckdb", OBJECTS) == objects


def test_archiving_changes_nothing_of_a_lake(index: Path, lake: Path, tmp_path: Path) -> None:
    """An export after archiving writes no object again, and one after that nothing at all."""
    before = manifest_of(lake).of("objects")
    archive(index, tmp_path / "archive", FEBRUARY)
    told = export(index, lake, NOW)
    assert manifest_of(lake).of("objects") == before
    assert [each.table for each in told if each.table == "objects" and each.written] == []
    files, manifest = names_of(lake), paths_of(manifest_of(lake))
    assert sum(each.written for each in export(index, lake, NOW)) == 0
    assert paths_of(manifest_of(lake)) == manifest
    assert names_of(lake) <= files


def test_an_inventory_changes_what_it_changes_without_an_archive(tmp_path: Path) -> None:
    """What it lacks is deleted as of its snapshot though it was archived, what it has otherwise is changed."""
    found, snapshot = bucket(300), begun(5)
    lacking, other = list(found)[:2]
    later = {**found, other: Found(7, "other", WROTE - 10**10), "new": Found(1, "new", WROTE - 10**10)}
    del later[lacking]
    manifest = write(tmp_path, VENDORS["s3"], later, snapshot=snapshot)
    with duckdb.connect() as plain, duckdb.connect() as archived:
        for connection in (plain, archived):
            migrate(connection)
            sync(connection, LISTED, found)
        _archive_one(archived, plain, tmp_path)
        merged = load_inventory(archived, LISTED, manifest, tmp_path)
        assert merged == load_inventory(plain, LISTED, manifest, tmp_path)
        assert (merged.added, merged.changed, merged.deleted) == (1, 1, 1)
        assert shown(archived) == shown(plain)
        assert rows(archived, "SELECT key, deleted_at FROM objects WHERE deleted_at IS NOT NULL") == [
            (lacking, snapshot)
        ]


def test_what_an_inventory_brought_is_archived_like_what_was_listed(tmp_path: Path) -> None:
    """Its objects leave, stay in every view, and are known to the listing of all that follows."""
    found = bucket(300)
    manifest = write(tmp_path, VENDORS["s3"], found, snapshot=begun(0))
    with duckdb.connect() as plain, duckdb.connect() as archived:
        for connection in (plain, archived):
            migrate(connection)
            load_inventory(connection, LISTED, manifest, tmp_path)
        _archive_one(archived, plain, tmp_path)
        assert shown(archived) == shown(plain)
        del found[next(iter(found))]
        merged = sync(archived, LISTED, found)
        assert merged == sync(plain, LISTED, found)
        assert (merged.added, merged.changed, merged.deleted) == (0, 0, 1)
        assert shown(archived) == shown(plain)


def test_reconciling_finds_what_it_finds_without_an_archive(tmp_path: Path) -> None:
    """Two copies of an index that was never reconciled, one of them archived, have the same findings."""
    config = indexed(make_sample(tmp_path / "sample", 0))
    other = Path(shutil.copy(config.index, tmp_path / "other.duckdb"))
    assert archive(other, tmp_path / "archive", FEBRUARY)
    for index in (config.index, other):
        reconcile(index, config.sources)
    told = "SELECT * EXCLUDE (first_found_run, last_found_run) FROM findings ORDER BY ALL"
    assert asked(other, told) == asked(config.index, told)
    assert len(asked(other, told)) > 20


def _archive_one(archived: duckdb.DuckDBPyConnection, plain: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Archive what one index has of old days, and count a run in the other."""
    days = move(archived, folder / "archive", FEBRUARY, lambda: BEGUN)
    assert sum(day.objects for day in days) == 300
    runs.finish(plain, runs.start(plain, "archive", BEGUN), BEGUN, "complete")
