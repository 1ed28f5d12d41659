"""Witnesses of what platforms say they stored: taken in once, and compared with what is there."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from indexer.moderation import Notification
from indexer.store import Ingested
from store.listings import listing, rows, shot, source, sync, tables
from store.payloads import payload, take

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

AT = datetime.fromisoformat("2026-01-05 10:00:05")
NOTICE = Notification(result_path="/file", event="stored", key=shot(5))
HOSTILE = ("'; DROP TABLE notifications; --", "\0", "\x1b[2J", "中文", "", "x" * 100_000)


def test_a_notification_is_kept_once(index: Index) -> None:
    """A notice stands in the index with its body, and the same body again brings nothing."""
    body = replace(payload(text="body"), notifications=(NOTICE,), event="stored")
    assert take(index, body) == Ingested(1, 1, 0, 0, 0, 0, notifications=1)
    before = tables(index)
    assert take(index, body) == Ingested(0, 0, 0, 0, 0, 0)
    assert tables(index) == before
    expected = hashlib.sha256(f"{body.payload_id} notification /file".encode()).hexdigest()
    assert rows(index, "SELECT notification_id, provider, event FROM notifications") == [
        (expected, "agora-rtc", "stored")
    ]
    assert rows(index, "SELECT event FROM payloads") == [("stored",)]


def test_the_key_tells_more_than_the_notice(index: Index) -> None:
    """What the object's key says of session, user and time is believed before what the notice says."""
    told = replace(NOTICE, sid="other", cname="other", uid=527841, sequence=7, notified_at=AT, is_test=True)
    take(index, replace(payload(), notifications=(told,)))
    columns = "sid, cname, uid, captured_at, captured_at_precision_ms, sequence, notified_at, is_test"
    assert rows(index, f"SELECT {columns} FROM notifications") == [("38f8e3", "room_1", 7, AT, 1, 7, AT, True)]


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ({"key": shot(1)}, "present"),
        ({"key": shot(1), "bucket": "one"}, "present"),
        ({"key": shot(1), "bucket": "two"}, "never seen"),
        ({"key": shot(2)}, "deleted"),
        ({"key": shot(3)}, "never seen"),
        ({"key": "other.jpg"}, "present"),
        ({"key": None, "object_url": "https://h/a.jpg"}, "never seen"),
    ],
)
def test_a_witness_is_compared_with_what_is_there(index: Index, told: dict[str, Any], stored: str) -> None:
    """An object of the very key is there, was deleted, or was never seen; in its bucket if that is named."""
    sync(index, source(bucket="one"), listing(shot(1), shot(2), "other.jpg"))
    sync(index, source(bucket="one"), listing(shot(1), "other.jpg"))
    sync(index, source("another", bucket="two"), listing("other.jpg"))
    take(index, replace(payload(), notifications=(replace(NOTICE, **told),)))
    assert rows(index, "SELECT stored FROM notified_objects") == [(stored,)]


def test_the_number_of_a_notice_is_kept(index: Index) -> None:
    """What the platform counts, it counts by body, whether or not that names an object; most bodies have no number."""
    take(index, replace(payload(text="a"), counted_in="38f8e3", sequence=2**63 - 1), payload(text="b"))
    numbers = "SELECT counted_in, sequence FROM payload_bodies ORDER BY ALL NULLS LAST"
    assert rows(index, numbers) == [("38f8e3", 2**63 - 1), (None, None)]


def test_a_body_can_name_several_objects(index: Index) -> None:
    """Each place of a body is a notification of its own, and a body of several batches is one."""
    notices = tuple(replace(NOTICE, result_path=f"/{number}", key=f"{number}.jpg") for number in range(3))
    assert take(index, replace(payload(), notifications=notices)).notifications == 3
    assert rows(index, "SELECT count(DISTINCT notification_id) FROM notifications") == [(3,)]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_hostile_strings_stay_data(index: Index, text: str) -> None:
    """Whatever text a notice holds in whatever place, it is kept as it is."""
    names = ("event", "event_id", "bucket", "key", "object_url", "sid", "cname", "app", "stream")
    told_everywhere: dict[str, Any] = dict.fromkeys(names, text)
    take(index, replace(payload(), notifications=(replace(NOTICE, **told_everywhere),)))
    told = ", ".join(name.replace("key", "object_key") for name in names)
    assert rows(index, f"SELECT {told} FROM notifications") == [(text,) * len(names)]
