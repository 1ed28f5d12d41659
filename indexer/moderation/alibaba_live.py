"""Alibaba Live's snapshot moderation: the callback about one flagged picture.

Source: the pages on live content moderation of Alibaba Cloud's live documentation (body version V2). The body has no
time, no event id and no signature; the object's key is the only clock. A ``pass`` for one scene can stand beside a
``review`` for another, so every inner entry is a verdict that stands for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import fields
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.categories import category
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "alibaba_live"
_SCALE = "0-100"


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and {"OssObject", "Result"} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    for group in root.child("Result").elements():
        for entry in group.child("Result").elements():
            yield _verdict(root, group, entry)


def _verdict(root: Node, group: Node, entry: Node) -> Verdict:
    label = entry.child("Label").required_text()
    scene = entry.child("Scene").text()
    suggestion = entry.child("Suggestion").required_text()
    rate = entry.child("Rate").number()
    return Verdict(
        result_path=entry.pointer,
        label=label,
        scene=scene,
        category=category(_PROVIDER, scene, label),
        suggestion=fields.suggestion(suggestion),
        suggestion_raw=suggestion,
        score=_score(entry, rate),
        score_raw=None if rate is None else float(rate),
        score_scale=None if rate is None else _SCALE,
        policy=group.child("BizType").text(),
        bucket=root.child("OssBucket").text(),
        key=fields.object_key(root.child("OssObject").text()),
        app=root.child("AppName").text(),
        stream=root.child("StreamName").text(),
    )


def _score(entry: Node, rate: float | None) -> float | None:
    if rate is None:
        return None
    try:
        return fields.confidence(rate, _SCALE)
    except ValueError as error:
        raise Unmappable(f"{entry.pointer}/Rate is {error}") from error


ALIBABA_LIVE = Mapping(_PROVIDER, "alibaba_live.v2", _matches, _verdicts)
