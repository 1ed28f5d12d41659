"""Agora's live streaming (Fusion CDN, productId 7): its results, events 5 and 103, and its pictures, events 4 and 102.

Source: Agora's pages on the message notification service and on live streaming events. Their texts and samples
disagree on ``eventName``, so the event's number tells what a body is. A retry changes ``notifyMs`` and keeps
``noticeId``. The key names the picture, its bucket is not said, and its time stands only in the key.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import fields
from indexer.moderation.agora_notices import LIVE_STREAMING, event_name, event_number, is_notice, is_test, sent_at
from indexer.moderation.agora_result import overall_verdict
from indexer.moderation.base import Json, Mapping, Notification, Unmappable, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "agora_live"
_MODERATION_EVENTS = (5, 103)
_SNAPSHOT_EVENTS = (4, 102)
_SNAPSHOT_NAME = "snapshot_file"


def _matches(body: Json) -> bool:
    if is_notice(body):
        return bool(body["productId"] == LIVE_STREAMING)
    # The documents' samples show the payload alone.
    return (
        isinstance(body, dict)
        and {"entryPoint", "streamName"} <= body.keys()
        and bool({"results", "eventName"} & body.keys())
    )


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    if "payload" not in root.fields():
        yield from _of_payload(root)
    elif event_number(root) in _MODERATION_EVENTS and not is_test(body):
        payload = root.child("payload")
        if payload.child("results").value is None:
            raise Unmappable("/payload/results is missing")
        event_id, moderated_at = root.child("noticeId").text(), sent_at(root)
        for verdict in _of_payload(payload):
            yield replace(verdict, event_id=event_id, moderated_at=moderated_at)


def _of_payload(payload: Node) -> Iterator[Verdict]:
    if payload.child("results").value is not None:
        yield replace(
            overall_verdict(_PROVIDER, payload.child("results"), payload.child("suggestion")),
            key=fields.object_key(payload.child("fileName").text()),
            app=payload.child("entryPoint").text(),
            stream=payload.child("streamName").text(),
        )


def _notifications(body: Json) -> Iterator[Notification]:
    root = Node(body)
    if "payload" not in root.fields():
        if (_event(body) or "").endswith(_SNAPSHOT_NAME):
            yield _stored(root, _event(body) or "")
    elif event_number(root) in _SNAPSHOT_EVENTS and not is_test(body):
        notice = _stored(root.child("payload"), event_name(body))
        yield replace(notice, event_id=root.child("noticeId").text(), notified_at=sent_at(root))


def _stored(payload: Node, event: str) -> Notification:
    file = payload.child("fileName")
    return Notification(
        result_path=file.pointer,
        event=event,
        key=fields.object_key(file.required_text()),
        app=payload.child("entryPoint").text(),
        stream=payload.child("streamName").text(),
    )


def _event(body: Json) -> str | None:
    return event_name(body) if is_notice(body) else Node(body).child("eventName").text()


AGORA_LIVE = Mapping(_PROVIDER, "agora_live.ncs.2", _matches, _verdicts, notifications=_notifications, event=_event)
