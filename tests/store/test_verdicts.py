"""Taking payloads in: each body once, each delivery once, and what their verdicts come to say."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from indexer.moderation.quality import BEIJING_NAME, OBJECT_FROZEN, TIMES_DISAGREE
from indexer.naming import Layout, Template
from indexer.store import Ingested, match
from store.listings import listing, rows, shot, source, sync, tables
from store.payloads import FAILED, NOW, payload, take, verdict

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

CAPTURED = datetime.fromisoformat("2026-01-05 10:00:05")


def test_a_payload_is_kept_as_received(index: Index) -> None:
    """A body stands in the index with its text, how it was read, and where it came from."""
    take(index, payload(verdict(), text='{"a": 1}'))
    assert rows(index, "SELECT * EXCLUDE (payload_id) FROM payloads") == [
        (
            *("agora-rtc", "agora-rtc/1", None, "ok", None, 1, "callbacks.jsonl", 1, None, None, None, NOW),
            *('{"a": 1}', None),
        )
    ]


def test_how_a_body_came_is_told_by_its_deliveries(index: Index) -> None:
    """Of several deliveries the first time and headers are shown, and whether any was signed rightly; times add up."""
    body = payload(verdict())
    first = replace(body, received_at=NOW, headers='{"a": "1"}', signature_ok=False, deliveries=2)
    later = replace(body, source_line=2, received_at=CAPTURED, headers='{"a": "2"}', signature_ok=True, deliveries=3)
    assert take(index, first, later) == Ingested(5, 1, 0, 0, 1, 1)
    told = "deliveries, received_at, headers, signature_ok"
    assert rows(index, f"SELECT {told} FROM payloads") == [(5, CAPTURED, '{"a": "2"}', True)]


def test_more_deliveries_to_the_same_place_are_counted_once(index: Index) -> None:
    """A place that is read again after the body came there again adds what came since, and never less."""
    body = payload(verdict())
    assert take(index, replace(body, deliveries=2)).deliveries == 2
    assert take(index, replace(body, deliveries=5), replace(body, deliveries=4)).deliveries == 3
    assert take(index, replace(body, deliveries=1)).deliveries == 0
    assert rows(index, "SELECT deliveries FROM payloads") == [(5,)]


def test_bytes_that_are_no_text_are_kept(index: Index) -> None:
    """A body that is no UTF-8 keeps its bytes beside what could be read of them."""
    take(index, replace(payload(text="caf\ufffd", error=FAILED), raw=b"caf\xe9"))
    assert rows(index, "SELECT raw_text, raw_bytes FROM payloads") == [("caf\ufffd", b"caf\xe9")]


def test_a_second_reading_of_the_same_files_changes_nothing(index: Index) -> None:
    """The same bodies from the same places are neither new payloads nor new deliveries."""
    bodies = [
        payload(verdict(), text="1"),
        payload(verdict(suggestion="pass"), text="2", line=2),
        payload(text="3", line=3, error=FAILED),
    ]
    assert take(index, *bodies) == Ingested(
        deliveries=3, new_payloads=3, repaired=0, failed=1, verdicts=2, violations=1
    )
    before = tables(index)
    assert take(index, *bodies) == Ingested(0, 0, 0, 0, 0, 0)
    assert tables(index) == before


def test_the_same_body_from_two_places_is_one_payload(index: Index) -> None:
    """A body that was delivered twice is one payload with two deliveries and its verdicts once."""
    once, twice = payload(verdict(), uri="a.jsonl"), payload(verdict(), uri="b.jsonl", line=7)
    assert take(index, twice, once) == Ingested(2, 1, 0, 0, 1, 1)
    assert rows(index, "SELECT deliveries, source_uri, source_line FROM payloads") == [(2, "a.jsonl", 1)]


def test_a_later_delivery_of_a_known_body_is_counted(index: Index) -> None:
    """A body that comes again from another line of the same file is one more delivery, and nothing else."""
    take(index, payload(verdict()))
    assert take(index, payload(verdict(), line=2), payload(verdict(), line=2)) == Ingested(1, 0, 0, 0, 0, 0)
    assert rows(index, "SELECT deliveries, source_line FROM payloads") == [(2, 1)]


def test_a_failed_body_that_can_be_read_now_is_taken_anew(index: Index) -> None:
    """A body that failed and is understood later has its verdicts then, counts as new, and keeps its deliveries."""
    take(index, payload(text="body", error=FAILED), payload(text="body", line=2, error=FAILED))
    assert take(index, payload(verdict(), text="body", uri="again.jsonl")) == Ingested(1, 1, 0, 0, 1, 1)
    told = "parse_status, parse_error, provider, deliveries, source_uri"
    assert rows(index, f"SELECT {told} FROM payloads") == [("ok", None, "agora-rtc", 3, "again.jsonl")]


def test_a_body_that_was_read_is_not_replaced_by_a_failure(index: Index) -> None:
    """A body that is understood stays so when a later reading does not understand it."""
    take(index, payload(verdict(), text="body"))
    assert take(index, payload(text="body", error=FAILED)) == Ingested(0, 0, 0, 0, 0, 0)
    assert rows(index, "SELECT parse_status FROM payloads") == [("ok",)]
    assert len(rows(index, "FROM verdicts")) == 1


def test_a_repaired_body_is_counted(index: Index) -> None:
    """A body that had to be repaired is told apart, with what was repaired."""
    repaired = replace(payload(verdict()), parse_status="repaired", parse_error="a missing brace")
    assert take(index, repaired) == Ingested(1, 1, 1, 0, 1, 1)


def test_verdict_ids_are_stable(index: Index) -> None:
    """A verdict is identified by its payload and its place in it, which no other index does otherwise."""
    take(index, payload(verdict(result_path="/0"), verdict(result_path="/1"), text="body"))
    body = hashlib.sha256(b"body").hexdigest()
    expected = [hashlib.sha256(f"{body} {path}".encode()).hexdigest() for path in ("/0", "/1")]
    assert rows(index, "SELECT verdict_id FROM verdicts ORDER BY result_path") == [(one,) for one in expected]


def test_many_payloads_are_taken_batch_by_batch(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that come in several batches are the same as in one, one that is in two of them too."""
    monkeypatch.setattr("indexer.store.verdicts._BATCH_PAYLOADS", 3)
    bodies = [payload(verdict(), text=str(number % 7), line=number) for number in range(10)]
    assert take(index, *bodies) == Ingested(10, 7, 0, 0, 7, 7)


def test_nothing_at_all_is_taken(index: Index) -> None:
    """No payloads are no change."""
    assert take(index) == Ingested(0, 0, 0, 0, 0, 0)


def test_the_identity_in_the_key_goes_before_the_payloads(index: Index) -> None:
    """What the object's key says of session, user and time is believed before what the payload says."""
    said = verdict(
        key=f"shots/{shot(5)}", sid="other", cname="other", uid=8, captured_at=NOW, captured_at_precision_ms=1000
    )
    take(index, payload(said))
    told = "object_key, sid, cname, uid, captured_at, captured_at_precision_ms, captured_at_source"
    assert rows(index, f"SELECT {told} FROM verdicts") == [
        (f"shots/{shot(5)}", "38f8e3", "room_1", 7, CAPTURED, 1, "key")
    ]


def test_the_stream_in_the_key_goes_before_the_payloads(index: Index) -> None:
    """What the key of a live stream's picture says of its application and stream is believed, too."""
    key = "live/karaoke/0123456789abcdef0123456789abcdef_20260105095900123_20260105100005.jpg"
    take(index, payload(verdict(key=key, app="other", stream="other", cname="room")))
    told = "app, stream, cname, captured_at, captured_at_precision_ms"
    assert rows(index, f"SELECT {told} FROM verdicts") == [("live", "karaoke", "room", CAPTURED, 1000)]


def test_the_identity_of_a_payload_without_a_telling_key(index: Index) -> None:
    """A key that says nothing leaves what the payload says, and where its time is from is told."""
    said = verdict(key="picture.jpg", sid="s", cname="c", uid=8, captured_at=CAPTURED, captured_at_precision_ms=1000)
    take(index, payload(said, replace(said, result_path="/1", captured_at=None, captured_at_precision_ms=None)))
    told = "sid, cname, uid, captured_at, captured_at_precision_ms, captured_at_source"
    assert rows(index, f"SELECT {told} FROM verdicts ORDER BY result_path DESC") == [
        ("s", "c", 8, CAPTURED, 1000, "payload"),
        ("s", "c", 8, None, None, None),
    ]


@pytest.mark.parametrize("suggestion", ["pass", "review", "block", "unknown"])
@pytest.mark.parametrize("is_overall", [True, False])
def test_only_overall_review_and_block_are_violations(index: Index, suggestion: str, *, is_overall: bool) -> None:
    """A verdict is a violation when it is a picture's overall one and asks for review or blocks."""
    expected = is_overall and suggestion in ("review", "block")
    ingested = take(index, payload(verdict(suggestion=suggestion, is_overall=is_overall)))
    assert (ingested.verdicts, ingested.violations) == (1, int(expected))
    assert len(rows(index, "FROM violations")) == int(expected)


EVIDENCE = {
    "present": verdict(key=shot(1)),
    "deleted": verdict(key=shot(2)),
    "missing": verdict(key=shot(3, sid="of-no-bucket")),
    "missing, by its address": verdict(object_url=f"https://cdn.example/{shot(3, sid='of-no-bucket')}"),
    "missing, by its identity": verdict(sid="s", cname="c", uid=8, captured_at=CAPTURED, captured_at_precision_ms=1),
    "mutable": verdict(key="live/karaoke.jpg"),
    "no-key": verdict(),
    "no-key, as the time is not known": verdict(sid="s", cname="c", uid=8),
    "missing, by its channel and user": verdict(cname="c", uid=8, captured_at=CAPTURED, captured_at_precision_ms=1),
    "no-key, as the user is not known": verdict(cname="c", sid="s", captured_at=CAPTURED, captured_at_precision_ms=1),
    "withheld": verdict(key="gone.jpg", object_state="frozen"),
    "withheld, as it was deleted": verdict(key=shot(2), object_state="moved"),
    "present, though it was frozen": verdict(key=shot(1), object_state="frozen"),
    "missing, and nothing was done to it": verdict(key="gone.jpg", object_state="unchanged"),
}


@pytest.mark.parametrize("expected", EVIDENCE)
def test_a_violation_says_what_became_of_its_evidence(index: Index, expected: str) -> None:
    """Evidence is present, deleted, missing from every bucket, overwritten since, or was never named."""
    by_stream = Layout("template", (Template("{AppName}/{StreamName}.jpg"),))
    sync(index, source(), listing(shot(1), shot(2)))
    sync(index, source(), listing(shot(1)))
    sync(index, source("live", bucket="live-bucket", layout=by_stream), listing("live/karaoke.jpg"))
    take(index, payload(EVIDENCE[expected]))
    match(index)
    assert rows(index, "SELECT evidence FROM violations") == [(expected.partition(",")[0],)]


def test_a_mutable_source_with_a_time_in_its_keys_is_evidence(index: Index) -> None:
    """Of a source whose templates differ, only the keys without a time are overwritten."""
    layout = Layout("template", (Template("{AppName}/{StreamName}/{UnixTimestamp}.jpg"), Template("{StreamName}.jpg")))
    sync(index, source(layout=layout), listing("live/karaoke/1767607205.jpg"))
    take(index, payload(verdict(key="live/karaoke/1767607205.jpg")))
    match(index)
    assert rows(index, "SELECT evidence, captured_at FROM violations") == [("present", CAPTURED)]


def test_a_violation_has_every_column_of_its_screenshot(index: Index) -> None:
    """A violation shows the object's own words before the payload's, and all columns of both."""
    sync(index, source(), listing(f"shots/{shot(5)}"))
    take(index, payload(verdict(key=f"shots/{shot(5)}", scene="sexual", score=0.97)))
    match(index)
    screenshot, violation = index.sql("FROM screenshots").columns, index.sql("FROM violations").columns
    assert set(screenshot) <= set(violation)
    told = "label, scene, score, source, key, channel, uid, size, first_seen_run, last_seen_run, matched_by, candidates"
    assert rows(index, f"SELECT {told} FROM violations") == [
        ("porn", "sexual", 0.97, "classroom", f"shots/{shot(5)}", "room_1", 7, 1024, 1, 1, "key", 1)
    ]


HOSTILE = ("'; DROP TABLE verdicts; --", "$now", "?", "\0", "\x1b[2J", "中文", "", "{}", "a%ff", "x" * 100_000)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:30]))
def test_hostile_strings_stay_data(index: Index, text: str) -> None:
    """Whatever text a payload holds in whatever place, it is kept as it is."""
    names = ("label", "key", "object_url", "bucket", "sid", "cname", "app", "stream", "scene", "policy", "event_id")
    sync(index, source(), listing(shot()))
    take(index, payload(verdict(**dict.fromkeys(names, text)), text=f"body {text}", uri=text))
    match(index)
    told = (
        "label",
        "object_key",
        "object_url",
        "bucket",
        "sid",
        "cname",
        "app",
        "stream",
        "scene",
        "policy",
        "event_id",
    )
    assert rows(index, f"SELECT {', '.join(told)} FROM verdicts") == [(text,) * len(told)]
    assert rows(index, "SELECT raw_text, source_uri FROM payloads") == [(f"body {text}", text)]


@pytest.mark.parametrize(
    ("told", "key_source"),
    [
        ({"key": "a.jpg", "object_url": "https://h/a.jpg"}, "payload"),
        ({"object_url": "https://h/a.jpg"}, "url"),
        ({"cname": "c", "uid": 8, "captured_at": CAPTURED}, "derived"),
        ({"cname": "c", "uid": 8}, "none"),
        ({"key": "a.jpg", "key_source": "caller"}, "caller"),
    ],
)
def test_where_the_key_is_from_is_told(index: Index, told: dict[str, object], key_source: str) -> None:
    """A verdict says whether its object was named, addressed, repeated for the caller, or only described."""
    take(index, payload(verdict(**told)))
    assert rows(index, "SELECT key_source FROM verdicts") == [(key_source,)]


def test_what_a_mapping_says_besides_is_kept(index: Index) -> None:
    """The model's version, the object's state and what is doubtful stand beside a verdict, and among the violations."""
    take(index, payload(verdict(model_version="7.0", object_state="frozen", quality=(OBJECT_FROZEN,))))
    match(index)
    for table in ("verdicts", "violations"):
        told = rows(index, f"SELECT model_version, object_state, quality FROM {table}")
        assert told == [("7.0", "frozen", [OBJECT_FROZEN])]


@pytest.mark.parametrize(
    ("apart", "quality"),
    [
        (0, []),
        (4, []),
        (-4, []),
        (5, [TIMES_DISAGREE]),
        (60_000, [TIMES_DISAGREE]),
        (8 * 3_600_000, [BEIJING_NAME]),
        (-8 * 3_600_000, [BEIJING_NAME]),
        (8 * 3_600_000 + 60_000, [TIMES_DISAGREE]),
    ],
)
def test_a_key_and_a_payload_that_tell_other_times_disagree(index: Index, apart: int, quality: list[str]) -> None:
    """Where key and payload tell different times that is said, eight hours as Beijing's clock; lost digits are not."""
    said = CAPTURED + timedelta(milliseconds=apart)
    take(index, payload(verdict(key=shot(5), captured_at=said, captured_at_precision_ms=1)))
    assert rows(index, "SELECT quality, captured_at FROM verdicts") == [(quality, CAPTURED)]


def test_a_coarse_time_disagrees_only_beyond_its_second(index: Index) -> None:
    """A payload's time of whole seconds is as good as any within it, and what was said before is not repeated."""
    near, far = CAPTURED + timedelta(milliseconds=999), CAPTURED + timedelta(seconds=1)
    told = [
        verdict(result_path=f"/{at:%s}", key=shot(5), captured_at=at, captured_at_precision_ms=1000, quality=said)
        for at, said in ((near, ()), (far, (TIMES_DISAGREE,)))
    ]
    take(index, payload(*told))
    assert rows(index, "SELECT quality FROM verdicts ORDER BY result_path") == [([],), ([TIMES_DISAGREE],)]
