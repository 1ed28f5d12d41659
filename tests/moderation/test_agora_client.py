"""Agora's client-side moderation: verdicts, notices of stored screenshots, and the time of 17 digits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moderation.reading import parsed, read_body, refusal_of, sample, verdict_of

KEY = "shots/20260105/0f1e2d3c4b5a69788796a5b4c3d2e1f0_room_1__uid_s_91__uid_e_video_20260105100005672.jpg"


def changed(**told: Any) -> dict[str, Any]:
    """A moderation notice with other fields."""
    return parsed("agora_client") | told


def test_a_notice_with_results_is_one_verdict() -> None:
    """The verdict is that of the scene decided for, with its object, channel, user and request; sid is the key's."""
    verdict = verdict_of(sample("agora_client"))
    assert (verdict.key, verdict.bucket, verdict.cname, verdict.uid, verdict.sid) == (KEY, None, "room_1", 91, None)
    assert (verdict.label, verdict.suggestion, verdict.score, verdict.is_overall) == ("neutral", "pass", 0.925, True)
    assert verdict.event_id == "0f1e2d3c4b5a69788796a5b4c3d2e1f0_1767607206_00112233445566778899aabbccddeeff"
    assert (verdict.result_path, verdict.moderated_at) == ("/results/porn", None)


def test_the_documents_comment_is_repaired() -> None:
    """The printed sample has a comment, Neutral in capitals, and here a string that looks like both faults."""
    payload = read_body(sample("agora_client_commented"))
    assert (payload.parse_status, payload.parse_error) == ("repaired", "removed 1 comment")
    assert payload.verdicts == read_body(sample("agora_client")).verdicts


@pytest.mark.parametrize("name", ["agora_client_stored", "agora_client_stored_2021"])
def test_a_stored_screenshot_is_no_verdict(name: str) -> None:
    """A notice that only says that a screenshot was stored is understood and has no verdicts."""
    payload = read_body(sample(name))
    assert (payload.provider, payload.parse_status, payload.verdicts) == ("agora_client", "ok", ())


@pytest.mark.parametrize("last", ["070", "072", "073", "074", "999"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_seventeen_digits_are_exact(last: str, quote: str) -> None:
    """A timestamp keeps its last digits, as a number or as text: 073 and its rounded twin 070 are two times."""
    body = sample("agora_client").replace("20260105100005073", f"{quote}20190611073246{last}{quote}")
    verdict = verdict_of(body)
    assert verdict.captured_at == datetime.fromisoformat(f"2019-06-11 07:32:46.{last}")
    assert verdict.captured_at_precision_ms == 1


@pytest.mark.parametrize(
    "timestamp", ["2.0190611073246073e16", "20190611073246073.0", "20191311073246073", "[]", "true"]
)
def test_a_timestamp_that_lost_its_digits_is_a_reason(timestamp: str) -> None:
    """A timestamp that passed through a float, or is no date, fails the body instead of giving a wrong time."""
    body = sample("agora_client").replace("20260105100005073", timestamp)
    assert refusal_of(body).startswith("/timestamp is no time: ")


def test_a_missing_timestamp_is_no_failure() -> None:
    """Without a timestamp the verdict has no time of its own, and its key still has."""
    verdict = verdict_of(changed(timestamp=None))
    assert (verdict.captured_at, verdict.captured_at_precision_ms, verdict.key) == (None, None, KEY)


@pytest.mark.parametrize(
    ("account", "uid"),
    [("91", 91), (91, 91), ("4294967295", 4294967295), ("4294967296", None), ("anna", None), ("٣", None), (None, None)],
)
def test_a_string_account_is_no_uid(account: object, uid: int | None) -> None:
    """Only 32 bits of decimal digits are a uid; any other account leaves the verdict without one."""
    assert verdict_of(changed(userId=account)).uid == uid


def test_fields_that_disagree_do_no_harm() -> None:
    """The documents' samples disagree with themselves, so folder, name, channel and time are not compared."""
    verdict = verdict_of(changed(timestamp=20190611073246073, channelName="room_2"))
    assert (verdict.cname, verdict.key) == ("room_2", KEY)


def test_result_is_read_as_results() -> None:
    """The documents' text calls the field result, and so may a body."""
    body = changed()
    body["result"] = body.pop("results")
    assert verdict_of(body).result_path == "/result/porn"


@pytest.mark.parametrize("results", [None, {}])
def test_another_code_without_results_decides_nothing(results: object) -> None:
    """A failed moderation has no results and is understood."""
    payload = read_body(changed(code=500, results=results, suggestion=None))
    assert (payload.parse_status, payload.verdicts) == ("ok", ())


def test_results_count_whatever_the_code() -> None:
    """Results that are there are a verdict even under another code."""
    assert verdict_of(changed(code=500)).suggestion == "pass"


def test_a_new_field_does_no_harm() -> None:
    """A field that the provider adds changes nothing."""
    assert verdict_of(changed(another=[{}])) == verdict_of(changed())


def test_a_notice_without_results_is_a_witness() -> None:
    """A notice that only says that a picture was stored names it, its user and its time, and decides nothing."""
    payload = read_body(sample("agora_client_stored"))
    (notice,) = payload.notifications
    assert (payload.event, notice.event, payload.verdicts) == ("screenshot stored", "screenshot stored", ())
    assert (notice.key, notice.result_path, notice.cname, notice.uid) == (KEY, "/object", "room_1", 91)
    assert notice.captured_at == datetime.fromisoformat("2026-01-05 10:00:05.073")


def test_a_judged_picture_is_no_witness() -> None:
    """A neutral picture is judged and by default not stored, so its notice does not say that it is there."""
    payload = read_body(changed())
    assert (payload.event, payload.notifications, len(payload.verdicts)) == ("picture judged", (), 1)


@pytest.mark.parametrize(
    ("code", "event"), [(206, "screenshot stored: code 206"), ("206", "screenshot stored"), (None, "screenshot stored")]
)
def test_a_code_of_failure_witnesses_nothing(code: object, event: str) -> None:
    """Only a code of 200, or none, says that the picture was stored; the event tells another one."""
    payload = read_body(parsed("agora_client_stored") | {"code": code})
    assert (payload.parse_status, payload.event, len(payload.notifications)) == ("ok", event, int(code is None))
