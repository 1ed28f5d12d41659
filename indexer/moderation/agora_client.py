"""Agora's client-side content moderation and screenshot upload.

Source: Agora's "content moderation callback" and "screenshot upload" pages. ``timestamp`` is called a Unix time there
and is 17 calendar digits, more than a float can hold: the parser keeps it whole. A notice without ``results`` only says
that a screenshot was stored. The documents' samples disagree with themselves (folder, name and timestamp), so nothing
here compares them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import agora, fields
from indexer.moderation.base import Json, Mapping, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "agora_client"


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and {"requestId", "object", "channelName"} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    if not agora.has_results(body):
        fields.required(body.get("object"), "object")
        return
    captured_at, precision = fields.instant(body.get("timestamp"), "timestamp")
    yield agora.verdict(
        _PROVIDER,
        body,
        "",
        event_id=fields.text(body.get("requestId"), "requestId"),
        key=fields.object_key(body.get("object"), "object"),
        cname=fields.text(body.get("channelName"), "channelName"),
        uid=fields.uid(body.get("userId"), "userId"),
        captured_at=captured_at,
        captured_at_precision_ms=precision,
    )


AGORA_CLIENT = Mapping(_PROVIDER, "agora_client.callback", _matches, _verdicts)
