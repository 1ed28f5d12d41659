"""Verdicts of the user's own: columns by name, words and thresholds by configuration, and every refusal by column."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from indexer.moderation import GenericMapping, Mapping, generic_mapping
from moderation.reading import read_body, refusal_of, verdict_of

COLUMNS = {
    "key": "object",
    "object_url": "url",
    "sid": "session",
    "cname": "room",
    "uid": "user",
    "captured_at": "taken",
    "bucket": "bucket",
    "label": "label",
    "scene": "scene",
    "score": "score",
    "suggestion": "decision",
    "event_id": "id",
    "moderated_at": "judged",
    "reviewer": "by",
}
IDENTITY = {"session": "0F1E2D3C", "room": "room_1", "user": "91", "taken": "2026-01-05T10:00:05.250Z"}


def inhouse(**told: Any) -> Mapping:
    """A mapping of our own table, with some settings changed."""
    settings: dict[str, Any] = {"suggestions": {"REJECT": "block", "Manual": "review", "OK": "pass"}}
    return generic_mapping(GenericMapping("inhouse", COLUMNS, **settings | told))


def test_every_column_finds_its_field() -> None:
    """A full row is a verdict with every field that a column is named for."""
    row: dict[str, Any] = {
        **IDENTITY,
        "object": "/shots/a.jpg",
        "url": "https://cdn.example.com/a.jpg",
        "bucket": "b",
        "label": "Weapon",
    }
    row |= {"scene": "street", "score": 0.5, "decision": "reject", "id": 7, "judged": "1767607210", "by": "Human"}
    payload = read_body(row, inhouse())
    (verdict,) = payload.verdicts
    assert (payload.provider, payload.shape, payload.parse_status) == ("inhouse", "generic", "ok")
    assert (verdict.bucket, verdict.key, verdict.object_url) == ("b", "shots/a.jpg", "https://cdn.example.com/a.jpg")
    assert (verdict.sid, verdict.cname, verdict.uid) == ("0F1E2D3C", "room_1", 91)
    assert verdict.captured_at == datetime.fromisoformat("2026-01-05 10:00:05.250")
    assert verdict.moderated_at == datetime.fromisoformat("2026-01-05 10:00:10")
    assert (verdict.label, verdict.scene, verdict.category) == ("Weapon", "street", "weapons")
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.suggestion_source) == ("block", "reject", "provider")
    assert (verdict.event_id, verdict.reviewer, verdict.is_overall, verdict.result_path) == ("7", "human", True, "")


def test_an_identity_stands_for_a_key() -> None:
    """A row without an object is read where it says session, channel, user and time."""
    verdict = verdict_of(IDENTITY, inhouse())
    assert (verdict.key, verdict.sid, verdict.uid, verdict.reviewer) == (None, "0F1E2D3C", 91, "machine")
    assert (verdict.suggestion, verdict.suggestion_source, verdict.category) == ("unknown", "none", "other")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"room": ""}, "column 'room' is empty"),
        ({"user": "anna"}, "column 'user' has 'anna'"),
        ({"taken": None, "session": " "}, "column 'session' is empty; column 'taken' is empty"),
    ],
)
def test_a_row_about_no_picture_is_refused(told: dict[str, Any], reason: str) -> None:
    """A row that names neither an object nor a whole identity says which columns are to blame."""
    assert refusal_of(IDENTITY | told, inhouse()).endswith(f"user and time: {reason}")


def test_a_field_without_a_column_is_named() -> None:
    """Where no column is named for a part of the identity, the reason says that."""
    keyed = generic_mapping(GenericMapping("keyed", {"key": "object"}))
    assert "no column is named for sid" in refusal_of({"object": ""}, keyed)


@pytest.mark.parametrize(
    ("uid", "read"), [("91", 91), (91, 91), (91.0, 91), (91.5, None), ("4294967296", None), (True, None)]
)
def test_a_uid_is_a_whole_number(uid: object, read: int | None) -> None:
    """A user id is digits, a whole number, or a whole number that a table with empty cells made 91.0."""
    assert verdict_of({"object": "a.jpg", "user": uid}, inhouse()).uid == read


@pytest.mark.parametrize(
    ("scale", "raw", "score"),
    [("0-1", 0.9, 0.9), ("0-1", "0.9", 0.9), ("0-100", 99.9, 0.999), ("0-100", "55", 0.55), ("0-1", "1e-3", 0.001)],
)
def test_a_score_is_read_on_its_scale(scale: str, raw: float | str, score: float) -> None:
    """A score of either scale, as number or text, is one from 0 to 1, with the row's own number beside it."""
    verdict = verdict_of({"object": "a.jpg", "score": raw}, inhouse(score_scale=scale))
    assert (verdict.score, verdict.score_raw, verdict.score_scale) == (score, float(raw), scale)


@pytest.mark.parametrize("raw", ["high", "nan", "Infinity", "1_0", "", "95", "-0.5", "1e999"])
def test_a_score_that_is_none_is_refused_by_column_and_value(raw: str) -> None:
    """An unreadable score or one outside of its scale fails the row and names both; an empty one is no score."""
    row = {"object": "a.jpg", "score": raw}
    if raw:
        assert refusal_of(row, inhouse()).startswith(f"column 'score' has {raw!r}, which is ")
    else:
        assert verdict_of(row, inhouse()).score is None


@pytest.mark.parametrize("column", ["taken", "judged"])
def test_a_time_that_is_none_is_refused_by_column_and_value(column: str) -> None:
    """An unreadable time fails the row and names both, even where the object is known."""
    row = {"object": "a.jpg", column: 1767607205250.5}
    assert refusal_of(row, inhouse()).startswith(f"column '{column}' has 1767607205250.5, which is no time: ")


@pytest.mark.parametrize(
    ("raw", "suggestion"), [("REJECT", "block"), ("manual", "review"), ("Pass", "pass"), ("escalate", "unknown")]
)
def test_a_word_is_translated_in_any_case(raw: str, suggestion: str) -> None:
    """The user's words, and ours, are known in any case; another word is unknown and stays raw."""
    verdict = verdict_of({"object": "a.jpg", "decision": raw, "score": 1}, inhouse(thresholds={"block": 0.5}))
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.suggestion_source) == (suggestion, raw, "provider")


@pytest.mark.parametrize(
    ("thresholds", "score", "suggestion"),
    [
        ({"review": 0.6, "block": 0.9}, 59, "pass"),
        ({"review": 0.6, "block": 0.9}, 60, "review"),
        ({"review": 0.6, "block": 0.9}, 90, "block"),
        ({"block": 0.9}, 89, "pass"),
        ({"review": 0.6}, 99, "review"),
    ],
)
def test_a_threshold_decides_where_nobody_did(thresholds: dict[str, float], score: int, suggestion: str) -> None:
    """Without a suggestion the score from 0 to 1 is held against the thresholds, and the verdict says so."""
    mapping = inhouse(thresholds=thresholds, score_scale="0-100")
    verdict = verdict_of({"object": "a.jpg", "decision": "", "score": score}, mapping)
    assert (verdict.suggestion, verdict.suggestion_raw, verdict.suggestion_source) == (suggestion, None, "threshold")


def test_a_reviewer_is_a_machine_or_a_human() -> None:
    """Who judged is not guessed from a name."""
    assert (
        refusal_of({"object": "a.jpg", "by": "anna"}, inhouse())
        == "column 'by' has 'anna', which is none of machine, human"
    )


@pytest.mark.parametrize("element", ["null", "1", '"x"', "[]"])
def test_a_row_must_be_an_object(element: str) -> None:
    """A JSON value that is no object is no row."""
    assert refusal_of(f"[{element}]", inhouse()).startswith("a row must be an object and is ")


@pytest.mark.parametrize("cell", [{}, [1], {"a": 1}])
def test_a_nested_cell_is_no_text(cell: object) -> None:
    """A list or an object where a text belongs is refused."""
    assert refusal_of({"object": cell}, inhouse()).startswith("column 'object' has ")
