"""The cases that providers' documents and samples are known to trip readers with, each by its name."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from indexer.moderation import MAPPINGS, Handling, read_payloads
from indexer.moderation.quality import BEIJING_NAME, OBJECT_FROZEN
from moderation.reading import SAMPLES, parsed, read_body, refusal_of, sample, verdict_of

if TYPE_CHECKING:
    from indexer.moderation import Verdict

AT = datetime.fromisoformat("2026-01-05 10:00:05.073")
STRICT = {"review": 0.5, "block": 0.8}


def verdicts(name: str, **told: Any) -> tuple[Verdict, ...]:
    """The verdicts of a sample, changed at its top."""
    payload = read_body(parsed(name) | told)
    assert payload.parse_status == "ok", payload.parse_error
    return payload.verdicts


def flagged(name: str, provider: str, thresholds: dict[str, float] = STRICT) -> list[str | None]:
    """The labels of a sample that are violations under thresholds."""
    handling = Handling({provider: thresholds})
    path = [str(SAMPLES / f"{name}.json")]
    (payload,) = read_payloads(path, MAPPINGS, forced=None, stdin=io.BytesIO(), stdin_name="stdin", handling=handling)
    return [
        verdict.label
        for verdict in payload.verdicts
        if verdict.is_overall and verdict.suggestion in ("review", "block")
    ]


@pytest.mark.parametrize("name", ["alibaba_live", "agora_live_4", "agora_client_commented"])
def test_case_1_a_trailing_comma_and_a_comment_are_repaired(name: str) -> None:
    """Documents' own samples that are no JSON are read and marked."""
    assert read_body(sample(name)).parse_status == "repaired"


@pytest.mark.parametrize("score", [99, 99.0, [99], [3, 99, None]])
@pytest.mark.parametrize("field", ["socre", "score"])
def test_case_8_a_score_is_a_number_or_a_list_under_either_name(field: str, score: object) -> None:
    """Tencent's sample writes socre and a number, its table score and a list: of a list the highest counts."""
    body = parsed("tencent_css_317")
    del body["socre"]
    overall = read_body(body | {field: score}).verdicts[0]
    assert (overall.score, overall.score_raw, overall.score_scale) == (0.99, 99.0, "0-100")


def test_case_9_an_address_is_kept_without_its_signature() -> None:
    """The path of an address stays as it stands, port and percent-encoding too; its query is a secret."""
    assert verdicts("tencent_css_317")[0].object_url == "http://192.0.2.1:8080/download/porn/a%20b.jpg?[redacted]"


def test_case_9_a_leading_slash_is_no_part_of_a_key() -> None:
    """Tencent writes a slash before the key of a stored picture."""
    (stored,) = read_body(sample("tencent_css_200")).notifications
    assert stored.key == "stream_1/stream_1-screenshot-18-00-05-1280x720.jpg"


def test_case_10_a_name_by_beijings_clock_is_said_and_not_corrected() -> None:
    """The body's seconds are the time; that the name is eight hours ahead is noted."""
    verdict = verdicts("tencent_css_317_old")[0]
    assert (verdict.captured_at, verdict.quality) == (AT.replace(microsecond=0), (BEIJING_NAME,))
    assert "18-00-05" in str(verdict.object_url)


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("tencent_ci_detail", "unchanged", ()),
        ("tencent_ci_simple_blocked", "frozen", (OBJECT_FROZEN,)),
        ("tencent_ci_detail_moved", "moved", ()),
        ("qiniu_audit", "disabled", ()),
    ],
)
def test_case_11_what_became_of_the_object_is_kept(name: str, state: str, said: tuple[str, ...]) -> None:
    """An object that the provider froze, moved or disabled is expected to be missing."""
    assert {(verdict.object_state, verdict.quality) for verdict in verdicts(name)} == {(state, said)}


def test_case_12_a_test_of_the_address_is_no_verdict() -> None:
    """Tencent's test looks like a success, and is told by its message or its id."""
    payload = read_body(sample("tencent_ci_test"))
    assert (payload.parse_status, payload.verdicts, payload.event) == ("ok", (), "a test of the address")
    assert verdicts("tencent_ci_simple", message="Test request when setting callback url") == ()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tencent_ci_failed", {}),
        ("tencent_ci_simple", {"code": -1}),
        ("huawei_error", {}),
        ("alibaba_green_image", {"Code": 280}),
        ("shumei", {"code": 1902}),
        ("qiniu_older", {"items": [{"code": 3, "desc": "made up"}]}),
        ("hive_agora", {"status": [{"status": {"code": 5, "message": "made up"}}]}),
        ("sightengine", {"status": "failure"}),
        ("google_safesearch_two", {"responses": [{"error": {"code": 14}}, {"safeSearchAnnotation": None}]}),
    ],
)
def test_case_13_a_failed_job_is_no_verdict(name: str, told: dict[str, Any]) -> None:
    """A body that says that nothing was judged is understood and has no verdicts."""
    assert verdicts(name, **told) == ()


def test_case_14_a_parent_is_not_counted_beside_its_child() -> None:
    """Amazon's parents are details; the deepest label counts, also where it is called like its parent."""
    counted = {name: [v.label for v in verdicts(name) if v.is_overall] for name in SAMPLES_OF_AMAZON}
    assert counted == SAMPLES_OF_AMAZON
    assert flagged("aws_rekognition_v6", "aws_rekognition") == ["Graphic Male Nudity", "Sexual Activity"]


SAMPLES_OF_AMAZON = {
    "aws_rekognition_v6": ["Graphic Male Nudity", "Sexual Activity"],
    "aws_rekognition_v7": ["Self-Harm", "Gambling"],
    "aws_rekognition_bulk_empty": [None],
}


@pytest.mark.parametrize(
    ("address", "bucket", "key"),
    [
        ("s3://shots/bar/a%20b+c.jpg", "shots", "bar/a%20b+c.jpg"),
        ("s3://shots//a?b#c.jpg", "shots", "/a?b#c.jpg"),
        ("s3://shots", "shots", None),
        ("https://shots.example.com/a.jpg", None, None),
    ],
)
def test_case_14_a_source_is_taken_as_it_stands(address: str, bucket: str | None, key: str | None) -> None:
    """Whether Amazon encodes a source is not published: the key is as it stands, the address is to be decoded."""
    (verdict,) = verdicts("aws_rekognition_bulk", **{"source-ref": address})
    assert (verdict.bucket, verdict.key, verdict.key_source) == (bucket, key, "url")


def test_case_15_unknown_is_not_safe_and_a_likelihood_no_confidence() -> None:
    """UNKNOWN has no grade and no suggestion; a number is read as its name; a failed picture has no rows."""
    rows = {verdict.label: verdict for verdict in verdicts("google_safesearch_two")}
    assert {row.result_path.split("/")[2] for row in rows.values()} == {"1"}
    racy, adult = rows["racy"], rows["adult"]
    assert (racy.suggestion, racy.suggestion_source, racy.score_raw, racy.score) == ("unknown", "none", None, None)
    assert (adult.suggestion, adult.suggestion_source) == ("block", "likelihood")
    assert (adult.score_raw, adult.score, adult.score_scale) == (5.0, None, "likelihood 0-5")


@pytest.mark.parametrize("likelihood", ["SOMEHOW", 6, -1, 2.0, True, [], "4"])
def test_case_15_what_is_no_likelihood_is_a_reason(likelihood: object) -> None:
    """A likelihood of another kind is refused, and never taken for harmless."""
    reason = refusal_of({"responses": [{"safeSearchAnnotation": {"adult": likelihood}}]})
    assert reason.startswith("/responses/0/safeSearchAnnotation/adult must be a likelihood")


@pytest.mark.parametrize("name", ["azure_content_safety", "azure_content_safety_preview"])
def test_case_16_severity_zero_is_no_violation(name: str) -> None:
    """Every category is always there; those of severity 0 pass, and a severity is no confidence."""
    for verdict in verdicts(name):
        assert (verdict.suggestion == "pass") == (verdict.score_raw == 0)
        assert (verdict.score, verdict.score_scale, verdict.suggestion_source) == (None, "severity 0-7", "severity")


def test_case_16_severity_says_how_explicit() -> None:
    """A sexual picture of severity 4 or 6 is explicit, below that suggestive."""
    body = {"categoriesAnalysis": [{"category": "Sexual", "severity": severity} for severity in (2, 4, 6)]}
    meant = [(verdict.suggestion, verdict.category) for verdict in read_body(body).verdicts]
    assert meant == [("review", "sexual_suggestive"), ("block", "sexual_explicit"), ("block", "sexual_explicit")]


def test_case_17_a_negative_class_is_never_a_violation() -> None:
    """no_gun at 0.99 is how surely there is no gun."""
    assert flagged("hive_v2", "hive") == ["general_nsfw"]
    assert flagged("hive_agora", "hive") == ["yes_alcohol"]


def test_case_17_value_is_score() -> None:
    """Version 3 calls the confidence value."""
    assert [verdict.score for verdict in verdicts("hive_v3")] == [0.88, 0.12]


def test_case_18_harmless_scores_and_lower_tiers_are_no_violations() -> None:
    """None and context near one say nothing bad, and of cumulative tiers one counts."""
    assert flagged("sightengine", "sightengine") == ["nudity.suggestive"]


def test_case_18_model_1_is_refused() -> None:
    """A body of model 1.x is not read as harmless by taking what it does not have for zero."""
    assert "model 1.x" in refusal_of(parsed("sightengine") | {"nudity": {"raw": 0.91, "partial": 0.04, "safe": 0.05}})
    assert refusal_of(parsed("sightengine") | {"nudity": None}).startswith("/nudity/sexual_activity is missing")


@pytest.mark.parametrize(
    ("img_time", "precision_ms"),
    [
        ("2026-01-05 18:00:05.073", 1),
        ("2026-01-05T10:00:05.073Z", 1),
        ("2026-01-05T18:00:05.073+08:00", 1),
        (1767607205.073, 1),
        (1767607205073, 1),
        ("1767607205073", 1),
    ],
)
def test_case_19_beijings_clock_is_read_as_such(img_time: object, precision_ms: int) -> None:
    """A calendar without a zone is Beijing's; a zone that is written holds, and a number is Unix time."""
    body = parsed("shumei")
    body["frameDetail"]["auxInfo"]["imgTime"] = img_time
    verdict = read_body(body).verdicts[0]
    assert (verdict.captured_at, verdict.captured_at_precision_ms) == (AT, precision_ms)


@pytest.mark.parametrize("name", ["shumei_end", "shumei_audio"])
def test_case_19_the_end_of_a_stream_and_sound_are_no_verdicts(name: str) -> None:
    """Neither judges a picture; what they are is said."""
    payload = read_body(sample(name))
    assert (payload.parse_status, payload.verdicts) == ("ok", ())
    assert payload.event in ("end of the stream", "audio")


@pytest.mark.parametrize("name", ["activefence", "activefence_template"])
def test_case_20_json_in_a_text_is_exact(name: str) -> None:
    """Session, channel, user and time stand in the metadata, a text or an object, as number or as text."""
    verdict = verdict_of(sample(name))
    assert (verdict.sid, verdict.cname, verdict.uid) == ("0F1E2D3C4B5A69788796A5B4C3D2E1F0", "room_1", 91)
    assert (verdict.captured_at, verdict.captured_at_precision_ms) == (AT, 1)
    assert (verdict.key_source, verdict.object_url, verdict.reviewer) == ("derived", None, "human")


def test_case_21_a_form_is_recognised_and_kept() -> None:
    """The callback of OSS violation detection is its provider's, as it came, with the reason why it is not read."""
    text = "checksum=0011&content=%7B%22made%22%3A%22up%22%7D"
    payload = read_body(text)
    assert (payload.provider, payload.parse_status, payload.text) == ("alibaba_oss", "failed", text)
    assert "does not publish" in str(payload.parse_error)


@pytest.mark.parametrize("name", ["alibaba_audio", "alibaba_green_audio", "shumei_audio"])
def test_case_22_sound_is_set_aside(name: str) -> None:
    """A body about sound is kept and named, and has no verdicts."""
    payload = read_body(sample(name))
    assert (payload.parse_status, payload.event, payload.verdicts) == ("ok", "audio", ())


@pytest.mark.parametrize("name", ["tencent_css_317", "tencent_css_317_old", "tencent_css_200", "hive_agora"])
def test_case_23_no_credential_leaves_a_body(name: str) -> None:
    """The push secret and signed addresses stand in the body alone, and in none of its rows."""
    payload = read_body(sample(name))
    told = repr((payload.verdicts, payload.notifications, payload.parse_error, payload.event))
    assert not [secret for secret in ("txSecret", "ffeeddcc", "made-up") if secret in told]


def test_case_24_a_retry_is_the_same_body() -> None:
    """Bodies without an id are known again by their bytes, and their rows have the same places."""
    first, again = (read_body(sample("tencent_css_317")) for _ in range(2))
    assert (first.payload_id, first.verdicts) == (again.payload_id, again.verdicts)
