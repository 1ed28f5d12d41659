"""Suggestions that the user's thresholds make of scores: where, which, and marked as what."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from indexer.moderation import Handling, Mapping, Verdict, read_received
from indexer.moderation.base import Received
from indexer.moderation.thresholds import decided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.moderation.base import Json

BARE = Verdict(
    result_path="/0",
    label="gun",
    category="weapons",
    suggestion="unknown",
    suggestion_source="none",
    score=0.8,
    score_raw=0.8,
    score_scale="0-1",
)


@pytest.mark.parametrize(
    ("thresholds", "score", "expected"),
    [
        ({"review": 0.5, "block": 0.9}, 0.8, ("review", "threshold")),
        ({"review": 0.5, "block": 0.9}, 0.9, ("block", "threshold")),
        ({"review": 0.5, "block": 0.9}, 0.4, ("pass", "threshold")),
        ({"block": 0.9}, 0.8, ("pass", "threshold")),
        ({"review": 0.9, "block": 0.5}, 0.6, ("block", "threshold")),
        ({"review": 0.5}, None, ("unknown", "none")),
        ({}, 0.8, ("unknown", "none")),
    ],
)
def test_a_score_is_decided_by_the_severest_threshold_it_reaches(
    thresholds: dict[str, float], score: float | None, expected: tuple[str, str]
) -> None:
    """A score reaches a threshold from it up; without a score or thresholds nothing is decided."""
    made = decided(replace(BARE, score=score), thresholds)
    assert (made.suggestion, made.suggestion_source) == expected


@pytest.mark.parametrize("source", ["provider", "severity", "likelihood"])
def test_a_suggestion_that_is_there_stays(source: str) -> None:
    """A provider's own word, unknown ones too, is never overruled by thresholds."""
    said = replace(BARE, suggestion_source=source)
    assert decided(said, {"block": 0.1}) == said


def test_a_neutral_label_passes_however_sure_it_is() -> None:
    """That a picture holds surely no gun is no reason to block it."""
    made = decided(replace(BARE, label="no_gun", category="neutral", score=0.99), {"review": 0.5})
    assert (made.suggestion, made.suggestion_source, made.score) == ("pass", "threshold", 0.99)


def test_thresholds_are_the_providers_own() -> None:
    """Each provider's thresholds decide its bodies and nobody else's."""

    def verdicts(_: Json) -> Iterator[Verdict]:
        yield BARE

    mapping = Mapping("scorer", "scorer.1", lambda _: True, verdicts)
    for name, suggestion in (("scorer", "block"), ("another", "unknown")):
        handling = Handling(thresholds={name: {"block": 0.7}})
        (payload,) = read_received([Received(b"{}", "inbox")], [mapping], handling)
        assert payload.verdicts[0].suggestion == suggestion
