"""Alibaba Live's snapshot moderation: what the documents' bodies say, and what becomes of broken ones."""

from __future__ import annotations

from typing import Any

import pytest

from moderation.bodies import parsed, read_body, refusal_of, sample

BOTH = "alibaba_live_pass_and_block"


def changed(**told: Any) -> dict[str, Any]:
    """A body whose first result has other fields."""
    body = parsed(BOTH)
    body["Result"][0]["Result"][0].update(told)
    return body


def test_the_documents_body_is_repaired_and_read() -> None:
    """The documents' sample has a comma too many: it is repaired, marked so, and gives a verdict a scene."""
    payload = read_body(sample("alibaba_live"))
    assert (payload.provider, payload.shape) == ("alibaba_live", "alibaba_live.v2")
    assert payload.parse_status == "repaired"
    assert str(payload.parse_error).startswith("removed commas: ")
    told = [(one.scene, one.label, one.category, one.suggestion, one.score) for one in payload.verdicts]
    assert told == [
        ("porn", "Porn", "sexual_explicit", "review", 0.12),
        ("ad", "Ad", "ad_spam", "review", 0.13),
    ]


def test_a_verdict_names_its_object_and_stream() -> None:
    """Every verdict of a body has the body's bucket, key, app and stream, and the policy of its group."""
    for verdict in read_body(sample("alibaba_live_timed")).verdicts:
        assert (verdict.bucket, verdict.key) == ("flagged-shots", "kept/lessons/lesson_8/1767607205218.jpg")
        assert (verdict.app, verdict.stream, verdict.policy) == ("lessons", "lesson_8", "default")


def test_a_body_has_no_time_and_no_id() -> None:
    """The body says neither when nor which event: both stay empty, for the key to say."""
    for verdict in read_body(sample("alibaba_live_timed")).verdicts:
        assert (verdict.captured_at, verdict.moderated_at, verdict.event_id) == (None, None, None)


def test_a_pass_stands_beside_a_block() -> None:
    """A scene that passed and one that is blocked are verdicts of their own, each with its place in the body."""
    payload = read_body(sample(BOTH))
    assert (payload.parse_status, payload.parse_error) == ("ok", None)
    told = [(one.result_path, one.suggestion, one.category) for one in payload.verdicts]
    assert told == [("/Result/0/Result/0", "pass", "neutral"), ("/Result/0/Result/1", "block", "weapons")]


def test_words_are_folded_and_kept() -> None:
    """A suggestion in another case is understood, and its own spelling stays beside it."""
    told = [(one.suggestion, one.suggestion_raw, one.suggestion_source) for one in read_body(sample(BOTH)).verdicts]
    assert told == [("pass", "Pass", "provider"), ("block", "BLOCK", "provider")]


def test_a_rate_is_whole_or_broken() -> None:
    """A rate of 99.5 per cent is the score 0.995, with the provider's own number and scale."""
    verdict = read_body(sample(BOTH)).verdicts[0]
    assert (verdict.score, verdict.score_raw, verdict.score_scale) == (0.995, 99.5, "0-100")


def test_groups_are_told_apart() -> None:
    """Verdicts of two groups have the policy and the path of their own group."""
    body = parsed(BOTH)
    body["Result"].append({"BizType": "lenient", "Result": [{"Label": "logo", "Scene": "logo"}]})
    verdict = read_body(body).verdicts[2]
    assert (verdict.policy, verdict.result_path) == ("lenient", "/Result/1/Result/0")
    assert (verdict.suggestion, verdict.suggestion_source, verdict.score) == ("unknown", "none", None)


def test_a_word_that_is_no_suggestion_is_unknown() -> None:
    """A suggestion that no document knows is kept and counts as unknown."""
    verdict = read_body(changed(Suggestion="escalate")).verdicts[0]
    assert (verdict.suggestion, verdict.suggestion_raw) == ("unknown", "escalate")


def test_new_fields_do_no_harm() -> None:
    """Fields that the provider adds anywhere change nothing in the verdicts."""
    body = changed(Extent={"new": [1, {}]}, NewField=None)
    body["NewField"] = body["Result"][0]["NewField"] = [[]]
    assert read_body(body).verdicts == read_body(sample(BOTH)).verdicts


def test_a_body_without_verdicts_is_read() -> None:
    """A body whose list of results is empty is read and has no verdicts."""
    payload = read_body(parsed(BOTH) | {"Result": []})
    assert (payload.parse_status, payload.verdicts) == ("ok", ())


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"Rate": "high"}, "Rate is no number: 'high'"),
        ({"Rate": True}, "Rate is no number: 'True'"),
        ({"Rate": [1]}, "Rate is no number: nested"),
        ({"Rate": 101}, "Rate is not from 0 to 100: 101.0"),
        ({"Rate": -1}, "Rate is not from 0 to 100: -1.0"),
        ({"Label": None}, "Label is missing"),
        ({"Label": {}}, "Label is no text"),
        ({"Scene": False}, "Scene is no text"),
        ({"Suggestion": ["block"]}, "Suggestion is no text"),
    ],
)
def test_a_wrong_field_fails_with_its_name(told: dict[str, Any], reason: str) -> None:
    """A field of a wrong type fails the whole body, and the reason names the field."""
    assert refusal_of(changed(**told)) == reason


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({}, "Result is no array"),
        (None, "Result is no array"),
        ([1], "Result[0] is no object"),
        ([{}], "Result[0].Result is no array"),
        ([{"Result": ["porn"]}], "Result[0].Result[0] is no object"),
    ],
)
def test_wrong_nesting_fails_with_its_place(result: object, reason: str) -> None:
    """Results that are not nested as documented fail, and the reason says where."""
    assert refusal_of(parsed(BOTH) | {"Result": result}) == reason


@pytest.mark.parametrize("missing", ["OssBucket", "OssObject", "Result"])
def test_another_version_of_the_body_is_not_guessed_at(missing: str) -> None:
    """A body without one of the three telling fields is of no known shape, and says which fields it has."""
    body = {name: value for name, value in parsed(BOTH).items() if name != missing}
    assert refusal_of(body) == f"no known shape: fields {', '.join(body)}"
