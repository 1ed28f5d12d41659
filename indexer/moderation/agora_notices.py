"""Agora's notification centre: its envelope, its events by number, and those of every product but live streaming.

Source: Agora's pages on the message notification service and on Cloud Recording's events. Event 45 of product 3 says
that a screenshot was uploaded: ``details.fileName`` is its key, prefix and all, and ``uid`` the recorder's and not that
of the user in the picture. No page shows such a body whole; only the fields that the pages describe are read. All other
events are known by their number and give no rows. Product 3 numbers the notices of a session from zero, whatever they
tell of: ``payload.sequence``; a retry has the number of what it repeats.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from indexer.moderation import fields, times
from indexer.moderation.base import Json, Mapping, Notification, Unmappable, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

LIVE_STREAMING = 7
_RECORDING, _SNAPSHOT_FILE = 3, 45
_NUMBERS = range(2**63)
_PROVIDER = "agora_ncs"
_TEST_CHANNEL = "test_webhook"
_TEST = "a test of the address"


def is_notice(body: Json) -> bool:
    """Whether a body is an envelope of the notification centre."""
    return isinstance(body, dict) and {"productId", "eventType", "payload"} <= body.keys()


def is_test(body: Json) -> bool:
    """Whether an envelope is a made-up event: Agora tries an address with one of any product."""
    payload = body.get("payload") if isinstance(body, dict) else None
    return isinstance(payload, dict) and payload.get("channelName") == _TEST_CHANNEL


def event_number(root: Node) -> int:
    """The number of an envelope's event, which the shape promises."""
    event = root.child("eventType").whole_number()
    if event is None:
        raise Unmappable("/eventType is missing")
    return event


def event_name(body: Json) -> str:
    """What an envelope tells of; an event that no page names by its number."""
    if is_test(body):
        return _TEST
    root = Node(body)
    product, event = root.child("productId").whole_number(), event_number(root)
    return _names().get((product, event)) or f"event {event} of product {product}"


def sent_at(root: Node) -> datetime | None:
    """When an envelope was sent: a retry is sent later."""
    node = root.child("notifyMs")
    milliseconds = node.whole_number()
    try:
        return None if milliseconds is None else times.from_milliseconds(milliseconds)
    except OverflowError:
        raise node.refused("a time in milliseconds") from None


@cache
def _names() -> dict[tuple[int | None, int], str]:
    text = resources.files("indexer.moderation").joinpath("agora_events.csv").read_text("utf-8")
    return {(int(row["product"]), int(row["event"])): row["name"] for row in csv.DictReader(text.splitlines())}


def _matches(body: Json) -> bool:
    return is_notice(body) and body["productId"] != LIVE_STREAMING


def _verdicts(_: Json) -> Iterator[Verdict]:
    return iter(())


def _notifications(body: Json) -> Iterator[Notification]:
    root = Node(body)
    if root.child("productId").value == _RECORDING and event_number(root) == _SNAPSHOT_FILE:
        payload = root.child("payload")
        if is_test(body) and payload.child("details").value is None:
            return
        file = payload.child("details").child("fileName")
        yield Notification(
            result_path=file.pointer,
            event=event_name(body),
            event_id=root.child("noticeId").text(),
            key=fields.object_key(file.required_text()),
            sid=payload.child("sid").text(),
            cname=payload.child("cname").text(),
            sequence=payload.child("sequence").whole_number(),
            notified_at=sent_at(root),
            is_test=is_test(body),
        )


def _numbered(body: Json) -> tuple[str, int] | None:
    root = Node(body)
    if root.child("productId").value != _RECORDING or is_test(body):
        return None
    try:
        payload = root.child("payload")
        session, number = payload.child("sid").text(), payload.child("sequence").whole_number()
    except Unmappable:  # no event but that of a screenshot promises anything
        return None
    return (session, number) if session is not None and number is not None and number in _NUMBERS else None


AGORA_NOTICES = Mapping(
    _PROVIDER,
    "agora_ncs.2",
    _matches,
    _verdicts,
    notifications=_notifications,
    event=event_name,
    numbered=_numbered,
)
