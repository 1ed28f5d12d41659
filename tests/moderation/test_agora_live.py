"""Agora live streaming: events 5 and 103 are verdicts, in their envelope or without it; all other events are none."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moderation.reading import EVERY_SAMPLE, parsed, read_body, refusal_of, sample, verdict_of

KEY = "live/stream_1/0f1e2d3c4b5a69788796a5b4c3d2e1f0_20260105094718109_20260105100000.jpg"
OTHER_EVENTS = [name for name in EVERY_SAMPLE if name.startswith("agora_live_") and "result" not in sample(name)]


def envelope(payload: object = None, **told: Any) -> dict[str, Any]:
    """A notification, with another payload or other fields."""
    body = parsed("agora_live_envelope")
    return body | {"payload": body["payload"] if payload is None else payload} | told


def with_result(**told: Any) -> dict[str, Any]:
    """A notification whose result has other fields."""
    payload = envelope()["payload"]
    return envelope(payload | {"results": {"porn": payload["results"]["porn"] | told}})


@pytest.mark.parametrize("event", [5, 103, "5"])
def test_an_event_with_a_result_is_one_verdict(event: int | str) -> None:
    """Events 5 and 103 give the verdict of the scene that was decided for, with its object and stream."""
    verdict = verdict_of(envelope(eventType=event))
    assert (verdict.scene, verdict.label, verdict.category) == ("porn", "neutral", "neutral")
    assert (verdict.score, verdict.score_raw, verdict.score_scale) == (0.925, 0.925, "0-1")
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.is_overall) == ("pass", "pass", True)
    assert (verdict.bucket, verdict.key, verdict.app, verdict.stream) == (None, KEY, "live", "stream_1")
    assert (verdict.event_id, verdict.result_path) == ("2000001428:4330:108", "/payload/results/porn")


def test_the_time_of_the_notification_is_exact() -> None:
    """The time of moderation is notifyMs to the millisecond; the time of capture stands only in the key."""
    verdict = verdict_of(envelope(notifyMs=1767607206673))
    assert verdict.moderated_at == datetime.fromisoformat("2026-01-05 10:00:06.673")
    assert verdict.captured_at is None


@pytest.mark.parametrize(
    ("name", "key"), [("5", KEY), ("103", f"snapshot/{KEY}"), ("old_5", KEY)], ids=lambda value: value[:8]
)
def test_a_bare_payload_is_read_too(name: str, key: str) -> None:
    """The payload that the documents print without its envelope gives the same verdict, without event and time."""
    payload = read_body(sample(f"agora_live_{name}"))
    (verdict,) = payload.verdicts
    assert (payload.parse_status, payload.shape) == ("ok", "agora_live.ncs.2")
    assert (verdict.key, verdict.event_id, verdict.moderated_at) == (key, None, None)
    assert verdict.result_path == "/results/porn"


@pytest.mark.parametrize("name", OTHER_EVENTS)
def test_other_events_are_understood_and_decide_nothing(name: str) -> None:
    """Publishing, recording and snapshot events are of a known shape and have no verdicts, a comma too many or not."""
    payload = read_body(sample(name))
    assert (payload.provider, payload.verdicts) == ("agora_live", ())
    assert payload.parse_status == ("repaired" if name.endswith(("_4", "_102")) else "ok")


@pytest.mark.parametrize("event", [1, 2, 3, 4, 11, 101, 102, 106, 999])
def test_the_number_decides_and_not_the_name(event: int) -> None:
    """An envelope of another event has no verdicts even where its eventName is that of a result."""
    payload = read_body(envelope(eventType=event))
    assert (payload.provider, payload.parse_status, payload.verdicts) == ("agora_live", "ok", ())


@pytest.mark.parametrize("event", [4, 5, 102, 103])
def test_a_health_test_is_understood(event: int) -> None:
    """The notification centre's test of an address is no failure, and tells of nothing."""
    payload = read_body(parsed("agora_ncs_health_test") | {"productId": 7, "eventType": event})
    assert (payload.provider, payload.parse_status, payload.verdicts) == ("agora_live", "ok", ())
    assert (payload.event, payload.notifications) == ("a test of the address", ())


@pytest.mark.parametrize(
    ("name", "event", "key"),
    [("4", "new_custom_snapshot_file", KEY), ("old_4", "new_snapshot_file", "some_file")],
    ids=["now", "before"],
)
def test_a_bare_snapshot_payload_is_a_witness(name: str, event: str, key: str) -> None:
    """The documents' payload of a stored snapshot names its object; who sent it when is not known."""
    (notice,) = read_body(sample(f"agora_live_{name}")).notifications
    assert (notice.event, notice.result_path, notice.key) == (event, "/fileName", key)
    assert (notice.event_id, notice.notified_at) == (None, None)


@pytest.mark.parametrize(("number", "event"), [(4, "new_custom_snapshot_file"), (102, "new_standard_snapshot_file")])
def test_a_snapshot_event_is_a_witness(number: int, event: str) -> None:
    """Events 4 and 102 say that a picture was stored, whatever eventName stands in them."""
    payload = read_body(envelope(parsed("agora_live_4"), eventType=number))
    (notice,) = payload.notifications
    assert (payload.event, notice.event, payload.verdicts) == (event, event, ())
    assert (notice.result_path, notice.event_id) == ("/payload/fileName", "2000001428:4330:108")
    assert (notice.app, notice.stream, notice.is_test) == ("live", "stream_1", False)
    assert notice.notified_at == datetime.fromisoformat("2026-01-05 10:00:06.673")


def test_an_event_without_a_number_in_the_pages_is_named_by_it() -> None:
    """An event that no page describes is understood, and called by its number."""
    assert read_body(envelope(eventType=999)).event == "event 999 of product 7"


@pytest.mark.parametrize("name", ["Neutral", "neutral", "NEUTRAL"])
@pytest.mark.parametrize("scene", ["Neutral", "neutral"])
def test_outputs_are_found_in_any_case(name: str, scene: str) -> None:
    """The documents' table says Neutral where their samples say neutral; the score is found all the same."""
    verdict = verdict_of(with_result(outputs={name: 0.75, "porn": 0.25}, scene=scene))
    assert (verdict.score, verdict.label, verdict.category) == (0.75, scene, "neutral")


def test_the_other_outputs_are_no_verdicts() -> None:
    """A neutral picture with a porn score is one verdict, so that it is not counted as porn."""
    assert len(read_body(with_result(outputs={"neutral": 0.5, "porn": 0.49, "sexy": 0.01})).verdicts) == 1


@pytest.mark.parametrize(("outputs", "score"), [({"porn": 0.2}, None), (None, None), ({"neutral": 1.0000001}, 1.0)])
def test_a_score_may_be_missing_or_rounded_up(outputs: object, score: float | None) -> None:
    """A scene without an output has no score; the last digit of a single-precision sum is no reason to fail."""
    verdict = verdict_of(with_result(outputs=outputs))
    assert (verdict.score, verdict.score_scale) == (score, None if score is None else "0-1")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (envelope([1]), "/payload must be an object and is a list"),
        (envelope({"results": []}), "/payload/results must be an object and is a list"),
        (envelope({"suggestion": "pass"}), "/payload/results is missing"),
        (envelope({}, eventType=4), "/payload/fileName is missing"),
        (envelope({"results": {"politics": {}}}), "/payload/results/porn must be an object and is null"),
        (envelope(eventType=[5]), "/eventType must be a whole number and is a list"),
        (envelope(eventType=None), "/eventType is missing"),
        (envelope(notifyMs=1e12), "/notifyMs must be a whole number and is 1000000000000.0"),
        (envelope(notifyMs=10**30), f"/notifyMs must be a time in milliseconds and is {10**30}"),
        (with_result(scene=None), "/payload/results/porn/scene is missing"),
        (with_result(outputs={"neutral": 1.5}), "a score of /payload/results/porn/outputs is outside the scale 0-1"),
        (
            with_result(outputs={"neutral": "high"}),
            "/payload/results/porn/outputs/neutral must be a number and is 'high'",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_wrong_field_is_a_reason(body: dict[str, Any], reason: str) -> None:
    """A field that is missing or of the wrong type fails the body and is named."""
    assert refusal_of(body) == reason


def test_new_fields_do_no_harm() -> None:
    """Fields that the provider adds change nothing."""
    assert verdict_of(with_result(another=1) | {"another": []}) == verdict_of(envelope())
