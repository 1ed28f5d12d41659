"""Agora's live streaming (Fusion CDN, productId 7): events 5 and 103 of its notification centre.

Source: Agora's pages on the message notification service and on live streaming events. Their texts and samples
disagree on ``eventName``, so the event's number tells what a body is. A retry changes ``notifyMs`` and keeps
``noticeId``. The key names the picture, its bucket is not said, and its time stands only in the key.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import fields, times
from indexer.moderation.agora_result import overall_verdict
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_PROVIDER = "agora_live"
_PRODUCT_ID = 7
_MODERATION_EVENTS = (5, 103)
_HEALTH_TEST_CHANNEL = "test_webhook"


def _matches(body: Json) -> bool:
    if not isinstance(body, dict):
        return False
    if {"productId", "eventType", "payload"} <= body.keys():
        return body["productId"] == _PRODUCT_ID or _is_health_test(body["payload"])
    # The documents' samples show the payload alone.
    return {"entryPoint", "streamName"} <= body.keys() and bool({"results", "eventName"} & body.keys())


def _is_health_test(payload: Json) -> bool:
    """Agora tries an address with a made-up event of whatever product it is registered for."""
    return isinstance(payload, dict) and payload.get("channelName") == _HEALTH_TEST_CHANNEL


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    if "payload" not in root.fields():
        yield from _of_payload(root)
    elif _event(root) in _MODERATION_EVENTS and not _is_health_test(body["payload"]):
        payload = root.child("payload")
        if payload.child("results").value is None:
            raise Unmappable("/payload/results is missing")
        event_id, moderated_at = root.child("noticeId").text(), _moderated_at(root.child("notifyMs"))
        for verdict in _of_payload(payload):
            yield replace(verdict, event_id=event_id, moderated_at=moderated_at)


def _event(root: Node) -> int:
    event = root.child("eventType").whole_number()
    if event is None:
        raise Unmappable("/eventType is missing")
    return event


def _of_payload(payload: Node) -> Iterator[Verdict]:
    if payload.child("results").value is not None:
        yield replace(
            overall_verdict(_PROVIDER, payload.child("results"), payload.child("suggestion")),
            key=fields.object_key(payload.child("fileName").text()),
            app=payload.child("entryPoint").text(),
            stream=payload.child("streamName").text(),
        )


def _moderated_at(node: Node) -> datetime | None:
    milliseconds = node.whole_number()
    try:
        return None if milliseconds is None else times.from_milliseconds(milliseconds)
    except OverflowError:
        raise node.refused("a time in milliseconds") from None


AGORA_LIVE = Mapping(_PROVIDER, "agora_live.ncs", _matches, _verdicts)
