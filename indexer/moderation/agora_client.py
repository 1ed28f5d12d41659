"""Agora's client-side moderation and screenshot upload: the callback about one picture of one user.

Source: Agora's pages on content moderation and on local screenshot upload. ``timestamp`` is documented as milliseconds
and is a calendar number of 17 digits in UTC. A notice without results says only that a screenshot was stored. Pictures
that were judged neutral are by default not stored, so such a verdict's object may never have been there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import fields, parts
from indexer.moderation.agora_result import overall_verdict
from indexer.moderation.base import Json, Mapping, Notification, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "agora_client"
_STORED = 200
_EVENTS = ("screenshot stored", "picture judged")


def _matches(body: Json) -> bool:
    return (
        isinstance(body, dict)
        and {"requestId", "object"} <= body.keys()
        and bool({"channelName", "userId"} & body.keys())
    )


def _verdicts(body: Json) -> Iterator[Verdict]:
    """One verdict where there are results, whatever ``code`` says, and none where there are not."""
    root = Node(body)
    results = _results(root)
    if results is None:
        return
    yield replace(
        overall_verdict(_PROVIDER, results, root.child("suggestion")),
        event_id=root.child("requestId").text(),
        key=fields.object_key(root.child("object").text()),
        cname=root.child("channelName").text(),
        uid=parts.account(root.child("userId")),
        **parts.taken(parts.instant(root.child("timestamp"))),
    )


def _notifications(body: Json) -> Iterator[Notification]:
    """That a picture was stored is said by a notice without results whose ``code`` is 200, or is not there."""
    root = Node(body)
    if _results(root) is None and root.child("code").value in (None, _STORED):
        yield Notification(
            result_path="/object",
            event=_event(body),
            event_id=root.child("requestId").text(),
            key=fields.object_key(root.child("object").required_text()),
            cname=root.child("channelName").text(),
            uid=parts.account(root.child("userId")),
            **parts.taken(parts.instant(root.child("timestamp"))),
        )


def _event(body: Json) -> str:
    """The body has no name for what it tells of; a code other than 200 says that it did not come about."""
    root = Node(body)
    name, code = _EVENTS[_results(root) is not None], root.child("code").value
    return name if code in (None, _STORED) or not isinstance(code, int) else f"{name}: code {code}"


def _results(root: Node) -> Node | None:
    """The documents' samples write ``results``, their text ``result``."""
    found = (root.child(name) for name in ("results", "result"))
    return next((node for node in found if node.value is not None and node.value != {}), None)


AGORA_CLIENT = Mapping(
    _PROVIDER, "agora_client.callback.2", _matches, _verdicts, notifications=_notifications, event=_event
)
