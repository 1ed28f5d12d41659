"""An inventory comes hours after the instant it is of: what runs that began later know is known better."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from store.listings import BEGUN, Found, Listing, begun, page_of, rows, source, sync

from indexer.errors import ListingRefused
from indexer.listing.ranges import KeyRange
from indexer.listing.shards import Listed, Shard
from indexer.store import Loader, runs
from inventory.test_like_listings import bucket_of, load
from inventory.vendors import VENDORS
from inventory.writing import SNAPSHOT, write

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from indexer.store import Merged

S3 = VENDORS["s3"]
STATE = "SELECT key, size, deleted_at FROM objects ORDER BY key"
LATER = SNAPSHOT + timedelta(hours=3)
OLD = 0


def written(size: int) -> Found:
    """An object that was written long ago."""
    return Found(size, "etag", OLD, "STANDARD")


def list_a_part(index: duckdb.DuckDBPyConnection, found: Listing, covers: KeyRange) -> Merged:
    """An incremental run that began after the snapshot and listed one range."""
    run = runs.start(index, "sync", BEGUN)
    shard = Shard(0, covers.after, covers.until, started_at=LATER, finished_at=LATER, pages=1)
    with closing(Loader(index, bucket_of("s3"), run, LATER, full=False)) as loader:
        loader.add(Listed(0, page_of(found).objects, covers))
        merged = loader.finish([shard])
    runs.note_listing(index, run, "classroom", runs.Listing("incremental", LATER, LATER, 1, 0), merged)
    return merged


def first(index: duckdb.DuckDBPyConnection, *keys: str) -> None:
    """A full run that began an hour before the snapshot of every inventory here."""
    run = runs.start(index, "sync", BEGUN)
    began = SNAPSHOT - timedelta(hours=1)
    with closing(Loader(index, bucket_of("s3"), run, began)) as loader:
        loader.add(Listed(0, page_of({key: written(1) for key in keys}).objects, KeyRange(None, None)))
        merged = loader.finish([Shard(0, None, None, started_at=began, finished_at=began, pages=1)])
    runs.note_listing(index, run, "classroom", runs.Listing("full", began, began, 1, 0), merged)


def test_what_a_later_run_saw_is_neither_changed_nor_deleted(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """The inventory has an older size of one object and lacks another, and both stay as they were seen later."""
    first(index, "a", "z")
    list_a_part(index, {"a": written(2), "b": written(2)}, KeyRange(None, "m"))
    merged = load(index, bucket_of("s3"), write(tmp_path, S3, {"a": written(1), "z": written(3)}), tmp_path)
    assert (merged.added, merged.changed, merged.deleted, merged.held) == (0, 1, 0, 3)
    assert rows(index, STATE) == [("a", 2, None), ("b", 2, None), ("z", 3, None)]


def test_what_a_later_run_found_deleted_stays_deleted(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """It was there at the snapshot, and is not any more."""
    first(index, "a", "z")
    list_a_part(index, {}, KeyRange(None, "m"))
    load(index, bucket_of("s3"), write(tmp_path, S3, {"a": written(1), "z": written(1)}), tmp_path)
    assert rows(index, STATE) == [("a", 1, LATER), ("z", 1, None)]


def test_what_a_later_run_did_not_see_where_it_listed_is_not_added(
    tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """A new key of the inventory inside a range that was listed since is gone; one outside of it is added."""
    first(index, "z")
    list_a_part(index, {}, KeyRange(None, "m"))
    load(index, bucket_of("s3"), write(tmp_path, S3, {"c": written(1), "x": written(1), "z": written(1)}), tmp_path)
    assert rows(index, STATE) == [("x", 1, None), ("z", 1, None)]


def test_deletions_are_of_the_snapshots_instant(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """What the inventory lacks, and nothing later saw, was deleted by the instant it is of."""
    first(index, "a", "z")
    load(index, bucket_of("s3"), write(tmp_path, S3, {"z": written(1)}), tmp_path)
    assert rows(index, STATE) == [("a", 1, SNAPSHOT), ("z", 1, None)]


def test_what_was_written_after_the_snapshot_is_left_to_the_next_run(
    tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """An inventory is written for hours, and may hold newer objects than its instant says."""
    newer = Found(1, "etag", 1_795_162_530_123_456 + 10**10, "STANDARD")
    merged = load(index, bucket_of("s3"), write(tmp_path, S3, {"new": newer, "old": written(1)}), tmp_path)
    assert (merged.added, merged.left_out) == (1, 1)


def test_loading_the_same_inventory_again_changes_nothing(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """It is as if nothing had happened to the bucket meanwhile."""
    manifest = write(tmp_path, S3, {"a": written(1)})
    load(index, bucket_of("s3"), manifest, tmp_path)
    merged = load(index, bucket_of("s3"), manifest, tmp_path)
    assert (merged.listed, merged.added, merged.changed, merged.deleted) == (1, 0, 0, 0)


def test_an_inventory_that_is_older_than_a_listing_of_all_is_refused(
    tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """There is nothing in it that is not known better."""
    listed = source(vendor="s3", bucket=bucket_of("s3").storage.bucket)
    sync(index, listed, {"a": written(1)})
    manifest = write(tmp_path, S3, {"b": written(1)}, snapshot=begun(1) - timedelta(hours=1))
    with pytest.raises(ListingRefused, match="known better"):
        load(index, listed, manifest, tmp_path)


def test_the_run_is_recorded_as_of_the_snapshot(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """Its mode says what it was, and it began when the bucket was as it says."""
    load(index, bucket_of("s3"), write(tmp_path, S3, {"a": written(1)}, files=3), tmp_path)
    sql = "SELECT mode, began_at, u.status, held, pages, r.keys FROM run_sources u JOIN receipts r USING (run)"
    assert rows(index, sql) == [("inventory", SNAPSHOT, "complete", 1, 3, 1)]
