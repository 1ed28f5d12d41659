"""What a moderation mapping gives: payloads as received, and the verdicts read out of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

Json = Any
"""A parsed JSON value: dict, list, str, int, float, bool or None."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision in a payload.

    ``result_path`` is the JSON pointer of the decision inside its payload. ``key`` is the object key as the payload
    names it, ``object_url`` an address where the payload names one instead. ``captured_at`` is naive UTC, and
    ``captured_at_precision_ms`` 1 or 1000. ``score`` is the confidence in ``label``, 0 to 1, with the provider's own
    number in ``score_raw`` on ``score_scale``. ``suggestion`` is ``pass``, ``review``, ``block`` or ``unknown``;
    ``suggestion_source`` is ``provider``, ``threshold`` or ``none``. ``is_overall`` marks the provider's summary
    verdict of an object; only such verdicts count as violations.
    """

    result_path: str
    label: str | None
    category: str
    suggestion: str
    suggestion_raw: str | None = None
    suggestion_source: str = "provider"
    scene: str | None = None
    score: float | None = None
    score_raw: float | None = None
    score_scale: str | None = None
    is_overall: bool = True
    reviewer: str = "machine"
    event_id: str | None = None
    policy: str | None = None
    bucket: str | None = None
    key: str | None = None
    object_url: str | None = None
    sid: str | None = None
    cname: str | None = None
    uid: int | None = None
    app: str | None = None
    stream: str | None = None
    captured_at: datetime | None = None
    captured_at_precision_ms: int | None = None
    moderated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """One body exactly as received, and what was read out of it.

    ``payload_id`` is the SHA-256 of the body, hex. ``text`` is the body as text; ``raw`` keeps the bytes only where
    they are no UTF-8. ``parse_status`` is ``ok``, ``repaired`` (with what was repaired in ``parse_error``) or
    ``failed`` (with the reason there). ``provider`` is ``None`` where no mapping knows the shape.
    """

    payload_id: str
    source_uri: str
    source_line: int
    text: str
    raw: bytes | None
    provider: str | None
    shape: str | None
    parse_status: str
    parse_error: str | None
    verdicts: tuple[Verdict, ...] = field(default=())


class Unmappable(Exception):
    """A body whose shape is known and which cannot be read; the message is the reason shown to the user."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one provider's bodies are read.

    ``shape`` names the reading and its version. ``matches`` tells by shape whether a parsed body is this provider's;
    ``verdicts`` yields the decisions of a JSON object, none for one that carries no decision, and raises Unmappable
    where a field that the shape promises is missing or wrong.
    """

    provider: str
    shape: str
    matches: Callable[[Json], bool]
    verdicts: Callable[[Json], Iterator[Verdict]]
    columns: tuple[str, ...] = ()
