"""Huawei, Qiniu and Shumei, who suggest something for the whole picture and say why in details."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from indexer.moderation.quality import REPORTED_BEFORE
from moderation.reading import parsed, read_body, refusal_of, sample


def frame(**told: Any) -> dict[str, Any]:
    """A callback of Shumei's whose frame has other auxiliary fields."""
    body = parsed("shumei")
    body["frameDetail"]["auxInfo"] |= told
    return body


def audit(**told: Any) -> dict[str, Any]:
    """A callback of Qiniu's with another result."""
    body = parsed("qiniu_audit")
    body["items"][0]["result"] |= told
    return body


def test_a_batch_names_each_picture_by_its_address() -> None:
    """Rows of one picture have its address, a picture that failed has none."""
    addresses = [str(verdict.object_url)[-1] for verdict in read_body(sample("huawei_v2")).verdicts]
    assert addresses == ["1", "1", "1", "2"]


def test_a_batchs_summary_is_called_by_its_category() -> None:
    """The category with the picture's own suggestion is what it is blocked for."""
    blocked, *_, passed = read_body(sample("huawei_v2")).verdicts
    assert (blocked.label, blocked.suggestion, blocked.category) == ("porn", "block", "sexual_explicit")
    assert (passed.label, passed.suggestion, passed.category) == (None, "pass", "neutral")


def test_huaweis_details_mean_what_their_labels_begin_with() -> None:
    """sexy_female is suggestive and not explicit, though its category is porn; the summary alone counts."""
    overall, sexy, other = read_body(sample("huawei_v3")).verdicts
    assert (overall.label, overall.is_overall) == ("porn", True)
    assert (sexy.category, sexy.score, sexy.is_overall) == ("sexual_suggestive", 0.9934315, False)
    assert other.category == "sexual_explicit"


def test_a_picture_without_a_suggestion_is_a_reason() -> None:
    """Huawei promises a suggestion for the whole."""
    body = parsed("huawei_v3")
    body["result"]["suggestion"] = None
    assert refusal_of(body) == "/result/suggestion is missing"


def test_an_audit_names_bucket_and_key() -> None:
    """Qiniu's own names are the object's, and the scene that decided gives the summary its label."""
    overall = read_body(sample("qiniu_audit")).verdicts[0]
    assert (overall.bucket, overall.key, overall.event_id) == (
        "shots",
        "live/stream_1/1.jpg",
        parsed("qiniu_audit")["id"],
    )
    assert (overall.scene, overall.label, overall.score, overall.is_overall) == ("pulp", "pulp", 0.99, True)


def test_normal_is_pass() -> None:
    """Qiniu's page writes normal for pass, which is kept raw."""
    passed = read_body(audit(result={"suggestion": "normal"})).verdicts[0]
    assert (passed.suggestion, passed.suggestion_raw, passed.category) == ("pass", "normal", "neutral")


def test_a_name_for_a_label_is_a_public_figure() -> None:
    """A label of the scene politician is a person's name."""
    (politician,) = [v for v in read_body(sample("qiniu_audit")).verdicts if v.scene == "politician"]
    assert (politician.label, politician.category) == ("Somebody Known", "public_figure")


@pytest.mark.parametrize(("disable", "state"), [(True, "disabled"), (False, "unchanged"), (None, "unknown")])
def test_what_qiniu_did_with_the_object_is_kept(disable: object, state: str) -> None:
    """A disabled object is expected to be missing."""
    assert {verdict.object_state for verdict in read_body(audit(disable=disable)).verdicts} == {state}


def test_a_state_that_is_no_boolean_is_a_reason() -> None:
    """Neither 1 nor a word is taken for true."""
    assert refusal_of(audit(disable=1)) == "/items/0/result/disable must be true or false and is 1"


@pytest.mark.parametrize(("review", "suggestion", "source"), [(True, "review", "provider"), (False, "unknown", "none")])
def test_an_older_label_stays_a_number(review: bool, suggestion: str, source: str) -> None:  # noqa: FBT001
    """What the number means is not published, so nothing is made of it but what the body itself says."""
    body = parsed("qiniu_older")
    body["items"][0]["result"]["result"]["result"]["review"] = review
    (verdict,) = read_body(body).verdicts
    assert (verdict.label, verdict.category, verdict.score) == ("0", "other", 0.97)
    assert (verdict.suggestion, verdict.suggestion_source) == (suggestion, source)


def test_a_frame_is_told_by_room_user_and_time() -> None:
    """The picture is on Shumei's storage, so its address is not the object's."""
    verdict = read_body(sample("shumei")).verdicts[0]
    assert (verdict.cname, verdict.uid, verdict.object_url, verdict.key_source) == ("room_1", 91, None, "derived")
    assert verdict.moderated_at == datetime.fromisoformat("2026-01-05 10:00:05.809")


def test_reject_is_block() -> None:
    """The frame's level counts, its labels are why; a label's probability is its score."""
    overall, detail = read_body(sample("shumei")).verdicts
    assert (overall.suggestion, overall.suggestion_raw, overall.is_overall) == ("block", "REJECT", True)
    assert (detail.suggestion, detail.score, detail.is_overall) == ("block", 0.99, False)


def test_a_frame_that_was_not_looked_at_is_no_verdict() -> None:
    """A detectType of 2 says that nobody judged the picture."""
    assert read_body(frame(detectType=2)).verdicts == ()


def test_a_pass_for_being_seen_before_is_said() -> None:
    """A verdict that was changed to pass because its like was reported before is no word about the picture."""
    assert read_body(frame(similarityDedup=1)).verdicts[0].quality == (REPORTED_BEFORE,)
    assert read_body(frame(similarityDedup=0)).verdicts[0].quality == ()


def test_a_success_without_a_frame_is_a_reason() -> None:
    """A picture's callback that tells of no picture is not taken for harmless."""
    assert refusal_of(parsed("shumei") | {"frameDetail": None}) == "/frameDetail must be an object and is null"
