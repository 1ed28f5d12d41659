"""Agora's client-side moderation: verdicts, notices of stored screenshots, and the time that is 17 digits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moderation.bodies import parsed, read_body, refusal_of, sample, verdict_of

KEY = "shots/20260105/0f1e2d3c4b5a69788796a5b4c3d2e1f0_room_1__uid_s_91__uid_e_video_20260105100005672.jpg"


def changed(**told: Any) -> dict[str, Any]:
    """A moderation notice with other fields."""
    return parsed("agora_client") | told


def test_a_notice_with_results_is_one_verdict() -> None:
    """A moderation notice gives the verdict of the scene that won, with its object, channel, user and request."""
    verdict = verdict_of(sample("agora_client"))
    assert (verdict.bucket, verdict.key, verdict.cname, verdict.uid) == (None, KEY, "room_1", 91)
    assert (verdict.label, verdict.category, verdict.suggestion, verdict.score) == ("neutral", "neutral", "pass", 0.925)
    assert verdict.result_path == "/results/porn"
    assert verdict.event_id == "0f1e2d3c4b5a69788796a5b4c3d2e1f0_1767607206_00112233445566778899aabbccddeeff"


def test_the_documents_comment_is_repaired() -> None:
    """The documents' sample has a comment and Neutral in capitals: it is repaired, marked so, and says the same."""
    payload = read_body(sample("agora_client_commented"))
    assert payload.parse_status == "repaired"
    assert str(payload.parse_error).startswith("removed comments: ")
    assert payload.verdicts == read_body(sample("agora_client")).verdicts


@pytest.mark.parametrize("name", ["agora_client_screenshot", "agora_client_supervise"])
def test_a_stored_screenshot_is_no_verdict(name: str) -> None:
    """A notice that only says that a screenshot was stored is understood and has no verdicts."""
    payload = read_body(sample(name))
    assert (payload.provider, payload.parse_status, payload.verdicts) == ("agora_client", "ok", ())


@pytest.mark.parametrize("last", ["070", "072", "073", "074", "999"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_seventeen_digits_are_exact(last: str, quote: str) -> None:
    """A timestamp keeps its milliseconds, which a float would round: 073 and 070 are two times."""
    body = sample("agora_client").replace("20260105100005073", f"{quote}20260105100005{last}{quote}")
    verdict = verdict_of(body)
    assert verdict.captured_at == datetime.fromisoformat(f"2026-01-05 10:00:05.{last}")
    assert verdict.captured_at_precision_ms == 1


@pytest.mark.parametrize(("account", "uid"), [("anna", None), (91, 91), ("", None), (None, None), ("4294967296", None)])
def test_a_string_account_is_no_uid(account: object, uid: int | None) -> None:
    """A user id that no key can hold is left out, and the verdict stays."""
    assert verdict_of(changed(userId=account)).uid == uid


def test_fields_that_disagree_do_no_harm() -> None:
    """The documents' samples disagree with themselves; the folder, the name and the time are not compared."""
    verdict = verdict_of(changed(timestamp=20190611073246073, channelName="room_2"))
    assert (verdict.cname, verdict.key) == ("room_2", KEY)


def test_new_fields_do_no_harm() -> None:
    """A field that the provider adds changes nothing in the verdict."""
    assert verdict_of(changed(another=[{}])) == verdict_of(sample("agora_client"))


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"results": "neutral"}, "results is no object"),
        ({"timestamp": 2.026010510000507e16}, "timestamp is no time: '2.026010510000507e+16'"),
        ({"timestamp": 20261305100005073}, "timestamp is no time: '20261305100005073'"),
        ({"timestamp": {}}, "timestamp is no time: nested"),
        ({"object": True}, "object is no text"),
        ({"userId": {}}, "userId is no text"),
        ({"requestId": []}, "requestId is no text"),
        ({"channelName": []}, "channelName is no text"),
    ],
)
def test_a_wrong_field_fails_with_its_name(told: dict[str, Any], reason: str) -> None:
    """A field of a wrong type fails the body, and the reason names the field."""
    assert refusal_of(changed(**told)) == reason


def test_a_notice_that_names_no_object_fails() -> None:
    """A notice without results and without an object says nothing, and is kept as failed."""
    assert refusal_of(parsed("agora_client_screenshot") | {"object": None}) == "object is missing"
