"""Agora's live streaming events: which of them decide something, and what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moderation.bodies import parsed, read_body, refusal_of, sample, verdict_of

KEY = "live/lesson_7/0f1e2d3c4b5a69788796a5b4c3d2e1f0_20260105095500109_20260105100005.jpg"


def changed(**told: Any) -> dict[str, Any]:
    """Event 5 with other fields in its payload."""
    body = parsed("agora_live_5")
    body["payload"].update(told)
    return body


def judged(label: str, suggestion: str, **outputs: Any) -> dict[str, Any]:
    """Event 5 with another judgement."""
    return changed(results={"porn": {"scene": label, "outputs": outputs}}, suggestion=suggestion)


@pytest.mark.parametrize(("event", "key"), [(5, KEY), (103, f"snapshot/{KEY}")])
def test_a_moderation_result_is_one_verdict(event: int, key: str) -> None:
    """Events 5 and 103 give the verdict of the scene that won, with the whole key and no bucket."""
    verdict = verdict_of(sample(f"agora_live_{event}"))
    assert (verdict.bucket, verdict.key, verdict.app, verdict.stream) == (None, key, "live", "lesson_7")
    assert (verdict.label, verdict.category, verdict.suggestion) == ("neutral", "neutral", "pass")
    assert (verdict.score, verdict.score_raw, verdict.score_scale) == (0.925, 0.925, "0-1")
    assert verdict.result_path == "/payload/results/porn"


def test_the_envelope_says_when_and_which() -> None:
    """The notice's id is the event's, and the time of its sending stands for when it was moderated."""
    verdict = verdict_of(sample("agora_live_5"))
    assert verdict.event_id == "3000000007:41:5"
    assert verdict.moderated_at == datetime.fromisoformat("2026-01-05 10:00:06.672")


@pytest.mark.parametrize("event", [1, 2, 3, 4, 6, 7, 11, 101, 102, 106])
def test_other_events_decide_nothing(event: int) -> None:
    """The product's other events are understood and have no verdicts."""
    payload = read_body(sample(f"agora_live_{event}"))
    assert (payload.provider, payload.verdicts) == ("agora_live", ())
    assert payload.parse_status == ("repaired" if event in (4, 102) else "ok")


@pytest.mark.parametrize("event", [5, 103, "5", "103"])
def test_the_event_type_decides(event: object) -> None:
    """A result counts by its eventType, number or text, whatever its eventName says."""
    for name in ("new_custom_snapshot_file", "new_custom_moderation_result", "", None):
        assert verdict_of(changed(eventName=name) | {"eventType": event}).label == "neutral"


@pytest.mark.parametrize("event", [4, 102, 1])
def test_the_event_name_does_not_decide(event: int) -> None:
    """An event of another type has no verdicts even where its name and its fields are a result's."""
    payload = read_body(changed(eventName="new_custom_moderation_result") | {"eventType": event})
    assert (payload.parse_status, payload.verdicts) == ("ok", ())


def test_a_bare_payload_is_told_by_its_shape() -> None:
    """Where only the payload was saved, its results make it a verdict without time and event."""
    verdict = verdict_of(sample("agora_live_payload"))
    assert (verdict.key, verdict.result_path) == (f"snapshot/{KEY}", "/results/porn")
    assert (verdict.event_id, verdict.moderated_at) == (None, None)


def test_the_older_name_of_the_result_is_read() -> None:
    """A payload of the product's older version has the same shape and is read alike."""
    assert verdict_of(sample("agora_live_payload_old")).key == "some_file"


def test_a_bare_snapshot_notice_decides_nothing() -> None:
    """A bare payload without results is understood and has no verdicts."""
    payload = read_body(sample("agora_live_snapshot_payload"))
    assert (payload.provider, payload.parse_status, payload.verdicts) == ("agora_live", "repaired", ())


def test_an_envelope_without_a_product_is_told_by_its_payload() -> None:
    """An envelope whose product was not saved is told by the shape of its payload."""
    body = parsed("agora_live_5")
    del body["productId"]
    assert verdict_of(body).label == "neutral"


@pytest.mark.parametrize(
    ("label", "suggestion", "category", "folded"),
    [
        ("Neutral", "Pass", "neutral", "pass"),
        ("SEXY", "Review", "sexual_suggestive", "review"),
        ("Porn", "Block", "sexual_explicit", "block"),
    ],
)
def test_case_does_not_matter_and_is_kept(label: str, suggestion: str, category: str, folded: str) -> None:
    """Labels, outputs and suggestions are compared in any case, and stand in the verdict as they were written."""
    verdict = verdict_of(judged(label, suggestion, neutral=0.5, Sexy=0.5, PORN=0.5))
    assert (verdict.label, verdict.category) == (label, category)
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.score) == (folded, suggestion, 0.5)


def test_the_documents_other_name_for_results() -> None:
    """The documents' text calls the field result and their samples results: both are read."""
    body = parsed("agora_live_5")
    body["payload"]["result"] = body["payload"].pop("results")
    assert verdict_of(body).result_path == "/payload/result/porn"


def test_new_fields_do_no_harm() -> None:
    """Another model's results, and fields added anywhere, change nothing in the verdict."""
    body = changed(another={}) | {"another": []}
    body["payload"]["results"]["violence"] = {"scene": 5}
    body["payload"]["results"]["porn"]["another"] = None
    assert verdict_of(body) == verdict_of(sample("agora_live_5"))


def test_a_label_without_a_score_is_kept() -> None:
    """A scene that its outputs do not name has no score, and is a verdict all the same."""
    verdict = verdict_of(judged("gore", "block", porn=0.5))
    assert (verdict.label, verdict.score, verdict.score_raw) == ("gore", None, None)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"results": None}, "results is no object"),
        ({"results": []}, "results is no object"),
        ({"results": {}}, "results.porn is no object"),
        ({"results": {"porn": {}}}, "results.porn.scene is missing"),
        ({"results": {"porn": {"scene": "sexy", "outputs": []}}}, "results.porn.outputs is no object"),
        ({"fileName": {}}, "fileName is no text"),
        ({"suggestion": []}, "suggestion is no text"),
        ({"streamName": True}, "streamName is no text"),
    ],
)
def test_a_wrong_field_fails_with_its_name(told: dict[str, Any], reason: str) -> None:
    """A field of a wrong type fails the body, and the reason names the field."""
    assert refusal_of(changed(**told)) == reason


@pytest.mark.parametrize(
    ("score", "reason"),
    [("x", "is no number: 'x'"), (2, "is not from 0 to 1: 2.0"), (-0.1, "is not from 0 to 1: -0.1")],
)
def test_a_wrong_score_fails(score: object, reason: str) -> None:
    """A score of the label that won which is no number from 0 to 1 fails the body."""
    assert refusal_of(judged("porn", "block", Porn=score)) == f"results.porn.outputs.porn {reason}"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"payload": []}, "payload is no object"),
        ({"payload": {}}, "results is no object"),
        ({"notifyMs": "soon"}, "notifyMs is no time: 'soon'"),
        ({"notifyMs": 10**30}, "notifyMs is no time: '1000000000000000000000000000000'"),
        ({"noticeId": []}, "noticeId is no text"),
        ({"eventType": None}, "eventType is missing"),
        ({"eventType": [5]}, "eventType is no text"),
    ],
)
def test_a_wrong_envelope_fails(told: dict[str, Any], reason: str) -> None:
    """An envelope with a field of a wrong type fails, and the reason names the field."""
    assert refusal_of(parsed("agora_live_5") | told) == reason


def test_another_product_is_of_no_known_shape() -> None:
    """An envelope of another of the platform's products is kept, with the names of its fields."""
    body = {"noticeId": "1", "productId": 3, "eventType": 45, "payload": {"cname": "room_1"}}
    assert refusal_of(body) == "no known shape: fields noticeId, productId, eventType, payload"
