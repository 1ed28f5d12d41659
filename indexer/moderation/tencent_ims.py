"""Tencent's image moderation (IMS): the answer about one picture, with or without the API's envelope.

Source: the models of Tencent Cloud's SDK, 2020-12-29. The object is not named but for the caller's ``DataId``, and
there is no time. ``FileMD5`` is the picture's own hash, and is kept in the body.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Verdict
from indexer.moderation.node import Node
from indexer.moderation.tencent_result import SCALE, details, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTS = ("LabelResults", "ObjectResults", "OcrResults", "LibResults")
_OF_PICTURES = {*_LISTS, "FileMD5"}


def _matches(body: Json) -> bool:
    answer = body.get("Response", body) if isinstance(body, dict) else None
    if not isinstance(answer, dict):
        return False
    # Tencent's moderation of texts answers with the same first three.
    return {"Suggestion", "Label", "RequestId"} <= answer.keys() and bool(_OF_PICTURES & answer.keys())


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    answer = root.child("Response") if "Response" in root.fields() else root
    named = parts.caller_key(answer.child("DataId"))
    for verdict in _decisions(answer):
        yield replace(
            verdict,
            event_id=answer.child("RequestId").text(),
            policy=answer.child("BizType").text(),
            key=named,
            key_source="caller" if named else None,
        )


def _decisions(answer: Node) -> Iterator[Verdict]:
    score = parts.rated(answer.child("Score"), SCALE)
    yield summary(answer, answer.child("Suggestion"), answer.child("Label"), score)
    yield from details(answer, _LISTS)


TENCENT_IMS = Mapping("tencent_ims", "tencent_ims.2020-12-29", _matches, _verdicts)
