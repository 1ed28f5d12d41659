"""Reads the columns of a verdict that belong together: what was suggested, how sure it is, and when it was."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from indexer.moderation import fields
from indexer.moderation.base import Json, Unmappable
from indexer.moderation.categories import category
from indexer.moderation.node import Node, shown
from indexer.moderation.repair import NotJson, read_json
from indexer.moderation.times import Moment, from_milliseconds, read_time

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict
    from datetime import datetime

SEVERITY = "severity 0-7"
LIKELIHOOD = "likelihood 0-5"


class Said(TypedDict):
    """A suggestion, its raw word, and who made it."""

    suggestion: str
    suggestion_raw: str | None
    suggestion_source: str


class Rated(TypedDict):
    """A confidence from 0 to 1, and the provider's own number on its scale."""

    score: float | None
    score_raw: float | None
    score_scale: str | None


class Taken(TypedDict):
    """When the picture was taken, naive UTC, and how exactly that is known, in milliseconds."""

    captured_at: datetime | None
    captured_at_precision_ms: int | None


def said(node: Node, words: Dict[str, str] | None = None) -> Said:
    """The suggestion of a field that the shape promises; ``words`` are the provider's own, case-folded, for ours."""
    raw = node.required_text()
    own = (words or {}).get(raw.strip().casefold())
    return Said(suggestion=own or fields.suggestion(raw), suggestion_raw=raw, suggestion_source="provider")


def said_if_any(node: Node, words: Dict[str, str] | None = None) -> Said:
    """The suggestion of a field that may be absent."""
    return unsaid() if node.text() is None else said(node, words)


def unsaid(raw: str | None = None) -> Said:
    """No suggestion; ``raw`` is what the provider says in its place."""
    return Said(suggestion="unknown", suggestion_raw=raw, suggestion_source="none")


def rated(node: Node, scale: str) -> Rated:
    """A confidence on the scale 0-1 or 0-100."""
    raw = node.number()
    if raw is None:
        return unrated()
    try:
        score = fields.confidence(raw, scale)
    except ValueError as error:
        raise Unmappable(f"{node.pointer} is {error}") from error
    return Rated(score=score, score_raw=float(raw), score_scale=scale)


def graded(grade: int | None, scale: str) -> Rated:
    """A severity or a likelihood, which says nothing of how sure anybody is."""
    if grade is None:
        return unrated()
    return Rated(score=None, score_raw=float(grade), score_scale=scale)


def unrated() -> Rated:
    """No score."""
    return Rated(score=None, score_raw=None, score_scale=None)


def taken(moment: Moment | None) -> Taken:
    """A verdict's capture time."""
    if moment is None:
        return Taken(captured_at=None, captured_at_precision_ms=None)
    return Taken(captured_at=moment.at, captured_at_precision_ms=moment.precision_ms)


def seconds(node: Node) -> Moment | None:
    """A whole number of seconds since 1970."""
    count = node.whole_number()
    return None if count is None else Moment(_since_epoch(node, count * 1000), 1000)


def milliseconds(node: Node) -> Moment | None:
    """A whole number of milliseconds since 1970."""
    count = node.whole_number()
    return None if count is None else Moment(_since_epoch(node, count), 1)


def fractional_seconds(node: Node) -> Moment | None:
    """Seconds since 1970 with a fraction, as providers print them: ten digits before the point leave six exact."""
    count = node.number()
    return None if count is None else Moment(_since_epoch(node, int(Decimal(str(count)) * 1000)), 1)


def _since_epoch(node: Node, count: int) -> datetime:
    try:
        return from_milliseconds(count)
    except OverflowError:
        raise node.refused("a time") from None


def instant(node: Node, ahead: timedelta = timedelta(0)) -> Moment | None:
    """A time as text or as digits; ``ahead`` is how far the provider's clock is ahead of UTC where none is written."""
    if node.value is None:
        return None
    try:
        moment = read_time(node.value)
        return Moment(moment.at - (ahead if _zoneless(node.value) else timedelta(0)), moment.precision_ms)
    except (ValueError, OverflowError) as error:
        raise Unmappable(f"{node.pointer} is no time: {shown(node.value)} ({error})") from error


def _zoneless(value: Json) -> bool:
    """Whether a time is a calendar's without a zone: only its clock can have a plus or a minus."""
    if not isinstance(value, str) or value.strip().isdigit():
        return False
    clock = value.strip()[len("0000-00-00") :]
    return not (clock.endswith(("Z", "z")) or "+" in clock or "-" in clock)


def embedded(node: Node) -> Node:
    """JSON that stands in a text of the body, or in the body itself. An empty text is an object without fields."""
    if not isinstance(node.value, str):
        return Node({} if node.value is None else node.value, node.pointer)
    text = node.text()
    try:
        return Node(read_json(text).value if text else {}, node.pointer)
    except NotJson as error:
        raise Unmappable(f"{node.pointer}: {error}") from error


def account(node: Node) -> int | None:
    """A user id as providers repeat it, a number or a text; ``None`` for a string account."""
    return fields.user_id(str(node.value) if isinstance(node.value, int) else node.text())


def caller_key(node: Node) -> str | None:
    """An object's key in an id of the caller's choosing; one without a slash or a dot is an id of another kind."""
    named = fields.object_key(node.text())
    return named if named and ("/" in named or "." in named) else None


def meaning(provider: str, scene: str | None, *labels: str | None) -> str:
    """The category of the first of the labels that the vocabulary knows: the label itself, then what it belongs to."""
    known = (category(provider, scene, label) for label in labels if label)
    return next((found for found in known if found != "other"), "other")
