"""What a moderation mapping gives: payloads as received, and the verdicts and notifications read out of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Mapping as Dict
    from datetime import datetime

Json = Any
"""A parsed JSON value: dict, list, str, int, float, bool or None."""

OBJECT_STATES = ("unknown", "unchanged", "frozen", "moved", "disabled", "deleted")
"""What a provider says that it did with the object itself; the last four let an object be missing as expected."""
KEY_SOURCES = ("payload", "url", "caller", "derived", "none")
"""Where a verdict's object is named: in a field, in an address, in what the caller had the provider repeat (a data id,
metadata), nowhere but by session, user and time, or nowhere at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision in a payload.

    ``result_path`` is the JSON pointer of the decision inside its payload. ``key`` is the object key as the payload
    names it, ``object_url`` an address where the payload names one instead. ``captured_at`` is naive UTC, and
    ``captured_at_precision_ms`` 1 or 1000. ``score`` is the confidence in ``label``, 0 to 1, with the provider's own
    number in ``score_raw`` on ``score_scale``. ``suggestion`` is ``pass``, ``review``, ``block`` or ``unknown``;
    ``suggestion_source`` is ``provider``; ``severity`` or ``likelihood`` where the mapping made the suggestion of the
    provider's own scale; ``threshold`` where the configuration's thresholds made it of the score; or ``none``. A
    mapping whose provider suggests nothing gives ``unknown`` and ``none`` with the score, and the thresholds are
    applied to it afterwards: never to a label of category ``neutral``, which passes. ``score_scale`` is ``0-1``,
    ``0-100``, ``severity 0-7`` or ``likelihood 0-5``; of the last two ``score`` is ``None``.

    ``is_overall`` marks the verdicts that count, once for each thing found in the picture: a provider's summary, or
    its entries where each stands for itself. Parent labels, cumulative tiers, negative classes and details beside a
    summary are rows with ``is_overall`` false, which are never violations.

    ``quality`` are sentences about what is doubtful in the body and changes nothing else; they stand in
    ``indexer.moderation.quality``. ``object_state`` is one of ``OBJECT_STATES``. ``key_source`` is one of
    ``KEY_SOURCES``; ``None`` says that it follows from what is there: ``payload`` with a key, ``url`` with an address,
    ``derived`` with a session, user and time, else ``none``.
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
    quality: tuple[str, ...] = ()
    object_state: str = "unknown"
    model_version: str | None = None
    key_source: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """What a platform says that it stored: a witness of one object, which judges nothing.

    ``result_path`` is the JSON pointer of what names the object. ``event`` is the event's name, ``event_id`` the
    platform's own id of the notice. ``uid`` is the user in the picture, not the one that recorded it. ``sequence``
    counts a session's notices from zero, where the platform counts them. ``notified_at`` is when it was sent. Times are
    naive UTC. ``is_test`` marks a made-up event that tries out an address.
    """

    result_path: str
    event: str
    event_id: str | None = None
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
    sequence: int | None = None
    notified_at: datetime | None = None
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A body that came otherwise than in a file, and what is known of its coming.

    ``source_uri`` and ``source_line`` tell where it is kept, and so which deliveries are the same one read again.
    ``provider`` is a mapping's that is to read it, ``None`` where its shape is to tell. ``received_at`` is naive UTC;
    ``signature_ok`` is ``None`` where nothing was signed or nothing was checked; ``deliveries`` says how often these
    very bytes came.
    """

    content: bytes
    source_uri: str
    source_line: int = 1
    provider: str | None = None
    received_at: datetime | None = None
    headers: Dict[str, str] = field(default_factory=dict)
    signature_ok: bool | None = None
    deliveries: int = 1


@dataclass(frozen=True, slots=True)
class Payload:
    """One body exactly as received, and what was read out of it.

    ``payload_id`` is the SHA-256 of the body, hex. ``text`` is the body as text; ``raw`` keeps the bytes only where
    they are no UTF-8. ``parse_status`` is ``ok``, ``repaired`` (with what was repaired in ``parse_error``) or
    ``failed`` (with the reason there). ``provider`` is ``None`` where no mapping knows the shape. ``event`` is what the
    body tells of, by its provider's name for it. ``forced`` says that the user named the provider. ``whole`` is false
    where ``text`` is not all of the body, or was found wrong before anybody looked at what it says. ``headers`` are
    those it came with, as a JSON object. ``deliveries`` is how often it came to this place. ``sequence`` is the number,
    from zero, that the platform gave it among what it sent of ``counted_in``, where it counts that.
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
    notifications: tuple[Notification, ...] = ()
    event: str | None = None
    forced: bool = False
    whole: bool = True
    received_at: datetime | None = None
    headers: str | None = None
    signature_ok: bool | None = None
    deliveries: int = 1
    counted_in: str | None = None
    sequence: int | None = None


def _no_notifications(_: Json) -> Iterator[Notification]:
    return iter(())


def _no_event(_: Json) -> str | None:
    return None


def _no_number(_: Json) -> tuple[str, int] | None:
    return None


class Unmappable(Exception):
    """A body whose shape is known and which cannot be read; the message is the reason shown to the user."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one provider's bodies are read.

    ``shape`` names the reading and its version. ``matches`` tells by shape whether a parsed body is this provider's;
    ``verdicts`` yields the decisions of a JSON object, none for one that carries no decision, and raises Unmappable
    where a field that the shape promises is missing or wrong. ``notifications`` yields what it says was stored, and
    ``event`` names what it tells of, where the provider's bodies tell of several things. ``numbered`` gives what a body
    is counted in and its number there, from zero, where the platform counts what it sends: a number that never comes
    tells of a lost body. It fails no body, and neither does a field that the mapping does not know.

    A change that makes other rows of the same body changes ``shape`` too: ``indexer status`` compares it.
    """

    provider: str
    shape: str
    matches: Callable[[Json], bool]
    verdicts: Callable[[Json], Iterator[Verdict]]
    columns: tuple[str, ...] = ()
    notifications: Callable[[Json], Iterator[Notification]] = _no_notifications
    event: Callable[[Json], str | None] = _no_event
    numbered: Callable[[Json], tuple[str, int] | None] = _no_number
