"""An inventory and a listing of the same bucket leave the same index, whichever vendor wrote it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from store.listings import BEGUN, WROTE, Found, Listing, begun, rows, shot, source, sync, tables

from indexer.inventory.find import dialect_of, named
from indexer.inventory.load import Place, load_inventory
from indexer.naming import Layout
from indexer.store import runs
from indexer.store.migrations import migrate
from inventory.vendors import VENDORS
from inventory.writing import BUCKET, ODD_KEYS, write

if TYPE_CHECKING:
    from indexer.config import Source
    from indexer.store import Merged
    from inventory.writing import Vendor

COUNT = int(os.environ.get("INVENTORY_ROWS", "2000"))
RECEIPT = "SELECT run, prefix, from_key, to_key, keys, key_hash FROM receipts ORDER BY ALL"


def bucket_of(vendor: str, prefix: str = "") -> Source:
    """The source that the vendor's inventories are of."""
    return source(vendor=vendor, bucket=BUCKET, prefix=prefix, layout=Layout("auto"))


def load(connection: duckdb.DuckDBPyConnection, listed: Source, manifest: Path, folder: Path, **how: Any) -> Merged:
    """Load an inventory as a run of its own."""
    run = runs.start(connection, "inventory", BEGUN)
    place = Place(connection, run, folder / "index.duckdb", lambda: begun(run) + timedelta(minutes=1))
    merged, _ = load_inventory(place, listed, named(manifest, dialect_of(listed.storage)), **how)
    runs.finish(connection, run, BEGUN, "complete")
    return merged


def bucket(count: int) -> Listing:
    """A bucket of screenshots and odd keys, with etags of both kinds."""
    found = {
        f"shots/{shot(number % 60, sid=f'{number // 60:06x}', cname='room 1+2%')}": Found(
            number, hashlib.md5(b"%d" % number).hexdigest(), WROTE - 10**10 + number * 1000, "STANDARD"
        )
        for number in range(count)
    }
    return found | {key: Found(7, "0cc175b9-2", WROTE - 10**10, "IA") for key in ODD_KEYS}


@pytest.mark.parametrize("prefix", ["", "shots/"])
@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_an_inventory_leaves_what_listing_the_bucket_leaves(
    vendor: Vendor, prefix: str, tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """Odd keys, old versions and unsorted files notwithstanding, all rows and the receipt are those of a listing."""
    found = bucket(COUNT)
    listed = bucket_of(vendor.name, prefix)
    merged = load(index, listed, write(tmp_path, vendor, found, files=3), tmp_path)
    with duckdb.connect() as other:
        migrate(other)
        below = {key: one for key, one in found.items() if key.startswith(prefix)}
        assert merged == sync(other, listed, below)
        assert told(index) == told(other)
        assert rows(index, RECEIPT) == rows(other, RECEIPT)


def told(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """All that an index tells of objects, whatever order names were numbered in."""
    views = {
        name: rows(connection, f"FROM {name} ORDER BY ALL") for name in ("screenshots", "other_objects", "sessions")
    }
    return views | {"sources": tables(connection)["sources"]}


@pytest.mark.parametrize(("name", "kind"), [("s3", "Parquet"), ("azure", "Parquet"), ("s3", "ORC")])
def test_an_inventory_in_columns_leaves_what_listing_the_bucket_leaves(
    name: str, kind: str, tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """Keys stand in Parquet and ORC as they are, instants may have a zone, and the schema has a spelling of its own."""
    found = bucket(2 * COUNT)
    listed = bucket_of(name)
    load(index, listed, write(tmp_path, VENDORS[name], found, kind=kind), tmp_path)
    with duckdb.connect() as other:
        migrate(other)
        sync(other, listed, found)
        assert told(index) == told(other)


def test_keys_written_as_forms_are_read_so_where_that_is_said(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """With key_encoding "form" a plus is a blank, and a plus of the key's own came as %2B."""
    found = bucket(10)
    load(index, bucket_of("s3"), write(tmp_path, VENDORS["s3"], found, form=True), tmp_path, key_encoding="form")
    assert {key for (key,) in rows(index, "SELECT key FROM objects")} == set(found)


def test_an_object_that_azure_names_twice_is_one(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """Of two rows of one name the later written one is the object."""
    azure = VENDORS["azure"]
    older = azure.row("twice.jpg", Found(1, "old", WROTE - 2 * 10**10))
    vendor = replace(azure, extra=(older,))
    merged = load(
        index, bucket_of("azure"), write(tmp_path, vendor, {"twice.jpg": Found(2, "new", WROTE - 10**10)}), tmp_path
    )
    assert merged.added == 1
    assert rows(index, "SELECT size, etag FROM objects") == [(2, "new")]


KEYS = [*(f"shots/{shot(number)}" for number in range(4)), "shots/a", "b.txt", "+"]
HOUR = 3_600_000_000
OBJECTS = st.builds(
    Found,
    size=st.integers(0, 2),
    etag=st.sampled_from(["one", "two"]),
    last_modified=st.sampled_from([0, HOUR]),
    storage_class=st.just("STANDARD"),
)
BUCKETS = st.dictionaries(st.sampled_from(KEYS), OBJECTS)


@settings(max_examples=20)
@given(st.lists(BUCKETS, max_size=3), BUCKETS, st.sampled_from(["", "shots/"]), st.integers(1, 3))
def test_after_any_listings_an_inventory_is_one_more_listing(
    before: list[Listing], last: Listing, prefix: str, files: int
) -> None:
    """What it adds, changes and deletes is what listing the bucket at its instant would."""
    assume(not last or _below(last, prefix))  # else it is refused
    listed = bucket_of("s3", prefix)
    with duckdb.connect() as one, duckdb.connect() as other, TemporaryDirectory() as folder:
        for connection in (one, other):
            migrate(connection)
            for found in before:
                sync(connection, listed, _below(found, prefix), allow_empty=True)
        expected = sync(other, listed, _below(last, prefix), allow_empty=True)
        run = len(before) + 1
        manifest = write(Path(folder), VENDORS["s3"], last, files=files, snapshot=begun(run))
        assert load(one, listed, manifest, Path(folder), allow_empty=True) == expected
        assert told(one) == told(other)


def _below(found: Listing, prefix: str) -> Listing:
    return {key: one for key, one in found.items() if key.startswith(prefix)}
