"""Alibaba Live's callback: a verdict for each inner entry, whatever its case, its rate and its key look like."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.reading import parsed, read_body, refusal_of, sample, verdict_of


def single(**told: Any) -> dict[str, Any]:
    """A callback with one inner entry, changed."""
    entry = {"Label": "porn", "Rate": 99, "Suggestion": "block", "Scene": "porn", "Extent": {}}
    return parsed("alibaba_live") | {"Result": [{"BizType": "default", "Result": [entry | told]}]}


def test_the_documents_sample_is_repaired_and_has_two_verdicts() -> None:
    """The printed sample has a comma too many; each inner entry is a verdict of its own, a pass beside a review."""
    payload = read_body(sample("alibaba_live"))
    assert (payload.provider, payload.shape) == ("alibaba_live", "alibaba_live.v2")
    assert (payload.parse_status, payload.parse_error) == ("repaired", "removed 1 trailing comma")
    assert [(v.result_path, v.scene, v.label, v.suggestion, v.category, v.is_overall) for v in payload.verdicts] == [
        ("/Result/0/Result/0", "porn", "Porn", "review", "sexual_explicit", True),
        ("/Result/0/Result/1", "ad", "Ad", "pass", "ad_spam", True),
    ]


def test_a_verdict_names_its_object_stream_and_policy() -> None:
    """Bucket, key, app, stream and BizType are those of the body; there is no time and no event."""
    verdict = read_body(sample("alibaba_live_milliseconds")).verdicts[0]
    assert (verdict.bucket, verdict.key) == ("flagged", "customer/ondemand/st0911_4/1767607200218.jpg")
    assert (verdict.app, verdict.stream, verdict.policy) == ("ondemand", "st0911_4", "default")
    assert (verdict.captured_at, verdict.moderated_at, verdict.event_id) == (None, None, None)


@pytest.mark.parametrize(
    ("rate", "score"), [(11, 0.11), (99.9, 0.999), (99.91, 0.9991), (0, 0.0), (100, 1.0), (None, None)]
)
def test_a_rate_is_a_score_of_a_hundred(rate: float | None, score: float | None) -> None:
    """An integer or fractional rate is exactly its hundredth, with the provider's own number beside it."""
    verdict = verdict_of(single(Rate=rate))
    assert (verdict.score, verdict.score_raw) == (score, rate)
    assert verdict.score_scale == (None if rate is None else "0-100")


@pytest.mark.parametrize("rate", [101, -1, 10**400, "99", True, [99]])
def test_a_rate_that_is_none_is_refused(rate: object) -> None:
    """A rate outside of its scale or of another type fails the body, and the reason names it."""
    assert refusal_of(single(Rate=rate)).startswith("/Result/0/Result/0/Rate ")


@pytest.mark.parametrize(
    ("raw", "suggestion"),
    [("pass", "pass"), ("Review", "review"), ("BLOCK", "block"), (" block ", "block"), ("quarantine", "unknown")],
)
def test_a_suggestion_is_read_in_any_case(raw: str, suggestion: str) -> None:
    """A suggestion is case-folded, kept raw, and unknown where it is none of ours."""
    verdict = verdict_of(single(Suggestion=raw))
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.suggestion_source) == (suggestion, raw, "provider")


@pytest.mark.parametrize("label", ["Porn", "porn", "PORN"])
def test_a_label_is_kept_raw_and_compared_in_any_case(label: str) -> None:
    """The label stays as the provider wrote it, and its category does not depend on its case."""
    verdict = verdict_of(single(Label=label))
    assert (verdict.label, verdict.category) == (label, "sexual_explicit")


@pytest.mark.parametrize(
    ("named", "key"),
    [
        ("abc.jpg", "abc.jpg"),
        ("customer/app/stream/1767607200218.jpg", "customer/app/stream/1767607200218.jpg"),
        ("app/stream/2026-01-05/10/00_05.jpg", "app/stream/2026-01-05/10/00_05.jpg"),
        ("app/stream/20260105/10/0005.jpg", "app/stream/20260105/10/0005.jpg"),
        (" /record/a b%20+.jpg ", "record/a b%20+.jpg"),
        ("", None),
        (None, None),
    ],
)
def test_a_key_is_taken_as_it_is_named(named: str | None, key: str | None) -> None:
    """Whatever the template, the key is the one named, without blanks around it and a slash before it."""
    assert verdict_of(parsed("alibaba_live") | single() | {"OssObject": named}).key == key


@pytest.mark.parametrize("field", ["Label", "Suggestion"])
def test_a_decision_that_is_not_there_is_a_reason(field: str) -> None:
    """An inner entry without its label or suggestion fails the body instead of passing for harmless."""
    assert refusal_of(single(**{field: None})) == f"/Result/0/Result/0/{field} is missing"


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({}, "/Result must be a list and is an object"),
        ([1], "/Result/0 must be an object and is 1"),
        ([{"Result": "x"}], "/Result/0/Result must be a list and is 'x'"),
        ([{"Result": [None]}], "/Result/0/Result/0 must be an object and is null"),
    ],
)
def test_a_wrong_type_is_a_reason(result: object, reason: str) -> None:
    """A list where an object is expected, or the other way round, fails the body and names the place."""
    assert refusal_of(parsed("alibaba_live") | {"Result": result}) == reason


def test_a_body_without_entries_is_understood() -> None:
    """A callback that decides nothing has no verdicts and is no failure."""
    payload = read_body(parsed("alibaba_live") | {"Result": []})
    assert (payload.provider, payload.parse_status, payload.verdicts) == ("alibaba_live", "ok", ())


def test_new_fields_do_no_harm() -> None:
    """Fields that the provider adds change nothing, wherever they stand."""
    assert verdict_of(single(Another=[{}]) | {"Another": 1}) == verdict_of(single())


def test_half_a_surrogate_pair_is_a_reason() -> None:
    """A text that no database can store fails its body, and does not stop the reading."""
    assert "half of a surrogate pair" in refusal_of(parsed("alibaba_live") | single() | {"AppName": "\ud83d"})
