"""Loading a listing: what becomes an object, what changed since the last one, and what may not be believed."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from indexer.errors import IndexInconsistent, ListingRefused
from indexer.store import Merged
from store.listings import (
    WROTE,
    Found,
    begun,
    listing,
    rows,
    shot,
    source,
    sync,
    tables,
)

if TYPE_CHECKING:
    import duckdb

    from indexer.config import Source

    Index = duckdb.DuckDBPyConnection

KEYS = [shot(number) for number in range(5)]


def present(index: Index, name: str = "classroom") -> list[str]:
    """The keys that a source holds."""
    return [
        key
        for (key,) in rows(index, f"SELECT key FROM objects WHERE source = '{name}' AND deleted_at IS NULL ORDER BY 1")
    ]


def test_a_screenshot_has_what_its_name_says(index: Index) -> None:
    """A screenshot's row holds what its name and the listing tell, in the view's own units."""
    key = f"shots/{shot(5)}"
    sync(index, source(), {key: Found(2048, "abc", WROTE, "IA")})
    found = index.sql("FROM screenshots")
    (row,) = found.fetchall()
    assert {name: value for name, value in zip(found.columns, row, strict=True) if value is not None} == {
        "source": "classroom",
        "key": key,
        "service": "cloud-recording",
        "sid": "38f8e3",
        "cname": "room_1",
        "uid": 7,
        "stream_type": "video",
        "channel": "room_1",
        "captured_at": datetime.fromisoformat("2026-01-05 10:00:05"),
        "captured_at_precision_ms": 1,
        "size": 2048,
        "etag": "abc",
        "last_modified": datetime.fromisoformat("2026-11-20 08:15:30.123456"),
        "storage_class": "IA",
        "first_seen_run": 1,
        "last_seen_run": 1,
    }


def test_a_key_that_is_no_screenshot_is_kept_with_its_reason(index: Index) -> None:
    """Recordings, captions and names that no layout explains stand in other_objects, the last with a reason."""
    sync(index, source(), listing("38f8e3_room.m3u8", "en-US_38f8e3_room.vtt", "notes.txt", shot()))
    assert rows(index, "SELECT key, kind, reason FROM other_objects ORDER BY key") == [
        ("38f8e3_room.m3u8", "recording", None),
        ("en-US_38f8e3_room.vtt", "caption", None),
        ("notes.txt", "unparsed", "not a file these services write: .txt"),
    ]


def test_what_a_vendor_does_not_tell_is_null(index: Index) -> None:
    """A folder has neither etags nor storage classes, and its objects have none."""
    sync(index, source(), {shot(): Found(etag=None, storage_class=None)})
    assert rows(index, "SELECT etag, storage_class FROM screenshots") == [(None, None)]
    assert sync(index, source(), {shot(): Found(etag=None, storage_class=None)}).changed == 0


def test_the_second_listing_of_the_same_pages_changes_nothing(index: Index) -> None:
    """A listing that finds what is known leaves every row as it is, and is told as no change."""
    found = listing(*KEYS, "notes.txt")
    assert sync(index, source(), found) == Merged(listed=6, added=6, changed=0, deleted=0)
    before = tables(index)
    assert sync(index, source(), found) == Merged(listed=6, added=0, changed=0, deleted=0)
    assert tables(index) == before


def test_one_added_object_is_reported(index: Index) -> None:
    """A key that was not known is one added object, first and last seen in this run."""
    sync(index, source(), listing(*KEYS[:2]))
    assert sync(index, source(), listing(*KEYS[:3])) == Merged(listed=3, added=1, changed=0, deleted=0)
    assert rows(index, "SELECT key, last_seen_run FROM screenshots WHERE first_seen_run = 2") == [(KEYS[2], 2)]


@pytest.mark.parametrize(
    "again",
    [
        Found(size=1025),
        Found(etag="another"),
        Found(etag=None),
        Found(last_modified=WROTE + 1),
        Found(storage_class="ARCHIVE"),
        Found(storage_class=None),
    ],
    ids=["size", "etag", "no etag", "last-modified", "storage class", "no storage class"],
)
def test_one_changed_object_is_reported(index: Index, again: Found) -> None:
    """An object that was written again is one changed object, with its new values and its first run."""
    sync(index, source(), listing(*KEYS))
    assert sync(index, source(), listing(*KEYS) | {KEYS[1]: again}) == Merged(listed=5, added=0, changed=1, deleted=0)
    told = "size, etag, epoch_us(last_modified), storage_class, first_seen_run, deleted_at"
    assert rows(index, f"SELECT {told} FROM objects WHERE key = '{KEYS[1]}'") == [(*again, 1, None)]


def test_one_deleted_object_is_reported(index: Index) -> None:
    """A key that is listed no more was deleted when the listing began, and last seen in the complete run before."""
    sync(index, source(), listing(*KEYS))
    sync(index, source(), listing(*KEYS))
    assert sync(index, source(), listing(*KEYS[:-1])) == Merged(listed=4, added=0, changed=0, deleted=1)
    told = "key, first_seen_run, last_seen_run, deleted_at"
    assert rows(index, f"SELECT {told} FROM screenshots WHERE deleted_at IS NOT NULL") == [(KEYS[-1], 1, 2, begun(3))]


def test_a_deletion_is_told_once(index: Index) -> None:
    """A deleted key that stays away keeps the time and the run of its deletion."""
    sync(index, source(), listing(*KEYS))
    sync(index, source(), listing(*KEYS[:-1]))
    before = tables(index)
    assert sync(index, source(), listing(*KEYS[:-1])).deleted == 0
    assert tables(index) == before


def test_a_deleted_key_that_comes_back_is_present_again(index: Index) -> None:
    """A key that is listed again is a changed object that is present, and keeps the run that first saw it."""
    sync(index, source(), listing(*KEYS))
    sync(index, source(), listing(*KEYS[:-1]))
    assert sync(index, source(), listing(*KEYS)) == Merged(listed=5, added=0, changed=1, deleted=0)
    told = "first_seen_run, last_seen_run, deleted_at"
    assert rows(index, f"SELECT {told} FROM screenshots WHERE key = '{KEYS[-1]}'") == [(1, 3, None)]


def test_deletions_are_inferred_inside_the_listed_prefix_alone(index: Index) -> None:
    """A listing of a prefix says nothing of the keys outside of it."""
    sync(index, source(), listing("a/1.jpg", "a/2.jpg", "b/1.jpg"))
    assert sync(index, source(prefix="a/"), listing("a/1.jpg")) == Merged(listed=1, added=0, changed=0, deleted=1)
    assert present(index) == ["a/1.jpg", "b/1.jpg"]


def test_a_key_outside_the_listed_prefix_was_last_seen_before(index: Index) -> None:
    """The run that listed another prefix did not see the keys outside of it, until a run lists them again."""
    sync(index, source(), listing("a/1.jpg", "b/1.jpg"))
    seen = "SELECT key, last_seen_run FROM other_objects ORDER BY key"
    sync(index, source(prefix="a/"), listing("a/1.jpg"))
    sync(index, source(prefix="a/"), listing("a/1.jpg"))
    assert rows(index, seen) == [("a/1.jpg", 3), ("b/1.jpg", 1)]
    sync(index, source(), listing("a/1.jpg", "b/1.jpg"))
    assert rows(index, seen) == [("a/1.jpg", 4), ("b/1.jpg", 4)]


def test_a_prefix_has_no_wildcards(index: Index) -> None:
    """A prefix is text: the % and _ in it stand for themselves."""
    sync(index, source(), listing("a_1.jpg", "ab1.jpg", "a%1.jpg"))
    assert sync(index, source(prefix="a_"), listing("a_2.jpg")) == Merged(listed=1, added=1, changed=0, deleted=1)
    assert present(index) == ["a%1.jpg", "a_2.jpg", "ab1.jpg"]


def test_an_empty_listing_of_a_source_that_held_objects_is_refused(index: Index) -> None:
    """A source that lists nothing and held objects is ListingRefused, says how to go on, and leaves everything."""
    sync(index, source(), listing(*KEYS))
    before = tables(index)
    with pytest.raises(ListingRefused, match=r"lists nothing and held 5 objects.*--allow-empty"):
        sync(index, source(), {})
    assert tables(index) == before


def test_an_empty_listing_that_is_allowed_deletes(index: Index) -> None:
    """With allow_empty a source that lists nothing holds nothing."""
    sync(index, source(), listing(*KEYS))
    assert sync(index, source(), {}, allow_empty=True) == Merged(listed=0, added=0, changed=0, deleted=5)
    assert present(index) == []


def test_a_source_that_was_always_empty_is_believed(index: Index) -> None:
    """A source that holds nothing may list nothing."""
    assert sync(index, source(), {}) == sync(index, source(), {}) == Merged(0, 0, 0, 0)


@pytest.mark.parametrize("now", [source(bucket="other-bucket"), source(vendor="cos")], ids=["bucket", "vendor"])
def test_another_bucket_under_the_same_name_is_refused(index: Index, now: Source) -> None:
    """A source that is now another bucket is ListingRefused, names both, and leaves everything."""
    sync(index, source(), listing(*KEYS))
    before = tables(index)
    with pytest.raises(ListingRefused, match=r"classroom was bucket 'shots-bucket' at oss .* a name of its own"):
        sync(index, now, listing(*KEYS))
    assert tables(index) == before


def test_sources_do_not_touch_each_other(index: Index) -> None:
    """What one source lists adds, changes and deletes nothing of another one."""
    sync(index, source("one", bucket="one"), listing(*KEYS))
    assert sync(index, source("two", bucket="two"), listing(*KEYS[:2])) == Merged(2, 2, 0, 0)
    assert present(index, "one") == KEYS
    assert present(index, "two") == KEYS[:2]


def test_pages_wait_for_a_batch(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listing that is taken in batch by batch is the same as one that is taken in at once."""
    found = {key: Found(size=number) for number, key in enumerate([*map(shot, range(57)), "notes.txt"])}
    sync(index, source("one"), found)
    monkeypatch.setattr("indexer.store.load._BATCH_KEYS", 10)
    assert sync(index, source("two"), found, max_keys=7) == Merged(listed=58, added=58, changed=0, deleted=0)
    one, two = (
        rows(index, f"SELECT * EXCLUDE (source, first_seen_run) FROM objects WHERE source = '{name}' ORDER BY ALL")
        for name in ("one", "two")
    )
    assert one == two


def test_a_key_that_is_listed_twice_is_inconsistent(index: Index) -> None:
    """An account that does not come out is IndexInconsistent: screenshots and other objects are what was listed."""
    sync(index, source(), listing(shot(), "notes.txt"))
    index.execute("INSERT INTO kept_rows SELECT * FROM kept_rows WHERE captured_at IS NULL")
    with pytest.raises(IndexInconsistent, match="listed 2 objects and the index would hold 3"):
        sync(index, source(), listing(shot(), "notes.txt"))


def test_the_receipt_proves_the_listing(index: Index) -> None:
    """A receipt holds the range, the pages, the keys, their hash and when they were listed."""
    keys = [f"shots/{key}" for key in (*KEYS, "notes.txt", "中文.jpg")]
    sync(index, source(prefix="shots/"), listing(*keys), max_keys=3)
    expected = sum(int.from_bytes(hashlib.md5(key.encode()).digest()[8:], "little") for key in keys) % 2**64
    assert rows(index, "FROM receipts") == [
        (1, "classroom", "shots/", None, None, 3, 7, expected, begun(1), begun(1) + timedelta(minutes=1), max(keys))
    ]


def test_the_hashes_of_shards_add_up(index: Index) -> None:
    """The same keys have the same hash in however many shards they came, and other keys another one."""
    for number, (keys, parts) in enumerate(((KEYS, 1), (KEYS, 3), (KEYS[:-1], 1)), start=1):
        sync(index, source(f"source-{number}"), listing(*keys), parts=parts)
    total = "SELECT count(*), sum(keys), sum(key_hash::HUGEINT) % 18446744073709551616 FROM receipts GROUP BY run"
    whole, sharded, shorter = rows(index, f"{total} ORDER BY run")
    assert (whole[0], sharded[0]) == (1, 3)
    assert whole[1:] == sharded[1:] != shorter[1:]


def test_an_empty_listing_has_a_receipt(index: Index) -> None:
    """That a source holds nothing is proved like anything else: one page, no keys, the hash of nothing."""
    sync(index, source(), {})
    assert rows(index, "SELECT pages, keys, key_hash FROM receipts") == [(1, 0, 0)]
