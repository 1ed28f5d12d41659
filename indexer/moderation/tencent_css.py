"""Tencent's live streaming (CSS): event 317, a moderated screenshot, and event 200, a stored one.

Source: Tencent's pages on live callbacks. The picture is named by its address; its name tells Beijing's clock and often
no day, while the body's times are Unix seconds. Bodies from before 2022 suggest nothing and have three scores instead,
which stand for themselves. The newer sample writes ``socre`` and a number, its table ``score`` and a list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import fields, parts, quality
from indexer.moderation.base import Json, Mapping, Notification, Unmappable, Verdict
from indexer.moderation.categories import category
from indexer.moderation.node import Node
from indexer.moderation.tencent_result import SCALE, VOCABULARY, details, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

_STORED, _MODERATED = 200, 317
_LISTS = ("labelResults", "objectResults", "ocrResults", "libResults")
_OLD_SCORES = ("pornScore", "hotScore", "normalScore")
_OLD_NEGATIVE = "normalScore"


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and {"event_type", "sign", "t"} <= body.keys()


def _number(root: Node) -> int:
    number = root.child("event_type").whole_number()
    if number is None:
        raise Unmappable("/event_type is missing")
    return number


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    if _number(root) != _MODERATED:
        return
    taken, sent = parts.seconds(root.child("screenshotTime")), parts.seconds(root.child("sendTime"))
    address = root.child("img").text()
    for verdict in _decisions(root):
        yield replace(
            verdict,
            object_url=address,
            app=root.child("appname").text(),
            stream=root.child("streamId").text(),
            **parts.taken(taken),
            moderated_at=sent.at if sent else None,
            quality=quality.of_clock_in_name(address or "", taken.at if taken else None),
        )


def _decisions(root: Node) -> Iterator[Verdict]:
    old = [root.child(name) for name in _OLD_SCORES if name in root.fields()]
    if root.child("suggestion").value is None and old:
        yield from map(_old, old)
        return
    yield summary(root, root.child("suggestion"), root.child("label"), _score(root))
    yield from details(root, _LISTS)


def _old(score: Node) -> Verdict:
    label = score.pointer.removeprefix("/")
    return Verdict(
        result_path=score.pointer,
        label=label,
        category=category(VOCABULARY, None, label),
        **parts.unsaid(),
        **parts.rated(score, SCALE),
        is_overall=label != _OLD_NEGATIVE,
    )


def _score(root: Node) -> parts.Rated:
    """The score, or of a list the highest: that of what the picture is suspected for."""
    node = root.child("score" if "score" in root.fields() else "socre")
    if not isinstance(node.value, list):
        return parts.rated(node, SCALE)
    scores = [parts.rated(entry, SCALE) for entry in node.elements() if entry.value is not None]
    return max(scores, key=lambda score: score["score"] or 0, default=parts.unrated())


def _notifications(body: Json) -> Iterator[Notification]:
    root = Node(body)
    if _number(root) == _STORED:
        yield Notification(
            result_path="/pic_url",
            event=_event(body),
            key=fields.object_key(root.child("pic_url").text()),
            object_url=root.child("pic_full_url").text(),
            app=root.child("appname").text(),
            stream=root.child("stream_id").text(),
            **parts.taken(parts.seconds(root.child("create_time"))),
        )


def _event(body: Json) -> str:
    return f"event {_number(Node(body))}"


TENCENT_CSS = Mapping(
    "tencent_css", "tencent_css.callback", _matches, _verdicts, notifications=_notifications, event=_event
)
