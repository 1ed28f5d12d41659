"""Alibaba's Content Moderation 2.0 (Green): ImageModeration's answer and the frames of VideoModerationResult.

Source: the product's OpenAPI description of 2022-03-02. There is no scene and no suggestion; an entry without a
confidence is usual. A frame's picture is at a temporary address of Alibaba's (``TempUrl``), an image's object is what
the caller put into ``DataId``, so neither need be named. A code other than 200 is a task that failed or is not done.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "alibaba_green"
_DONE = 200
_PARTS = ("Result", "FrameResult", "AudioResult")


def _matches(body: Json) -> bool:
    if not isinstance(body, dict) or not {"RequestId", "Code"} <= body.keys():
        return False
    data = body.get("Data")
    return any(name in data for name in _PARTS) if isinstance(data, dict) else "Msg" in body


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    if root.child("Code").whole_number() != _DONE:
        return
    data = root.child("Data")
    if data.value is None:
        raise Unmappable("/Data is missing")
    found = _of_image(data) if data.child("Result").value is not None else _of_frames(data)
    event_id, named = root.child("RequestId").text(), parts.caller_key(data.child("DataId"))
    for verdict in found:
        yield replace(verdict, event_id=event_id, key=named, key_source="caller" if named else None)


def _of_image(data: Node) -> Iterator[Verdict]:
    return (_verdict(entry, None) for entry in data.child("Result").elements())


def _of_frames(data: Node) -> Iterator[Verdict]:
    """The verdicts of each frame, every service being a scene; sound alone has none."""
    result = data.child("FrameResult")
    frames = result.child("Frames") if result.value is not None else Node([])
    for frame in frames.elements():
        taken = parts.taken(parts.milliseconds(frame.child("Timestamp")))
        for service in frame.child("Results").elements():
            scene, entries = service.child("Service").text(), service.child("Result")
            for entry in entries.elements() if entries.value is not None else ():
                yield replace(_verdict(entry, scene), **taken)


def _verdict(entry: Node, scene: str | None) -> Verdict:
    label = entry.child("Label").required_text()
    return Verdict(
        result_path=entry.pointer,
        label=label,
        scene=scene,
        # A label begins with the risk it belongs to: violent_explosion.
        category=parts.meaning(_PROVIDER, None, label, label.partition("_")[0]),
        **parts.unsaid(entry.child("RiskLevel").text()),
        **parts.rated(entry.child("Confidence"), "0-100"),
    )


def _event(body: Json) -> str:
    data = body.get("Data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        return "no result"
    return "image" if "Result" in data else "video" if "FrameResult" in data else "audio"


ALIBABA_GREEN = Mapping(_PROVIDER, "alibaba_green.2", _matches, _verdicts, event=_event)
