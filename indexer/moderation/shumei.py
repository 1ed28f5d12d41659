"""Shumei's (NextData's) moderation of live video: the callback about one frame.

Source: Shumei's document on its video stream moderation. The picture is on Shumei's own storage, so it is told by room,
user and time; ``imgTime`` is a calendar by Beijing's clock without a zone, by its table a number. The frame's level is
what counts, ``allLabels`` says why. The end of a stream, sound and a frame that was not looked at are no verdicts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.moderation import parts, quality
from indexer.moderation.base import Json, Mapping, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.moderation.times import Moment

_PROVIDER = "shumei"
_SUCCESS = 1100
_STREAM_END = 1
_AUDIO = 2
_NOT_LOOKED_AT = 2
_WORDS = {"reject": "block"}
_BEIJING = timedelta(hours=8)
_LEVELS = ("riskLabel3", "riskLabel2", "riskLabel1")
_DETAILS = ("frameDetail", "audioDetail")


def _matches(body: Json) -> bool:
    if not isinstance(body, dict) or not {"code", "requestId"} <= body.keys():
        return False
    return any(name in body for name in (*_DETAILS, "statCode", "contentType"))


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    frame = root.child("frameDetail")
    if root.child("code").whole_number() != _SUCCESS or _event(body) != "frame":
        return
    about = frame.child("auxInfo")
    about = Node(about.value or {}, about.pointer)
    if about.child("detectType").value == _NOT_LOOKED_AT:
        return
    judged = parts.milliseconds(about.child("finishProcessTime"))
    for verdict in _of_frame(frame):
        yield replace(
            verdict,
            event_id=root.child("requestId").text(),
            cname=about.child("room").text(),
            uid=parts.account(about.child("userId")),
            **parts.taken(_taken(about.child("imgTime"))),
            moderated_at=judged.at if judged else None,
            key_source="derived",
            quality=(quality.REPORTED_BEFORE,) if about.child("similarityDedup").value == 1 else (),
        )


def _of_frame(frame: Node) -> Iterator[Verdict]:
    yield replace(_verdict(frame), **parts.said(frame.child("riskLevel"), _WORDS))
    labels = frame.child("allLabels")
    for entry in labels.elements() if labels.value is not None else ():
        yield replace(_verdict(entry), is_overall=False)


def _verdict(entry: Node) -> Verdict:
    labels = [entry.child(name).text() for name in _LEVELS]
    label = next((label for label in labels if label), None)
    return Verdict(
        result_path=entry.pointer,
        label=label,
        scene=labels[-1],
        category=parts.meaning(_PROVIDER, None, *labels),
        **parts.said_if_any(entry.child("riskLevel"), _WORDS),
        **parts.rated(entry.child("probability"), "0-1"),
    )


def _taken(node: Node) -> Moment | None:
    return parts.fractional_seconds(node) if isinstance(node.value, float) else parts.instant(node, _BEIJING)


def _event(body: Json) -> str:
    root = Node(body)
    if root.child("statCode").whole_number() == _STREAM_END:
        return "end of the stream"
    audio = root.child("contentType").whole_number() == _AUDIO or "audioDetail" in root.fields()
    return "audio" if audio else "frame"


SHUMEI = Mapping(_PROVIDER, "shumei.stream", _matches, _verdicts, event=_event)
