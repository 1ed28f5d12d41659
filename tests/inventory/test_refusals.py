"""What may not be believed is refused by name, and nothing of it reaches the index."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from store.listings import Found, rows, shot

from indexer.errors import InventoryRefused, ListingRefused, UsageError
from indexer.inventory.files import local_files
from indexer.inventory.find import dialect_of, named, newest
from indexer.inventory.manifest import columns, parsed
from inventory.test_like_listings import bucket, bucket_of, load
from inventory.vendors import VENDORS, checked
from inventory.writing import BUCKET, SNAPSHOT, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

S3 = VENDORS["s3"]
FOUND = bucket(10)


def changed(manifest: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A manifest with something else in it, and the checksum of that."""
    told = json.loads(manifest.read_text())
    change(told)
    return checked(manifest, told)


def is_refused(index: duckdb.DuckDBPyConnection, manifest: Path, vendor: str, why: str, **how: Any) -> None:
    """Loading fails with these words, and leaves no object and no name."""
    with pytest.raises(InventoryRefused, match=why):
        load(index, bucket_of(vendor, how.pop("prefix", "")), manifest, manifest.parent, **how)
    assert rows(index, "SELECT count(*) FROM object_rows") == [(0,)]
    assert rows(index, "SELECT count(*) FROM names") == [(0,)]


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
def test_a_file_that_was_cut_is_refused(vendor: Any, tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """By its size, or by the count of its rows where the vendor writes no size."""
    manifest = write(tmp_path, vendor, FOUND)
    (cut,) = tmp_path.rglob("part-1*")
    content = cut.read_bytes()
    cut.write_bytes(content[: content.rindex(b"\n", 0, -1) + 1] if content.endswith(b"\n") else content[:-9])
    is_refused(index, manifest, vendor.name, "bytes|rows")


@pytest.mark.parametrize("vendor", ["s3", "oss", "cos"])
def test_a_file_with_another_md5_is_refused(vendor: str, tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """A file of the right size that was written over is found by its MD5."""
    manifest = write(tmp_path, VENDORS[vendor], FOUND)
    (damaged,) = tmp_path.rglob("part-0*")
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    is_refused(index, manifest, vendor, "damaged: its MD5")


@pytest.mark.parametrize("vendor", ["s3", "oss", "cos", "azure"])
def test_an_inventory_without_its_marker_is_not_finished(
    vendor: str, tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """Where a vendor writes a checksum last, a manifest alone is refused."""
    manifest = write(tmp_path, VENDORS[vendor], FOUND)
    manifest.with_suffix(".checksum").unlink()
    is_refused(index, manifest, vendor, "not finished")


def test_a_manifest_that_is_not_its_checksums_is_damaged(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """A manifest that was changed after its checksum was written is refused."""
    manifest = write(tmp_path, S3, FOUND)
    manifest.write_text(manifest.read_text() + " ")
    is_refused(index, manifest, "s3", "damaged: its MD5 is not that of its checksum")


def test_a_missing_file_is_named(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """The second of two files is missing: the first one is not loaded either."""
    manifest = write(tmp_path, S3, FOUND)
    next(tmp_path.rglob("part-1*")).unlink()
    is_refused(index, manifest, "s3", "part-1.csv.gz is not there")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda told: told.update(fileFormat="Avro"), "only CSV, Parquet and ORC"),
        (lambda told: told.update(sourceBucket="another"), "of the bucket 'another'"),
        (lambda told: told.update(files=told["files"] * 2), "names a file twice"),
        (lambda told: told.update(files="none"), "files is no list"),
        (lambda told: told.pop("creationTimestamp"), "creationTimestamp is missing"),
        (lambda told: told.update(creationTimestamp="soon"), "is no instant"),
        (lambda told: told["files"][0].update(size="-1"), "size is no whole number"),
        (lambda told: told["files"][0].update(MD5checksum="' OR 1"), "is no MD5"),
        (lambda told: told.update(fileSchema="Bucket, Key, Size"), "lack last_modified, etag, storage_class"),
        (lambda told: told.update(fileSchema="Bucket, Key"), "lack size"),
        (lambda told: told.update(fileFormat="Parquet"), "is no Parquet file"),
        (lambda told: told.update(fileFormat="ORC"), "is no ORC file"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(
    change: Callable[[dict[str, Any]], object], why: str, tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """Formats without a reader, other buckets, and fields that are missing or no such thing are named."""
    is_refused(index, changed(write(tmp_path, S3, FOUND), change), "s3", why)


def test_rows_of_another_bucket_are_refused(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """The manifest says the source's bucket and a row another one."""
    foreign = {**S3.row("a.jpg", Found()), "Bucket": "another"}
    is_refused(index, write(tmp_path, replace(S3, extra=(foreign,)), FOUND), "s3", "a row is of the bucket another")


def test_keys_that_are_not_encoded_are_refused_with_advice(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """A percent sign that begins no escape says that keys stand as they are."""
    manifest = write(tmp_path, replace(S3, encode=str), {"100%.jpg": Found()})
    is_refused(index, manifest, "s3", "set key_encoding")
    load(index, bucket_of("s3"), manifest, tmp_path, key_encoding="none")
    assert rows(index, "SELECT key FROM objects") == [("100%.jpg",)]


def test_keys_that_are_none_of_the_sources_are_refused(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """An inventory of objects of which none begins with the source's prefix is of something else, or read wrongly."""
    is_refused(index, write(tmp_path, S3, FOUND), "s3", "begins with 'elsewhere/'", prefix="elsewhere/")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda told: told.update(status="Failed"), "status is 'Failed'"),
        (lambda told: told["ruleDefinition"].update(objectType="container"), "lists containers"),
        (lambda told: told["ruleDefinition"]["filters"].update(prefixMatch=[f"{BUCKET}/a"]), "it is only of"),
        (lambda told: told["ruleDefinition"]["filters"].update(excludePrefix=["x"]), "filters by excludePrefix"),
    ],
)
def test_a_rule_of_azure_that_leaves_something_out_is_refused(
    change: Callable[[dict[str, Any]], object], why: str, tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """What a rule does not list would be taken for deleted."""
    is_refused(index, changed(write(tmp_path, VENDORS["azure"], FOUND), change), "azure", why)


def rewritten(folder: Path, manifest: Path, change: Callable[[bytes], bytes]) -> Path:
    """An inventory whose only file is another, with the size and MD5 of that."""
    (path,) = folder.rglob("part-0*")
    path.write_bytes(change(path.read_bytes()))
    size, digest = path.stat().st_size, hashlib.md5(path.read_bytes()).hexdigest()
    return changed(manifest, lambda told: told["files"][0].update(size=size, MD5checksum=digest))


def test_an_encrypted_parquet_file_is_refused(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """Its first bytes say so."""
    manifest = write(tmp_path, S3, FOUND, kind="Parquet", files=1)
    is_refused(index, rewritten(tmp_path, manifest, lambda content: b"PARE" + content[4:]), "s3", "encrypted")


def test_an_orc_file_that_breaks_off_is_refused(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """Its first bytes are right, and it has no end."""
    manifest = write(tmp_path, S3, FOUND, kind="ORC", files=1)
    is_refused(index, rewritten(tmp_path, manifest, lambda content: content[:-40]), "s3", "cannot be read as ORC")


def test_an_empty_inventory_wipes_nothing_by_itself(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """A source that held objects keeps them, as with a listing that is empty."""
    load(index, bucket_of("s3"), write(tmp_path / "first", S3, FOUND), tmp_path)
    empty = write(tmp_path / "second", S3, {}, files=1)
    with pytest.raises(ListingRefused, match="allow-empty"):
        load(index, bucket_of("s3"), empty, tmp_path)
    assert load(index, bucket_of("s3"), empty, tmp_path, allow_empty=True).deleted == len(FOUND)


def test_the_newest_finished_one_in_a_folder_is_found(tmp_path: Path) -> None:
    """One of another bucket, and a newer one that is not finished, are passed over."""
    for day in (18, 19, 20):
        manifest = write(tmp_path, S3, FOUND, snapshot=SNAPSHOT.replace(day=day))
    manifest.with_suffix(".checksum").unlink()
    changed(write(tmp_path, S3, FOUND, snapshot=SNAPSHOT.replace(day=21)), lambda told: told.update(sourceBucket="x"))
    found = newest(local_files(tmp_path), dialect_of(bucket_of("s3").storage), BUCKET, tmp_path)
    assert found is not None
    assert found.manifest.snapshot == SNAPSHOT.replace(day=19)


def test_a_folder_without_an_inventory_has_none(tmp_path: Path) -> None:
    """Other files are no manifests."""
    (tmp_path / "readme.json").write_text("{}")
    assert newest(local_files(tmp_path), dialect_of(bucket_of("s3").storage), BUCKET, tmp_path) is None


def test_files_are_found_where_a_part_of_the_folders_was_copied(
    tmp_path: Path, index: duckdb.DuckDBPyConnection
) -> None:
    """The manifest's names begin above what was copied: their ends are enough."""
    write(tmp_path / "whole", S3, FOUND)
    (tmp_path / "whole" / "Inventory" / BUCKET / "all").rename(tmp_path / "copied")
    (manifest,) = (tmp_path / "copied").rglob("manifest.json")
    assert load(index, bucket_of("s3"), manifest, tmp_path).added == len(FOUND)


def test_a_name_that_leads_out_of_the_folders_is_no_file(tmp_path: Path) -> None:
    """A hostile manifest names no file of this machine that is not an inventory's."""
    (tmp_path / "secret").write_text("x")
    manifest = changed(
        write(tmp_path / "inventory", S3, FOUND, files=1),
        lambda told: told["files"][0].update(key="../../../../../../../../etc/passwd"),
    )
    with pytest.raises(InventoryRefused, match="is not there"):
        named(manifest, dialect_of(bucket_of("s3").storage))


def test_a_vendor_without_inventories_is_said_to_have_none() -> None:
    """Kodo has no inventories that are known of."""
    with pytest.raises(UsageError, match="vendor qiniu"):
        dialect_of(bucket_of("qiniu").storage)


def test_a_comma_before_a_bracket_is_forgiven() -> None:
    """OBS documents a manifest with one; what is no JSON without it is refused."""
    assert parsed(b'{"files": ["a", ], }', "m").texts("files") == ["a"]
    with pytest.raises(InventoryRefused, match="is no JSON"):
        parsed(b'{"files": [', "m")


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ("Bucket, Key, Size", ("Bucket", "Key", "Size")),
        ("Bucket,Key,Size", ("Bucket", "Key", "Size")),
        (
            (
                "message s3.inventory { required binary bucket (UTF8); required binary key (UTF8); "
                "optional int64 size; optional int64 last_modified_date (TIMESTAMP(MILLIS,true)); }"
            ),
            ("bucket", "key", "size", "last_modified_date"),
        ),
        (
            "struct<bucket:string,key:string,size:bigint,price:decimal(10,2),last_modified_date:timestamp>",
            ("bucket", "key", "size", "price", "last_modified_date"),
        ),
    ],
)
def test_the_columns_of_a_schema_are_read_in_order(schema: str, names: tuple[str, ...]) -> None:
    """With blanks after commas, without them, as the message of a Parquet file, and as the struct of an ORC one."""
    assert columns(schema) == names


def test_keys_are_cut_as_those_of_a_listing(tmp_path: Path, index: duckdb.DuckDBPyConnection) -> None:
    """A screenshot of an inventory has its session's name and its own time."""
    load(index, bucket_of("s3"), write(tmp_path, S3, {shot(5): Found()}), tmp_path)
    assert rows(index, "SELECT sid, cname, uid FROM screenshots") == [("38f8e3", "room_1", 7)]
