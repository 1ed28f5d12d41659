"""Huawei Cloud's image moderation: the answer of version 3 about one picture, and of version 2 about several.

Source: Huawei Cloud's API guides. Both suggest something for the picture as a whole and for its parts; version 2 names
each picture by its address, version 3 none, and neither has a time. An answer with ``error_code`` judged nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "huawei"
_SCALE = "0-1"
_ERROR = "error_code"


def _matches(body: Json) -> bool:
    if not isinstance(body, dict):
        return False
    result = body.get("result")
    if isinstance(result, list):
        return any(_is_item(item) for item in result)
    judged = isinstance(result, dict) and {"suggestion", "category"} <= result.keys() and "request_id" in body
    return judged or {_ERROR, "error_msg"} <= body.keys()


def _is_item(item: Json) -> bool:
    return isinstance(item, dict) and ("category_suggestions" in item or {_ERROR, "url"} <= item.keys())


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    if _ERROR in root.fields():
        return
    result, event_id = root.child("result"), root.child("request_id").text()
    found = _of_batch(result) if isinstance(result.value, list) else _of_one(result)
    for verdict in found:
        yield replace(verdict, event_id=event_id)


def _of_one(result: Node) -> Iterator[Verdict]:
    category = result.child("category").text()
    decision = parts.said(result.child("suggestion"))
    yield _overall(result, decision, category)
    entries = result.child("details")
    for entry in entries.elements() if entries.value is not None else ():
        yield _detail(entry, entry.child("category").text(), parts.said_if_any(entry.child("suggestion")))


def _of_batch(result: Node) -> Iterator[Verdict]:
    for item in result.elements():
        if _ERROR not in item.fields():
            address = item.child("url").text()
            for verdict in _of_item(item):
                yield replace(verdict, object_url=address)


def _of_item(item: Node) -> Iterator[Verdict]:
    """A picture's summary, called by the category that has the same suggestion; and what was found in it."""
    decision, suggested = parts.said(item.child("suggestion")), item.child("category_suggestions")
    members = suggested.members() if suggested.value is not None else ()
    scenes = [(name, parts.said(node)) for name, node in members if isinstance(node.value, str)]
    decisive = [name for name, said in scenes if said["suggestion"] == decision["suggestion"]]
    yield _overall(item, decision, decisive[0] if decisive and decision["suggestion"] != "pass" else None)
    detail = item.child("detail")
    for scene, entries in detail.members() if detail.value is not None else ():
        for entry in entries.elements() if isinstance(entries.value, list) else ():
            yield _detail(entry, scene, parts.unsaid())


def _overall(node: Node, decision: parts.Said, category: str | None) -> Verdict:
    harmless = decision["suggestion"] == "pass"
    return Verdict(
        result_path=node.pointer,
        label=category,
        category="neutral" if harmless else parts.meaning(_PROVIDER, None, category),
        **decision,
    )


def _detail(entry: Node, scene: str | None, decision: parts.Said) -> Verdict:
    label = entry.child("label").required_text()
    return Verdict(
        result_path=entry.pointer,
        label=label,
        scene=scene,
        # A label begins with what it is a kind of: sexy_female.
        category=parts.meaning(_PROVIDER, scene, label, label.partition("_")[0], scene),
        **decision,
        **parts.rated(entry.child("confidence"), _SCALE),
        is_overall=False,
    )


HUAWEI = Mapping(_PROVIDER, "huawei.image", _matches, _verdicts)
