"""Tencent's three services: what their bodies name, count and leave as details."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moderation.reading import parsed, read_body, refusal_of, sample, verdict_of

AT = datetime.fromisoformat("2026-01-05 10:00:05")


def simple(**told: Any) -> dict[str, Any]:
    """A Simple callback of CI, changed."""
    body = parsed("tencent_ci_simple_blocked")
    return body | {"data": body["data"] | told}


def test_a_live_picture_is_named_by_its_address_and_seconds() -> None:
    """Event 317 names the stream, when the picture was taken and when the verdict was sent."""
    overall = read_body(sample("tencent_css_317")).verdicts[0]
    assert (overall.app, overall.stream, overall.key, overall.bucket) == ("live", "stream_1", None, None)
    assert (overall.captured_at, overall.captured_at_precision_ms) == (AT, 1000)
    assert overall.moderated_at == datetime.fromisoformat("2026-01-05 10:00:06")


def test_the_summary_counts_and_scenes_are_details() -> None:
    """The lists repeat the summary and name passed scenes, so none of them counts; the finest label is told."""
    overall, *details = read_body(sample("tencent_css_317")).verdicts
    assert (overall.label, overall.suggestion, overall.is_overall) == ("Porn", "block", True)
    assert [(v.scene, v.label, v.suggestion, v.category) for v in details] == [
        ("Porn", "PornHigh", "block", "sexual_explicit"),
        ("Terror", "Normal", "pass", "neutral"),
        ("QrCode", "Normal", "pass", "neutral"),
    ]
    assert not any(detail.is_overall for detail in details)


def test_an_old_body_suggests_nothing() -> None:
    """Before 2022 there are scores alone: those of what is bad can be judged by thresholds, that of normal cannot."""
    verdicts = read_body(sample("tencent_css_317_old")).verdicts
    assert {(v.suggestion, v.suggestion_source) for v in verdicts} == {("unknown", "none")}
    assert [(v.label, v.score, v.is_overall) for v in verdicts] == [
        ("pornScore", 0.0, True),
        ("hotScore", 0.97, True),
        ("normalScore", 0.02, False),
    ]


def test_a_body_without_suggestion_or_scores_is_a_reason() -> None:
    """What decides nothing in either way is not taken for harmless."""
    body = parsed("tencent_css_317")
    del body["suggestion"]
    assert refusal_of(body) == "/suggestion is missing"


def test_a_stored_picture_is_a_notification() -> None:
    """Event 200 is a witness and no verdict; the time is the body's and not the name's."""
    payload = read_body(sample("tencent_css_200"))
    (stored,) = payload.notifications
    assert (payload.event, payload.verdicts, stored.event) == ("event 200", (), "event 200")
    assert (stored.app, stored.stream, stored.captured_at) == ("live", "stream_1", AT)


@pytest.mark.parametrize("number", [0, 1, 100, 332])
def test_another_event_is_understood(number: int) -> None:
    """Other events of the live service are named and give no rows."""
    payload = read_body(parsed("tencent_css_200") | {"event_type": number})
    assert (payload.event, payload.verdicts, payload.notifications) == (f"event {number}", (), ())


@pytest.mark.parametrize("number", [True, 317.0, [], None])
def test_an_event_that_is_no_number_is_a_reason(number: object) -> None:
    """The number alone tells what a body is."""
    assert refusal_of(parsed("tencent_css_200") | {"event_type": number}).startswith("/event_type ")


@pytest.mark.parametrize(
    ("result", "suggestion"),
    [(0, "pass"), (1, "block"), (2, "review"), ("2", "review"), (3, "unknown"), (-1, "unknown")],
)
def test_a_result_is_no_order(result: object, suggestion: str) -> None:
    """1 is block and 2 is review; a number that is none of the three is unknown."""
    overall = read_body(simple(result=result)).verdicts[0]
    assert (overall.suggestion, overall.suggestion_raw) == (suggestion, str(result))


def test_a_simple_summary_is_called_by_the_scene_that_decided() -> None:
    """The Simple form has no label of its own: the scene with the same result gives scene, score and category."""
    overall = read_body(simple()).verdicts[0]
    assert (overall.scene, overall.score, overall.category) == ("porn", 0.96, "sexual_explicit")
    alone = read_body(simple(porn_info=None, ads_info=None)).verdicts
    assert [(v.scene, v.suggestion, v.category, v.is_overall) for v in alone] == [(None, "block", "other", True)]


def test_a_result_that_is_not_there_is_a_reason() -> None:
    """A success without a result is not a pass."""
    assert refusal_of(simple(result=None)) == "/data/result is missing"


def test_a_job_names_bucket_key_and_its_time_with_a_zone() -> None:
    """Detail's bucket and object are the key, and its time is read with the zone that it has."""
    overall = read_body(sample("tencent_ci_detail")).verdicts[0]
    assert (overall.bucket, overall.key) == ("examplebucket-1250000000", "shots/1.jpg")
    assert overall.moderated_at == datetime.fromisoformat("2026-01-05 10:00:10")


def test_a_persons_name_is_a_public_figure() -> None:
    """A label of the scene politics that is no word is somebody's name, whom a query by category finds."""
    detail = read_body(sample("tencent_ci_detail_moved")).verdicts[2]
    assert (detail.label, detail.category, detail.is_overall) == ("Somebody Known", "public_figure", False)


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_images_answer_is_read_with_and_without_its_envelope(wrapped: bool) -> None:  # noqa: FBT001
    """The caller's id that looks like a key is one, and is said to be the caller's."""
    body = parsed("tencent_ims")
    overall = read_body(body if wrapped else body["Response"]).verdicts[0]
    assert (overall.key, overall.key_source, overall.policy) == ("shots/1.jpg", "caller", "live_1")
    assert (overall.label, overall.suggestion, overall.score) == ("Sexy", "review", 0.85)


def test_a_moderated_text_is_no_picture() -> None:
    """Tencent's answer about a text begins alike, and is not taken for one about a picture."""
    text = {"Suggestion": "Block", "Label": "Abuse", "RequestId": "made-up", "Keywords": ["made up"]}
    assert refusal_of({"Response": text}).startswith("no known shape")


def test_a_detail_may_suggest_nothing() -> None:
    """An entry whose suggestion is null is kept as unknown, beside the summary that has one."""
    body = parsed("tencent_ims")
    body["Response"]["LabelResults"] = [{"Scene": "Porn", "Label": "Sexy", "Suggestion": None, "Score": None}]
    assert [verdict.suggestion for verdict in read_body(body).verdicts] == ["review", "unknown"]


def test_a_summary_alone_is_a_verdict() -> None:
    """Lists that are null or not there are no failure."""
    answer = {"Suggestion": "Pass", "Label": "Normal", "RequestId": "made-up", "FileMD5": None}
    assert verdict_of({"Response": answer}).category == "neutral"
