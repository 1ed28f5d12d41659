"""Reads payload files: every body becomes one payload, whether anything can be read out of it or not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO

from indexer.moderation.base import Json, Payload, Unmappable
from indexer.moderation.files import Body, bodies
from indexer.moderation.repair import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.moderation.base import Mapping

_MOST_NAMES = 8


def read_payloads(
    paths: Sequence[str],
    mappings: Sequence[Mapping],
    *,
    forced: Mapping | None,
    stdin: BinaryIO,
    stdin_name: str,
) -> Iterator[Payload]:
    """Yield a payload for each body of the files; memory stays flat however long a file of lines is.

    A body is read by ``forced``, or by the first mapping that knows its shape.

    Raises:
        UsageError: a path matches nothing, or cannot be read.
    """
    tabular = forced is not None and forced.shape == "generic"
    for body in bodies(paths, tabular=tabular, stdin=stdin, stdin_name=stdin_name):
        yield _payload(body, mappings, forced)


def _payload(body: Body, mappings: Sequence[Mapping], forced: Mapping | None) -> Payload:
    known = _Known(body)
    try:
        if body.fault:
            raise Unmappable(body.fault)
        value, repaired = parse_json(_text(body.content))
        mapping = forced or _mapping_of(value, mappings)
        known.provider, known.shape = mapping.provider, mapping.shape
        return known.payload("repaired" if repaired else "ok", repaired, tuple(mapping.verdicts(value)))
    except Unmappable as reason:
        return known.payload("failed", str(reason), ())


class _Known:
    """What is known of a body while it is read."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self.provider: str | None = None
        self.shape: str | None = None

    def payload(self, status: str, error: str | None, verdicts: tuple) -> Payload:  # type: ignore[type-arg]
        content = self._body.content
        text = content.decode("utf-8", "backslashreplace")
        return Payload(
            payload_id=hashlib.sha256(content).hexdigest(),
            source_uri=self._body.uri,
            source_line=self._body.line,
            text=text,
            raw=None if text.encode("utf-8") == content else content,
            provider=self.provider,
            shape=self.shape,
            parse_status=status,
            parse_error=error,
            verdicts=verdicts,
        )


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unmappable(f"is no UTF-8 at byte {error.start}") from error


def _mapping_of(value: Json, mappings: Sequence[Mapping]) -> Mapping:
    for mapping in mappings:
        if mapping.matches(value):
            return mapping
    if not isinstance(value, dict):
        raise Unmappable("no known shape: it is no object")
    names = ", ".join(str(name)[:40] for name in list(value)[:_MOST_NAMES])
    raise Unmappable(f"no known shape: fields {names or 'none'}")
