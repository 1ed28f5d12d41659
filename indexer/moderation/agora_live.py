"""Agora live streaming (Fusion CDN, Broadcast Streaming): events 5 and 103, custom and standard moderation results.

Source: Agora's "Broadcast streaming events". The documents name event 103 by event 5's eventName, so the eventType
decides, or the shape where only the payload was saved. The other events of the product carry no verdict. The key is
whole and stands without a bucket; for standard snapshots the bucket is Agora's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import agora, fields
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "agora_live"
_PRODUCT = 7
_MODERATION_RESULTS = ("5", "103")


def _matches(body: Json) -> bool:
    if not isinstance(body, dict):
        return False
    if {"eventType", "payload"} <= body.keys():
        return body.get("productId") == _PRODUCT or _is_payload(body["payload"])
    return _is_payload(body)


def _is_payload(body: Json) -> bool:
    return isinstance(body, dict) and {"entryPoint", "streamName", "fileName"} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    if "payload" not in body:
        if agora.has_results(body):
            yield _verdict(body, {}, "")
        elif not _is_payload(body):
            raise Unmappable("is no event: it has no payload and is none")
    elif fields.required(body.get("eventType"), "eventType") in _MODERATION_RESULTS:
        yield _verdict(fields.table(body["payload"], "payload"), body, "/payload")


def _verdict(payload: Json, envelope: Json, path: str) -> Verdict:
    fields.table(payload.get("results", payload.get("result")), "results")
    return agora.verdict(
        _PROVIDER,
        payload,
        path,
        event_id=fields.text(envelope.get("noticeId"), "noticeId"),
        moderated_at=fields.milliseconds(envelope.get("notifyMs"), "notifyMs"),
        key=fields.object_key(payload.get("fileName"), "fileName"),
        app=fields.text(payload.get("entryPoint"), "entryPoint"),
        stream=fields.text(payload.get("streamName"), "streamName"),
    )


AGORA_LIVE = Mapping(_PROVIDER, "agora_live.ncs", _matches, _verdicts)
