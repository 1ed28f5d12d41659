"""Reads payload files: every body as received, and the verdicts in it. What cannot be read is kept with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from indexer.moderation.base import Json, Mapping, Payload, Unmappable
from indexer.moderation.bodies import bodies
from indexer.moderation.files import STDIN, find_files, opened
from indexer.moderation.node import shown
from indexer.moderation.repair import NotJson, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.moderation.base import Verdict
    from indexer.moderation.body import Body

_NAMED_FIELDS = 8
_NAME_LENGTH = 40


def read_payloads(
    paths: Sequence[str],
    mappings: Sequence[Mapping],
    *,
    forced: Mapping | None,
    stdin: BinaryIO,
    stdin_name: str,
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
    return _payloads(files, _Reader(tuple(mappings), forced), stdin, stdin_name)


def _payloads(files: list[str], reader: _Reader, stdin: BinaryIO, stdin_name: str) -> Iterator[Payload]:
    for path in files:
        name = stdin_name if path == STDIN else path
        with opened(path, stdin) as file:
            for body in bodies(file, reader.forced.columns if reader.forced else ()):
                yield reader.payload(body, name)


class _Failed(Exception):
    """Why a body gives no verdicts."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was made of a body."""

    mapping: Mapping | None
    status: str
    error: str | None
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes payloads of bodies."""

    mappings: tuple[Mapping, ...]
    forced: Mapping | None

    def payload(self, body: Body, name: str) -> Payload:
        text, fault = _decoded(body.content)
        problem = body.problem or fault
        reading = _Reading(self.forced, "failed", problem) if problem else self._read(text)
        return Payload(
            payload_id=body.payload_id,
            source_uri=name,
            source_line=body.line,
            text=text,
            raw=body.content if fault else None,
            provider=reading.mapping.provider if reading.mapping else None,
            shape=reading.mapping.shape if reading.mapping else None,
            parse_status=reading.status,
            parse_error=reading.error,
            verdicts=reading.verdicts,
        )

    def _read(self, text: str) -> _Reading:
        mapping = self.forced
        try:
            document = read_json(text)
            mapping = mapping or self._known(document.value)
            verdicts = self._verdicts(mapping, document.value)
        except (NotJson, Unmappable, _Failed) as error:
            return _Reading(mapping, "failed", str(error))
        return _Reading(mapping, "repaired" if document.repaired else "ok", document.repaired, verdicts)

    def _known(self, value: Json) -> Mapping:
        for mapping in self.mappings:
            if mapping.matches(value):
                return mapping
        raise _Failed(f"no known shape: {_described(value)}")

    def _verdicts(self, mapping: Mapping, value: Json) -> tuple[Verdict, ...]:
        """A body of another shape that tells nothing must not pass for one without verdicts because it was forced."""
        verdicts = tuple(mapping.verdicts(value))
        if self.forced and not verdicts and not mapping.matches(value):
            raise _Failed(f"no body of {mapping.provider}: {_described(value)}")
        return verdicts


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
