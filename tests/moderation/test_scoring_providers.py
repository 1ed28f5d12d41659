"""Providers that give scores and suggest nothing: what they name, and that their scores are kept as said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from indexer.moderation.categories import category
from moderation.reading import parsed, read_body, refusal_of, sample, verdict_of

AT = datetime.fromisoformat("2026-01-05 10:00:05.073")
AMAZON = """
    Explicit; Explicit Nudity; Nudity; Graphic Male Nudity; Graphic Female Nudity; Sexual Activity; Adult Toys; Sex
    Toys; Suggestive; Female Swimwear Or Underwear; Partial Nudity; Barechested Male; Revealing Clothes; Sexual
    Situations; Non-Explicit Nudity of Intimate parts and Kissing; Kissing on the lips; Swimwear or Underwear;
    Violence; Self Injury; Graphic Violence Or Gore; Physical Violence; Weapon Violence; Weapons; Visually
    Disturbing; Emaciated Bodies; Corpses; Air Crash; Explosions And Blasts; Rude Gestures; Middle Finger; Drugs;
    Drugs & Tobacco; Tobacco; Smoking; Alcohol; Drinking; Alcoholic Beverages; Gambling; Hate Symbols; Nazi Party;
    White Supremacy; Extremist; Self-Harm
"""


def hive(**told: Any) -> dict[str, Any]:
    """A task of Hive's, changed."""
    return parsed("hive_agora") | told


def test_a_task_of_the_marketplace_names_its_picture_twice() -> None:
    """By a name without a folder, and by session, channel, user and exact time."""
    verdict = read_body(sample("hive_agora")).verdicts[0]
    assert (verdict.sid, verdict.cname, verdict.uid) == ("0F1E2D3C4B5A69788796A5B4C3D2E1F0", "room_1", 2951920349)
    assert (verdict.captured_at, verdict.captured_at_precision_ms) == (AT, 1)
    assert str(verdict.key).endswith("__uid_e_video_1767607205.jpg")
    assert (verdict.event_id, verdict.model_version) == ("7abf0750-0000-4000-8000-000000000001", "mod55_dense")


@pytest.mark.parametrize("metadata", ["order 7, made up", "", None])
def test_metadata_of_anybody_elses_names_nobody(metadata: str | None) -> None:
    """What a caller of one's own writes there is no session; the body is read all the same."""
    verdict = read_body(hive(metadata=metadata)).verdicts[0]
    assert (verdict.sid, verdict.captured_at, verdict.score) == (None, None, 0.9999998902596876)


def test_metadata_that_lost_its_digits_is_a_reason() -> None:
    """A time in it that passed through a float fails the body with its place."""
    reason = refusal_of(hive(metadata='{"timestamp": 2.0260105100005072e16}'))
    assert reason.startswith("/metadata/timestamp is no time")


def test_a_status_may_stand_alone() -> None:
    """Hive's own page shows one status where Agora's body has a list."""
    body = hive(status=parsed("hive_agora")["status"][0])
    assert [v.score for v in read_body(body).verdicts] == [v.score for v in read_body(sample("hive_agora")).verdicts]


def test_what_a_picture_shows_without_harm_is_no_violation() -> None:
    """A natural picture or one with a text is a detail, never to be counted by a threshold."""
    names = ["natural", "text", "yes_child_present", "medical_injectables", "no_new_head", "yes_alcohol"]
    body = {"output": [{"time": 0, "classes": [{"class": name, "score": 0.99} for name in names]}]}
    told = [(v.label, v.category) for v in read_body(body).verdicts if v.is_overall]
    assert told == [("yes_alcohol", "drugs_alcohol_tobacco")]


def test_greens_picture_may_be_the_callers_id() -> None:
    """A DataId that looks like a key is one; a risk level is kept as it is said and suggests nothing."""
    body = parsed("alibaba_green_image")
    body["Data"]["DataId"] = "live_1.jpg"
    body["Data"]["Result"][0]["RiskLevel"] = "high"
    verdict, harmless = read_body(body).verdicts
    assert (verdict.key, verdict.key_source) == ("live_1.jpg", "caller")
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.suggestion_source) == ("unknown", "high", "none")
    assert (harmless.category, harmless.score, harmless.score_scale) == ("neutral", None, None)


def test_greens_frame_has_a_time_and_no_object() -> None:
    """A frame's picture is at an address of Alibaba's that disappears, which is not kept as the object's."""
    verdict = verdict_of(sample("alibaba_green_video"))
    assert (verdict.captured_at, verdict.scene) == (AT, "tonalityImprove")
    assert (verdict.object_url, verdict.key) == (None, None)


def test_a_green_success_without_data_is_a_reason() -> None:
    """Code 200 promises a result."""
    assert refusal_of({"RequestId": "made-up", "Code": 200, "Msg": "OK"}) == "/Data is missing"


def test_amazon_names_model_and_adapter() -> None:
    """Trends by label are wrong across versions, so both are kept."""
    verdict = read_body(sample("aws_rekognition_v7")).verdicts[0]
    assert (verdict.model_version, str(verdict.policy)[:23]) == ("7.0", "arn:aws:rekognition:us-")


@pytest.mark.parametrize("label", " ".join(AMAZON.split()).split("; "))
def test_a_label_of_amazons_has_a_meaning(label: str) -> None:
    """The labels of both taxonomies are in the vocabulary, in any case."""
    assert category("aws_rekognition", "anything", label.upper()) != "other"


def test_nothing_found_by_amazon_is_a_verdict_without_a_label() -> None:
    """The picture was looked at, so it does not pass for one that nobody judged."""
    verdict = verdict_of(sample("aws_rekognition_bulk_empty"))
    assert (verdict.label, verdict.category, verdict.suggestion) == (None, "neutral", "unknown")
    assert (verdict.bucket, verdict.key) == ("shots", "bar/1.jpg")


def test_a_moderated_text_of_azures_is_no_picture() -> None:
    """An answer about a text has a list of blocked words, and no known shape."""
    assert refusal_of({"blocklistsMatch": [], "categoriesAnalysis": []}).startswith("no known shape")


@pytest.mark.parametrize("severity", [8, -1, 2.5, "high", None, True])
def test_what_is_no_severity_is_a_reason(severity: object) -> None:
    """A severity off its scale is refused and never taken for zero."""
    body = {"categoriesAnalysis": [{"category": "Hate", "severity": severity}]}
    assert refusal_of(body).startswith("/categoriesAnalysis/0/severity ")


@pytest.mark.parametrize(
    ("scores", "own"),
    [
        ((0.95, 0.97, 0.98, 0.99, 0.99, 0.99), "sexual_activity"),
        ((0.01, 0.01, 0.9, 0.95, 0.96, 0.97), "erotica"),
        ((0.01, 0.01, 0.01, 0.01, 0.01, 0.99), "mildly_suggestive"),
        ((0.01, 0.01, 0.01, 0.01, 0.01, 0.01), "sexual_activity"),
    ],
)
def test_one_tier_counts(scores: tuple[float, ...], own: str) -> None:
    """Each tier includes those above it: the one that adds most is the picture's, of equal ones the severest."""
    body = parsed("sightengine")
    names = ("sexual_activity", "sexual_display", "erotica", "very_suggestive", "suggestive", "mildly_suggestive")
    body["nudity"] |= dict(zip(names, scores, strict=True))
    assert [v.label for v in read_body(body).verdicts if v.is_overall] == [f"nudity.{own}"]


@pytest.mark.parametrize(
    ("uri", "key", "url"),
    [("https://a.example/b.jpg", None, "https://a.example/b.jpg"), ("b.jpg", "b.jpg", None), (None, None, None)],
)
def test_an_uploaded_picture_is_named_by_its_file(uri: str | None, key: str | None, url: str | None) -> None:
    """Sightengine's media are an address or the name of an upload."""
    body = parsed("sightengine")
    body["media"]["uri"] = uri
    verdict = read_body(body).verdicts[0]
    assert (verdict.key, verdict.object_url) == (key, url)


def test_reasons_are_verdicts_of_a_person() -> None:
    """Each category that a person found is a verdict; none found is none; nothing is suggested by an opaque status."""
    body = parsed("activefence") | {"reason": ["Hate", "Something New"]}
    told = [(v.label, v.category, v.reviewer, v.suggestion) for v in read_body(body).verdicts]
    assert told == [("Hate", "hate", "human", "unknown"), ("Something New", "other", "human", "unknown")]
    assert read_body(body | {"reason": []}).verdicts == read_body(body | {"reason": None}).verdicts == ()
