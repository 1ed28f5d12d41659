"""What is said of an index: a row a source, the account, the payloads, and the last run."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest
from store.listings import BEGUN, begun, listing, shot, source, sync
from store.payloads import FAILED, payload, take, verdict

from indexer.moderation import Notification
from indexer.moderation.agora_live import AGORA_LIVE
from indexer.status import describe
from indexer.store import match, runs
from indexer.store.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    Index = duckdb.DuckDBPyConnection


@pytest.fixture
def index() -> Iterator[Index]:
    """A connection to an empty index."""
    with duckdb.connect() as opened:
        migrate(opened)
        yield opened


def hash_of(*keys: str) -> str:
    """The hash of a receipt, as it is shown."""
    halves = (int.from_bytes(hashlib.md5(key.encode()).digest()[8:], "little") for key in keys)
    return f"{sum(halves) % 2**64:016x}"


def test_an_empty_index_has_a_status(index: Index) -> None:
    """Nothing is nothing, without an error."""
    status = describe(index)
    assert status.sources == []
    assert status.lines == ["0 screenshots + 0 other objects = 0 objects listed"]


def test_a_source_is_one_row_with_its_receipt(index: Index) -> None:
    """A source's row counts what is present and what was deleted, and shows what its last listing proved."""
    sync(index, source(), listing(shot(1), shot(2), "notes.txt", "38f8e3_room.m3u8"))
    sync(index, source(), listing(shot(1), "notes.txt", "38f8e3_room.m3u8"))
    assert describe(index).sources == [
        {
            "source": "classroom",
            "objects": 3,
            "screenshots": 1,
            "other_objects": 2,
            "unparsed": 1,
            "deleted": 1,
            "run": 2,
            "mode": "full",
            "as_of": begun(2),
        }
    ]


def test_the_shards_of_a_full_run_prove_that_it_is_complete(index: Index) -> None:
    """That the shards leave no gap is said, with what they held in all."""
    keys = [shot(number) for number in range(9)]
    sync(index, source(), listing(*keys), parts=3, max_keys=2)
    assert describe(index).lines[1] == (
        f"source classroom, run 1, full: no gap in 3 shards: 9 keys in 5 pages, hash {hash_of(*keys)}"
    )


def test_a_gap_between_shards_is_said(index: Index) -> None:
    """Where a shard was not listed to its end, the status says from where on nothing is proved."""
    keys = [shot(number) for number in range(6)]
    sync(index, source(), listing(*keys), parts=2)
    index.execute("UPDATE receipts SET finished_at = NULL, last_key = ? WHERE from_key IS NULL", [keys[1]])
    assert f"1 gap in 2 shards, the first after {keys[1]!r}, up to {keys[3]!r}: 6 keys" in describe(index).lines[1]


def test_an_empty_source_is_a_row(index: Index) -> None:
    """A source that holds nothing is shown with what proves it."""
    sync(index, source(), {})
    (row,) = describe(index).sources
    assert (row["objects"], row["screenshots"], row["other_objects"]) == (0, 0, 0)
    assert f"0 keys in 1 page, hash {hash_of()}" in describe(index).lines[1]


def test_the_account_adds_all_sources_up(index: Index) -> None:
    """Screenshots and other objects of all sources are what was listed."""
    sync(index, source("one", bucket="one"), listing(*(shot(number) for number in range(60)), "notes.txt"))
    sync(index, source("two", bucket="two"), listing(*(f"{number}.txt" for number in range(1200))))
    assert describe(index).lines[0] == "60 screenshots + 1,201 other objects = 1,261 objects listed"


def test_only_the_listed_prefix_is_in_the_account(index: Index) -> None:
    """Objects outside the prefix that is listed now are no part of what the last listing proves."""
    sync(index, source(), listing("a/1.txt", "b/1.txt", "b/2.txt"))
    sync(index, source(prefix="b/"), listing("b/1.txt", "b/2.txt"))
    assert describe(index).lines[0] == "0 screenshots + 2 other objects = 2 objects listed"


def test_an_account_that_does_not_come_out_is_said(index: Index) -> None:
    """Where the rows are not what was listed, the status says so."""
    sync(index, source(), listing(shot(1), shot(2)))
    index.execute("DELETE FROM kept_rows WHERE rowid = 1")
    assert describe(index).lines[0] == "1 screenshots + 0 other objects IS NOT 2 objects listed"


def test_payloads_and_evidence_are_counted(index: Index) -> None:
    """Bodies are counted by how they were read, deliveries beside them, violations by what became of their evidence."""
    sync(index, source(), listing(shot(1), shot(2)))
    take(
        index,
        payload(verdict(key=shot(1)), verdict(result_path="/1", key=shot(2)), text="1"),
        payload(verdict(), text="2", line=2),
        payload(verdict(), text="2", line=3),
        payload(text="3", line=4, error=FAILED),
    )
    match(index)
    assert describe(index).lines[2:4] == [
        "payloads: 2 ok, 1 failed, delivered 4 times",
        "violations by evidence: 2 present, 1 no-key",
    ]


def test_payloads_without_a_violation(index: Index) -> None:
    """Where every picture passed, there are no violations to count."""
    take(index, payload(verdict(suggestion="pass")))
    assert "violations by evidence: none" in describe(index).lines


def test_witnesses_are_counted_by_what_became_of_their_object(index: Index) -> None:
    """What platforms say they stored is there, was deleted, or was never seen; tests of an address do not count."""
    sync(index, source(), listing(shot(1)))
    notices = [Notification(f"/{number}", "stored", key=shot(number)) for number in (1, 2, 3)]
    tried = Notification("/test", "stored", key=shot(4), is_test=True)
    take(index, replace(payload(), notifications=(*notices, tried)))
    assert "notifications by object: 2 never seen, 1 present" in describe(index).lines


def test_what_an_older_version_read_is_told(index: Index) -> None:
    """Bodies that another version of a mapping read are counted, with what to do about them."""
    older = replace(payload(verdict(), text="1"), provider=AGORA_LIVE.provider, shape="agora_live.old")
    take(index, older, replace(payload(verdict(), text="2"), provider=AGORA_LIVE.provider, shape=AGORA_LIVE.shape))
    assert [line for line in describe(index).lines if "rebuild" in line] == [
        f"1 payload read as agora_live.old, and this version reads {AGORA_LIVE.shape}: run `indexer ingest --rebuild`"
    ]


def test_the_last_run_is_told_with_its_failures(index: Index) -> None:
    """The last line says how the last run ended, and after it why sources failed."""
    sync(index, source(), listing(shot(1)))
    run = runs.start(index, "sync", BEGUN)
    for name in ("live", "classroom"):
        runs.note_failure(index, run, name, "the key may not list")
    runs.finish(index, run, BEGUN + timedelta(seconds=61), "failed")
    assert describe(index).lines[2:] == [
        "run 2, sync: failed, finished 2026-11-20 08:01:01 UTC",
        "source classroom failed: the key may not list",
        "source live failed: the key may not list",
    ]
