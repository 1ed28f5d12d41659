"""Reads bodies, of files and otherwise: each as received, and what it tells. What cannot be read is kept, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from indexer.moderation.base import Json, Mapping, Notification, Payload, Unmappable, Verdict
from indexer.moderation.bodies import bodies
from indexer.moderation.body import Body
from indexer.moderation.files import STDIN, find_files, opened
from indexer.moderation.form import read_form
from indexer.moderation.node import shown
from indexer.moderation.redact import redacted, redacted_bytes, redacted_header, redacted_url
from indexer.moderation.repair import Document, NotJson, read_json
from indexer.moderation.thresholds import decided

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as Dict

    from indexer.moderation.base import Received

_Told = TypeVar("_Told", Verdict, Notification)

_NAMED_FIELDS = 8
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Handling:
    """What the configuration says of every body.

    ``thresholds`` has ``review`` and ``block`` by provider, on the score from 0 to 1, for verdicts whose provider
    suggests nothing. ``redact_raw`` takes known secrets out of the bodies themselves too.
    """

    thresholds: Dict[str, Dict[str, float]] = field(default_factory=dict)
    redact_raw: bool = False


_AS_IT_IS = Handling()


def read_payloads(  # noqa: PLR0913 - where bodies are, whose they are, and what is done to them
    paths: Sequence[str],
    mappings: Sequence[Mapping],
    *,
    forced: Mapping | None,
    stdin: BinaryIO,
    stdin_name: str,
    handling: Handling = _AS_IT_IS,
) -> Iterator[Payload]:
    """Read every body of files, folders, globs and ``-``, one after the other, never a whole JSON Lines file at once.

    A file holds one JSON body, several one after the other, an array of bodies, JSON Lines, or a table (CSV, Parquet),
    whose rows are bodies; any but Parquet may be gzip. The first of ``mappings`` that knows a body's shape reads it, or
    ``forced`` reads all. Every body gives exactly one payload: one that cannot be read is ``failed`` with the reason,
    and a file that breaks off is one more, with its first bytes.

    Raises:
        UsageError: a path names nothing, or a file that cannot be opened; before anything is read.
    """
    files = find_files(paths)
    return _payloads(files, _Reader(tuple(mappings), handling), forced, stdin, stdin_name)


def read_received(
    received: Iterable[Received], mappings: Sequence[Mapping], handling: Handling = _AS_IT_IS
) -> Iterator[Payload]:
    """Read bodies that came otherwise than in files: each is one body, whatever it holds, and gives one payload."""
    reader = _Reader(tuple(mappings), handling)
    for one in received:
        body = Body(one.source_line, one.content, _problem(one, reader))
        yield replace(
            reader.payload(body, one.source_uri, reader.named(one.provider)),
            received_at=one.received_at,
            headers=_headers(one.headers),
            signature_ok=one.signature_ok,
            deliveries=one.deliveries,
        )


def read_again(kept: Payload, mappings: Sequence[Mapping], handling: Handling = _AS_IT_IS) -> Payload:
    """Read the body of a payload anew; the payload's id and how it came stay. One that is not ``whole`` stays as it is.

    A body that was read as its provider's because the user said so is read so again.
    """
    if not kept.whole:
        return kept
    reader = _Reader(tuple(mappings), handling)
    content = kept.text.encode() if kept.raw is None else kept.raw
    body = Body(kept.source_line, content, digest=kept.payload_id)
    return reader.payload(body, kept.source_uri, reader.named(kept.provider if kept.forced else None))


def _payloads(
    files: list[str], reader: _Reader, forced: Mapping | None, stdin: BinaryIO, stdin_name: str
) -> Iterator[Payload]:
    for path in files:
        name = stdin_name if path == STDIN else path
        with opened(path, stdin) as file:
            for body in bodies(file, forced.columns if forced else ()):
                yield reader.payload(body, name, forced)


def _problem(received: Received, reader: _Reader) -> str | None:
    if received.provider is None or reader.named(received.provider):
        return None
    return f"no provider {shown(received.provider)}"


def _headers(headers: Dict[str, str]) -> str | None:
    kept = {name: redacted_header(name, value) for name, value in headers.items()}
    return json.dumps(kept, sort_keys=True) if kept else None


class _Failed(Exception):
    """Why a body gives no verdicts."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was made of a body."""

    mapping: Mapping | None
    status: str
    error: str | None
    event: str | None = None
    number: tuple[str, int] | None = None
    verdicts: tuple[Verdict, ...] = ()
    notifications: tuple[Notification, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes payloads of bodies."""

    mappings: tuple[Mapping, ...]
    handling: Handling

    def named(self, provider: str | None) -> Mapping | None:
        """The mapping of a provider."""
        return next((mapping for mapping in self.mappings if mapping.provider == provider), None)

    def payload(self, body: Body, name: str, forced: Mapping | None) -> Payload:
        text, fault = _decoded(body.content)
        problem = body.problem or fault
        reading = _Reading(forced, "failed", problem) if problem else self._read(text, forced)
        counted_in, sequence = reading.number or (None, None)
        return Payload(
            payload_id=body.payload_id,
            source_uri=name,
            source_line=body.line,
            text=self._kept(text),
            raw=self._kept_bytes(body.content) if fault else None,
            provider=reading.mapping.provider if reading.mapping else None,
            shape=reading.mapping.shape if reading.mapping else None,
            parse_status=reading.status,
            parse_error=reading.error and redacted(reading.error),
            verdicts=reading.verdicts,
            notifications=reading.notifications,
            event=reading.event,
            forced=forced is not None,
            whole=body.problem is None,
            counted_in=counted_in,
            sequence=sequence,
        )

    def _kept(self, text: str) -> str:
        return redacted(text) if self.handling.redact_raw else text

    def _kept_bytes(self, content: bytes) -> bytes:
        return redacted_bytes(content) if self.handling.redact_raw else content

    def _read(self, text: str, forced: Mapping | None) -> _Reading:
        mapping = forced
        try:
            document = _document(text)
            mapping = mapping or self._known(document.value)
            verdicts, notifications = self._rows(mapping, document.value)
            event, number = mapping.event(document.value), mapping.numbered(document.value)
            self._check(forced, document.value, (*verdicts, *notifications))
        except (NotJson, Unmappable, _Failed) as error:
            return _Reading(mapping, "failed", str(error))
        status = "repaired" if document.repaired else "ok"
        return _Reading(mapping, status, document.repaired, event, number, verdicts, notifications)

    def _known(self, value: Json) -> Mapping:
        """The mapping whose shape a body has. A table of the user's own has none that tells it."""
        for mapping in self.mappings:
            if not mapping.columns and mapping.matches(value):
                return mapping
        raise _Failed(f"no known shape: {_described(value)}")

    def _rows(self, mapping: Mapping, value: Json) -> tuple[tuple[Verdict, ...], tuple[Notification, ...]]:
        thresholds = self.handling.thresholds.get(mapping.provider, {})
        verdicts = (_without_secrets(decided(verdict, thresholds)) for verdict in mapping.verdicts(value))
        return tuple(verdicts), tuple(map(_without_secrets, mapping.notifications(value)))

    @staticmethod
    def _check(forced: Mapping | None, value: Json, told: tuple[Verdict | Notification, ...]) -> None:
        """A body of another shape that tells nothing must not pass for one without verdicts because it was forced."""
        if forced and not told and not forced.matches(value):
            raise _Failed(f"no body of {forced.provider}: {_described(value)}")


def _without_secrets(told: _Told) -> _Told:
    return told if told.object_url is None else replace(told, object_url=redacted_url(told.object_url))


def _document(text: str) -> Document:
    """A body's value: JSON, or where it is none the fields of a form."""
    try:
        return read_json(text)
    except NotJson:
        form = read_form(text)
        if form is None:
            raise
        return Document(form)


def _decoded(content: bytes) -> tuple[str, str | None]:
    """A body's text, and where it is no UTF-8."""
    try:
        return content.decode(), None
    except UnicodeDecodeError as error:
        fault = f"no UTF-8 at byte {error.start + 1}: 0x{content[error.start]:02x}"
        return content.decode("utf-8", "backslashreplace"), fault


def _described(value: Json) -> str:
    if not isinstance(value, dict):
        return shown(value)
    names = [name[:_NAME_LENGTH].encode("utf-8", "backslashreplace").decode() for name in value]
    more = ", ..." if len(names) > _NAMED_FIELDS else ""
    return f"fields {', '.join(names[:_NAMED_FIELDS])}{more}" if names else "an object without fields"
