"""Tables of the user's own: columns by name, words and thresholds of one's own, and rows that name no object."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from moderation.bodies import inhouse, read_body, refusal_of, verdict_of

ROW = {"object": "/shots/1.jpg", "label": "Weapon", "score": "0.75", "decision": "REJECT"}
IDENTITY = {"sid": "0f1e", "room": "room_1", "user": "91", "taken": "2026-01-05T10:00:05Z"}


def test_columns_are_read_by_their_names() -> None:
    """A row's cells are read by the columns that the settings name, and its category is by the label's name."""
    verdict = verdict_of(ROW | IDENTITY | {"unused": "column"}, inhouse())
    assert (verdict.key, verdict.label, verdict.category) == ("shots/1.jpg", "Weapon", "weapons")
    assert (verdict.sid, verdict.cname, verdict.uid) == ("0f1e", "room_1", 91)
    assert verdict.captured_at == datetime.fromisoformat("2026-01-05 10:00:05")
    assert (verdict.result_path, verdict.reviewer, verdict.is_overall) == ("", "machine", True)


@pytest.mark.parametrize(
    ("said", "suggestion"),
    [("REJECT", "block"), (" reject ", "block"), ("MANUAL", "review"), ("Pass", "pass"), ("perhaps", "unknown")],
)
def test_words_of_ones_own_are_translated(said: str, suggestion: str) -> None:
    """The user's words are translated in any case, ours are understood too, and the word itself is kept."""
    verdict = verdict_of(ROW | {"decision": said}, inhouse())
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.suggestion_source) == (suggestion, said, "provider")


@pytest.mark.parametrize(
    ("score", "suggestion"), [("0.9", "block"), ("0.899", "review"), ("0.5", "review"), ("0.499", "pass")]
)
def test_thresholds_decide_where_a_row_does_not(score: str, suggestion: str) -> None:
    """Without a suggestion the score's threshold decides, and the verdict says that it did."""
    mapping = inhouse(thresholds={"review": 0.5, "block": 0.9})
    verdict = verdict_of(ROW | {"score": score, "decision": ""}, mapping)
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.suggestion_source) == (suggestion, None, "threshold")


def test_a_suggestion_goes_before_thresholds() -> None:
    """A row that has a suggestion is not judged by its score."""
    verdict = verdict_of(ROW | {"decision": "pass"}, inhouse(thresholds={"block": 0.1}))
    assert (verdict.suggestion, verdict.suggestion_source) == ("pass", "provider")


@pytest.mark.parametrize(("thresholds", "score"), [({}, "0.9"), ({"block": 0.5}, "")])
def test_nothing_to_decide_by_is_unknown(thresholds: dict[str, float], score: str) -> None:
    """Without a suggestion, and without a score or thresholds, nothing is suggested."""
    verdict = verdict_of({"object": "1.jpg", "score": score}, inhouse(thresholds=thresholds))
    assert (verdict.suggestion, verdict.suggestion_source) == ("unknown", "none")


def test_a_scale_of_a_hundred() -> None:
    """A score of 75 on the scale 0-100 is 0.75, with the number as it was beside it."""
    verdict = verdict_of(ROW | {"score": 75}, inhouse(score_scale="0-100"))
    assert (verdict.score, verdict.score_raw, verdict.score_scale) == (0.75, 75.0, "0-100")


def test_a_row_may_name_who_and_when_instead_of_an_object() -> None:
    """A row without a key is found by session, channel, user and time, where it has all four."""
    assert verdict_of(IDENTITY, inhouse()).key is None
    for missing in IDENTITY:
        reason = refusal_of({name: cell for name, cell in IDENTITY.items() if name != missing}, inhouse())
        assert str(reason).startswith("the row names no object")


def test_a_url_names_an_object() -> None:
    """A row may have an address in the place of a key."""
    mapping = inhouse(columns={"object_url": "url"})
    assert verdict_of({"url": "https://shots.example/1.jpg"}, mapping).object_url == "https://shots.example/1.jpg"


def test_a_human_reviewer_is_told() -> None:
    """Who judged is machine unless the row says otherwise, in any case."""
    assert verdict_of(ROW | {"by": "Human"}, inhouse()).reviewer == "human"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"score": "high"}, "column score is no number: 'high'"),
        ({"score": "nan"}, "column score is no number: 'nan'"),
        ({"score": 75}, "column score is not within 0-1: 75.0"),
        ({"label": True}, "column label is no text"),
        ({"object": {}}, "column object is no text"),
        ({"taken": "yesterday"}, "column taken is no time: 'yesterday'"),
        ({"decision": []}, "column decision is no text"),
    ],
)
def test_a_wrong_cell_fails_with_its_column(told: dict[str, Any], reason: str) -> None:
    """A cell that cannot be read fails its row, and the reason names the user's own column."""
    assert refusal_of(ROW | told, inhouse()) == reason


@pytest.mark.parametrize("row", ["5", "[]", "null", '"text"'])
def test_a_row_that_is_no_object_fails(row: str) -> None:
    """A body that is no object is no row."""
    assert refusal_of(row if row != "[]" else "\n[[]]", inhouse()) == "the body is no object"


def test_a_table_of_ones_own_is_never_guessed() -> None:
    """A row is read only where the user names its mapping."""
    assert read_body(ROW).provider is None
    assert not inhouse().matches(ROW)
