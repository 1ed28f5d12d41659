"""Qiniu's audit of buckets: the callback about one object, today's and the older one.

Source: Qiniu's page on the callback of incremental audits, and a public copy of an older body. Bucket and key are
named, and Qiniu itself disables an object. The older result has a number for its label, and what the numbers mean is
not published: it stays a number. A label of the scene politician is a person's name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.moderation import fields, parts
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "qiniu"
_SCALE = "0-1"
_WORDS = {"normal": "pass"}
_PEOPLE = "politician"


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and {"inputBucket", "inputKey", "code"} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    for job in root.child("items").elements() if "items" in root.fields() else (root,):
        for verdict in _of_job(job):
            yield replace(
                verdict,
                event_id=root.child("id").text() or root.child("reqid").text(),
                bucket=root.child("inputBucket").text(),
                key=fields.object_key(root.child("inputKey").text()),
                object_state=_state(job.child("result").child("disable")),
            )


def _of_job(job: Node) -> Iterator[Verdict]:
    """The verdicts of one job; one with a code but 0 failed or is not done."""
    if job.child("code").whole_number():
        return iter(())
    result = job.child("result").child("result")
    return _current(result) if "suggestion" in result.fields() else _older(result)


def _current(result: Node) -> Iterator[Verdict]:
    """The summary, called by the scene that has the same suggestion, and each scene."""
    decision, scenes = parts.said(result.child("suggestion"), _WORDS), list(_scenes(result.child("scenes")))
    harmless = decision["suggestion"] == "pass"
    decisive = [one for one in scenes if one.suggestion == decision["suggestion"] and not harmless]
    none = Verdict("", None, "neutral" if harmless else "other", "unknown")
    first = max(decisive, key=lambda one: one.score or 0, default=none)
    yield replace(first, result_path=result.pointer, is_overall=True, **decision)
    yield from scenes


def _scenes(node: Node) -> Iterator[Verdict]:
    for scene, entry in node.members() if node.value is not None else ():
        if not isinstance(entry.value, dict) or "suggestion" not in entry.value:
            continue
        found = entry.child("result") if entry.child("result").value is not None else entry
        label, decision = found.child("label").text(), parts.said(entry.child("suggestion"), _WORDS)
        yield Verdict(
            result_path=entry.pointer,
            label=label,
            scene=scene,
            category="neutral" if decision["suggestion"] == "pass" else _category(scene, label),
            **decision,
            **parts.rated(entry.child("score") if found.child("score").value is None else found.child("score"), _SCALE),
            is_overall=False,
        )


def _category(scene: str, label: str | None) -> str:
    known = parts.meaning(_PROVIDER, scene, label)
    return "public_figure" if label and scene == _PEOPLE and known == "other" else known


def _older(result: Node) -> Iterator[Verdict]:
    """One score for a number; a result with a code but 0 failed."""
    if result.child("code").whole_number():
        return
    found = result.child("result")
    label = found.child("label").whole_number()
    if label is None:
        raise Unmappable(f"{found.pointer}/label is missing")
    to_review = found.child("review").value is True
    yield Verdict(
        result_path=found.pointer,
        label=str(label),
        category="other",
        suggestion="review" if to_review else "unknown",
        suggestion_source="provider" if to_review else "none",
        **parts.rated(found.child("score"), _SCALE),
    )


def _state(disable: Node) -> str:
    if disable.value is None:
        return "unknown"
    if not isinstance(disable.value, bool):
        raise disable.refused("true or false")
    return "disabled" if disable.value else "unchanged"


QINIU = Mapping(_PROVIDER, "qiniu.audit", _matches, _verdicts)
