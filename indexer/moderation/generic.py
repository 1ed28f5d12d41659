"""Verdicts of the user's own, in tables and JSON Lines: the columns are named in ``indexer.toml``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from indexer.moderation import fields
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.categories import ANY, category
from indexer.moderation.node import shown, storable
from indexer.moderation.thresholds import by_thresholds
from indexer.moderation.times import Moment, read_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Dict

IDENTITY = ("sid", "cname", "uid", "captured_at")
"""The fields that tell a picture together, where no column names it."""
COLUMNS = (
    *("key", "object_url", *IDENTITY),
    *("bucket", "label", "scene", "score", "suggestion", "event_id", "moderated_at", "reviewer"),
)
"""The fields of a verdict that a column can be named for."""

_REVIEWERS = ("machine", "human")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class GenericMapping:
    """How one ``[moderation.NAME]`` reads its rows.

    ``columns`` gives the user's column for our fields: ``key`` or ``object_url``, or all of ``sid``, ``cname``, ``uid``
    and ``captured_at``; the rest of ``COLUMNS`` may be left out. ``suggestions`` gives pass, review or block for the
    user's words, in any case. ``thresholds`` (``review``, ``block``, on the score from 0 to 1) decide only where a row
    gives no suggestion.
    """

    name: str
    columns: Dict[str, str]
    score_scale: str = "0-1"
    suggestions: Dict[str, str] = field(default_factory=dict)
    thresholds: Dict[str, float] = field(default_factory=dict)


def generic_mapping(generic: GenericMapping) -> Mapping:
    """The mapping that reads rows so. That the settings make sense is the configuration's to check."""
    words = {raw.strip().casefold(): word.casefold() for raw, word in generic.suggestions.items()}

    def verdicts(body: Json) -> Iterator[Verdict]:
        if not isinstance(body, dict):
            raise Unmappable(f"a row must be an object and is {shown(body)}")
        yield _verdict(generic, words, _Row(generic.columns, body))

    return Mapping(generic.name, "generic", _matches, verdicts, tuple(dict.fromkeys(generic.columns.values())))


def _matches(body: Json) -> bool:
    return isinstance(body, dict)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row, asked for our fields. An empty cell reads as ``None``."""

    columns: Dict[str, str]
    cells: Dict[str, Json]

    def cell(self, name: str) -> Json:
        value = self.cells.get(self.columns[name]) if name in self.columns else None
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, name: str) -> str | None:
        value = self.cell(name)
        if value is None:
            return None
        if not isinstance(value, str | int | float) or not storable(str(value)):
            raise self.refused(name, "no text")
        return str(value)

    def uid(self) -> int | None:
        value = self.cell("uid")
        # A table that also holds empty cells has its whole numbers as 91.0.
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        return fields.user_id(str(whole)) if isinstance(whole, str | int) else None

    def time(self, name: str) -> Moment | None:
        value = self.cell(name)
        try:
            return None if value is None else read_time(value)
        except ValueError as error:
            raise self.refused(name, f"no time: {error}") from error

    def number(self, name: str) -> Decimal | None:
        value = self.cell(name)
        if value is None:
            return None
        if isinstance(value, bool) or not _NUMBER.fullmatch(str(value).strip()):
            raise self.refused(name, "no number")
        return Decimal(str(value).strip())

    def refused(self, name: str, what: str) -> Unmappable:
        return Unmappable(f"column {self.columns[name]!r} has {shown(self.cell(name))}, which is {what}")

    def described(self, name: str) -> str:
        if name not in self.columns:
            return f"no column is named for {name}"
        value = self.cell(name)
        return f"column {self.columns[name]!r} {'is empty' if value is None else f'has {shown(value)}'}"


def _verdict(generic: GenericMapping, words: Dict[str, str], row: _Row) -> Verdict:
    key, url = fields.object_key(row.text("key")), row.text("object_url")
    if key is None and url is None:
        _require_identity(row)
    taken, moderated = row.time("captured_at"), row.time("moderated_at")
    score_raw, score = _score(generic, row)
    raw, (suggestion, source) = row.text("suggestion"), _suggestion(generic, words, row.text("suggestion"), score)
    label = row.text("label")
    return Verdict(
        result_path="",
        label=label,
        category=category(ANY, ANY, label),
        suggestion=suggestion,
        suggestion_raw=raw,
        suggestion_source=source,
        scene=row.text("scene"),
        score=score,
        score_raw=score_raw,
        score_scale=None if score is None else generic.score_scale,
        reviewer=_reviewer(row),
        event_id=row.text("event_id"),
        bucket=row.text("bucket"),
        key=key,
        object_url=url,
        sid=row.text("sid"),
        cname=row.text("cname"),
        uid=row.uid(),
        captured_at=taken.at if taken else None,
        captured_at_precision_ms=taken.precision_ms if taken else None,
        moderated_at=moderated.at if moderated else None,
    )


def _require_identity(row: _Row) -> None:
    """Without an object a row must say whose picture it means, and when it was taken."""
    known = {name: row.uid() if name == "uid" else row.cell(name) for name in IDENTITY}
    missing = [row.described(name) for name, value in known.items() if value is None]
    if missing:
        raise Unmappable(f"the row names no object, nor a session, channel, user and time: {'; '.join(missing)}")


def _score(generic: GenericMapping, row: _Row) -> tuple[float | None, float | None]:
    raw = row.number("score")
    if raw is None:
        return None, None
    try:
        return float(raw), fields.confidence(raw, generic.score_scale)
    except ValueError as error:
        raise row.refused("score", str(error)) from error


def _suggestion(
    generic: GenericMapping, words: Dict[str, str], raw: str | None, score: float | None
) -> tuple[str, str]:
    """The suggestion and where it is from: the row's own word before our thresholds."""
    if raw is not None:
        return words.get(raw.strip().casefold()) or fields.suggestion(raw), "provider"
    return by_thresholds(score, generic.thresholds)


def _reviewer(row: _Row) -> str:
    reviewer = (row.text("reviewer") or "machine").strip().casefold()
    if reviewer not in _REVIEWERS:
        raise row.refused("reviewer", f"none of {', '.join(_REVIEWERS)}")
    return reviewer
