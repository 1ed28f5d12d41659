"""Verdicts of the user's own, in a table whose columns ``indexer.toml`` names."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from indexer.moderation import fields
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.categories import category

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    "key",
    "object_url",
    "bucket",
    "sid",
    "cname",
    "uid",
    "captured_at",
    "label",
    "scene",
    "score",
    "suggestion",
    "event_id",
    "moderated_at",
    "reviewer",
)
SCALES = {"0-1": 1.0, "0-100": 100.0}
_IDENTITY = ("sid", "cname", "uid", "captured_at")


@dataclass(frozen=True, slots=True)
class GenericMapping:
    """One ``[moderation.NAME]``.

    ``columns`` maps our names to the user's; ``suggestions`` the user's words to pass, review and block. ``thresholds``
    (``review`` and ``block``, on the score from 0 to 1) decide where a row has no suggestion.
    """

    name: str
    columns: dict[str, str]
    score_scale: str = "0-1"
    suggestions: dict[str, str] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)


def generic_mapping(settings: GenericMapping) -> Mapping:
    """The mapping that reads rows as the settings say. It matches nothing by itself: it must be named."""
    return Mapping(settings.name, "generic", lambda _: False, partial(_verdicts, settings))


def _verdicts(settings: GenericMapping, body: Json) -> Iterator[Verdict]:
    cells = {name: body.get(column) for name, column in settings.columns.items()}
    label, scene = _text(settings, cells, "label"), _text(settings, cells, "scene")
    captured_at, precision = fields.instant(cells.get("captured_at"), _column(settings, "captured_at"))
    moderated_at, _ = fields.instant(cells.get("moderated_at"), _column(settings, "moderated_at"))
    verdict = Verdict(
        result_path="",
        label=label,
        scene=scene,
        category=category(settings.name, scene, label),
        bucket=_text(settings, cells, "bucket"),
        key=fields.object_key(cells.get("key"), _column(settings, "key")),
        object_url=_text(settings, cells, "object_url"),
        sid=_text(settings, cells, "sid"),
        cname=_text(settings, cells, "cname"),
        uid=fields.uid(cells.get("uid"), _column(settings, "uid")),
        captured_at=captured_at,
        captured_at_precision_ms=precision,
        event_id=_text(settings, cells, "event_id"),
        reviewer=(_text(settings, cells, "reviewer") or "machine").casefold(),
        moderated_at=moderated_at,
        **_judgement(settings, cells),
    )
    if not (verdict.key or verdict.object_url) and any(getattr(verdict, name) is None for name in _IDENTITY):
        raise Unmappable(f"the row names no object: neither a key or URL, nor all of {', '.join(_IDENTITY)}")
    yield verdict


def _judgement(settings: GenericMapping, cells: dict[str, Any]) -> dict[str, Any]:
    raw_score = fields.number(cells.get("score"), _column(settings, "score"))
    score = None if raw_score is None else raw_score / SCALES[settings.score_scale]
    if score is not None and not 0 <= score <= 1:
        raise Unmappable(f"{_column(settings, 'score')} is not within {settings.score_scale}: {raw_score}")
    suggestion, source, raw = _suggestion(settings, cells, score)
    return {
        "score": score,
        "score_raw": raw_score,
        "score_scale": settings.score_scale if raw_score is not None else None,
        "suggestion": suggestion,
        "suggestion_source": source,
        "suggestion_raw": raw,
    }


def _suggestion(settings: GenericMapping, cells: dict[str, Any], score: float | None) -> tuple[str, str, str | None]:
    """What to do, whose word that is (the provider's, or our threshold's), and the provider's own word."""
    said, raw = fields.suggestion(cells.get("suggestion"), _column(settings, "suggestion"))
    if raw:
        words = {word.casefold(): ours for word, ours in settings.suggestions.items()}
        return words.get(raw.strip().casefold(), said), "provider", raw
    if score is None or not settings.thresholds:
        return "unknown", "none", None
    reached = [name for name in ("block", "review") if score >= settings.thresholds.get(name, float("inf"))]
    return (reached[0] if reached else "pass"), "threshold", None


def _text(settings: GenericMapping, cells: dict[str, Any], name: str) -> str | None:
    return fields.text(cells.get(name), _column(settings, name))


def _column(settings: GenericMapping, name: str) -> str:
    """How a field is called in messages: by the user's own column."""
    return f"column {settings.columns.get(name, name)}"
