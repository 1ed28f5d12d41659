"""Reads payload files: every body becomes one payload, whether anything can be read out of it or not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO

from indexer.moderation import fields
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
    payload = _unread(body)
    if body.fault:
        return payload
    try:
        value, repaired = parse_json(_text(body.content))
        mapping = forced or _mapping_of(value, mappings)
    except Unmappable as reason:
        return replace(payload, parse_error=str(reason))
    payload = replace(payload, provider=mapping.provider, shape=mapping.shape)
    try:
        verdicts = tuple(mapping.verdicts(fields.table(value, "the body")))
    except Unmappable as reason:
        return replace(payload, parse_error=str(reason))
    return replace(payload, parse_status="repaired" if repaired else "ok", parse_error=repaired, verdicts=verdicts)


def _unread(body: Body) -> Payload:
    """The payload of a body before anything is read out of it."""
    text = body.content.decode("utf-8", "backslashreplace")
    return Payload(
        payload_id=hashlib.sha256(body.content).hexdigest(),
        source_uri=body.uri,
        source_line=body.line,
        text=text,
        raw=None if text.encode("utf-8") == body.content else body.content,
        provider=None,
        shape=None,
        parse_status="failed",
        parse_error=body.fault,
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
    names = ", ".join(fields.storable(name[:40]) for name in list(value)[:_MOST_NAMES])
    raise Unmappable(f"no known shape: fields {names or 'none'}")
