"""Checks what a ``[moderation.NAME]`` says about the user's own verdicts."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from indexer.config.settings import place
from indexer.errors import Mistake
from indexer.moderation import COLUMNS, IDENTITY, MAPPINGS, SCALES, THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.config.settings import GenericSettings

_SUGGESTIONS = ("pass", "review", "block")


def check_generic(name: str, settings: GenericSettings) -> Iterator[Mistake]:
    """Yield everything that is wrong in the table of this name."""
    table = f"moderation.{name}"
    if name in {mapping.provider for mapping in MAPPINGS}:
        yield Mistake(place(table), "is a built-in provider: choose another name")
    yield from _column_mistakes(table, settings.columns)
    if settings.score_scale not in SCALES:
        yield Mistake(place(table, "score_scale"), _unknown(settings.score_scale, SCALES))
    for word, ours in settings.suggestions.items():
        if ours not in _SUGGESTIONS:
            yield Mistake(place(table, f"suggestions.{word}"), _unknown(ours, _SUGGESTIONS))
    yield from check_thresholds(table, "thresholds.", settings.thresholds)


def check_thresholds(table: str, before: str, thresholds: dict[str, float]) -> Iterator[Mistake]:
    """Yield what is wrong in thresholds of this table; ``before`` stands before their names."""
    for threshold, score in thresholds.items():
        where = place(table, f"{before}{threshold}")
        if threshold not in THRESHOLDS:
            yield Mistake(where, _unknown(threshold, THRESHOLDS))
        if not 0 <= score <= 1:
            yield Mistake(where, f"must be from 0 to 1, whatever the scale: {score}")


def _column_mistakes(table: str, columns: dict[str, str]) -> Iterator[Mistake]:
    for column in columns:
        if column not in COLUMNS:
            yield Mistake(place(table, f"columns.{column}"), _unknown(column, COLUMNS))
    if not ({"key", "object_url"} & columns.keys() or set(IDENTITY) <= columns.keys()):
        what = "no column says which picture is meant: name one for key or object_url, or for all of "
        yield Mistake(place(table, "columns"), what + ", ".join(IDENTITY))


def _unknown(text: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(text, known, n=1, cutoff=0.5)
    return f"unknown: {text!r}; " + (f"did you mean {nearest[0]}?" if nearest else f"one of {', '.join(known)}")
