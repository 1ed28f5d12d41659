"""Makes suggestions of scores where a provider makes none: by thresholds that the user sets, and marked as such."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict

    from indexer.moderation.base import Verdict

THRESHOLDS = ("review", "block")
"""The suggestions that a threshold can be set for, the severer one last. The score is that from 0 to 1."""

_NEUTRAL = "neutral"


def by_thresholds(score: float | None, thresholds: Dict[str, float]) -> tuple[str, str]:
    """The suggestion for a score, and its source: the severest one whose threshold is reached, else ``pass``."""
    if score is None or not thresholds:
        return "unknown", "none"
    reached = [name for name in THRESHOLDS if name in thresholds and score >= thresholds[name]]
    return reached[-1] if reached else "pass", "threshold"


def decided(verdict: Verdict, thresholds: Dict[str, float]) -> Verdict:
    """A verdict with the suggestion that thresholds make where nobody made one.

    How surely a picture is neutral is no reason to block it: a label of that category passes.
    """
    if verdict.suggestion_source != "none" or verdict.suggestion != "unknown":
        return verdict
    score = 0.0 if verdict.score is not None and verdict.category == _NEUTRAL else verdict.score
    suggestion, source = by_thresholds(score, thresholds)
    return replace(verdict, suggestion=suggestion, suggestion_source=source)
