"""Tencent's image moderation of COS buckets (CI): the callback about one object, Simple and Detail.

Source: Tencent's page on automatic image moderation. A result is 0 for pass, 1 for block and 2 for review: no order of
severity. Beside the summary every scene has its own; a label of the scene politics can be a person's name. CI itself
freezes or moves an object. Registering an address sends a test that looks like a success.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from indexer.moderation import fields, parts, quality
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.node import Node
from indexer.moderation.tencent_result import SCALE, VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterator

_RESULTS = ("pass", "block", "review")
_STATES = ("unchanged", "frozen", "moved")
_TEST = "a test of the address"
_TEST_ID = "test_trace_id"
_TEST_MESSAGE = "Test request when setting callback url"
_PEOPLE = "politics"
_DONE = "Success"


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How one form of the callback calls what both have."""

    scene: str
    hit: str
    score: str
    label: str


_SIMPLE = _Spelling("_info", "hit_flag", "score", "label")
_DETAIL = _Spelling("Info", "HitFlag", "Score", "Label")


def _matches(body: Json) -> bool:
    return _is_simple(body) or (isinstance(body, dict) and {"EventName", "JobsDetail"} <= body.keys())


def _is_simple(body: Json) -> bool:
    data = body.get("data") if isinstance(body, dict) and "code" in body else None
    return isinstance(data, dict) and "trace_id" in data and "url" in data


def _is_test(body: Json) -> bool:
    return _is_simple(body) and (body["data"]["trace_id"] == _TEST_ID or body.get("message") == _TEST_MESSAGE)


def _verdicts(body: Json) -> Iterator[Verdict]:
    if _is_simple(body):
        return iter(()) if _is_test(body) else _of_simple(Node(body))
    return _of_detail(Node(body).child("JobsDetail"))


def _of_simple(root: Node) -> Iterator[Verdict]:
    """The form without a label of its own: the summary's is that of the scene which decided."""
    if root.child("code").whole_number():
        return
    data = root.child("data")
    decision = _said(data.child("result"))
    scenes = list(_scenes(data, _SIMPLE))
    decisive = [one for one in scenes if one.suggestion == decision["suggestion"] != "pass"]
    first = max(decisive, key=lambda one: one.score or 0, default=Verdict("", None, "neutral", "pass"))
    if decision["suggestion"] != "pass" and not decisive:
        first = replace(first, category="other")
    for verdict in (replace(first, result_path=data.pointer, is_overall=True, **decision), *scenes):
        yield replace(
            verdict,
            event_id=data.child("trace_id").text(),
            object_url=data.child("url").text(),
            **_state(data.child("forbidden_status")),
        )


def _of_detail(job: Node) -> Iterator[Verdict]:
    """The verdicts of a job that is done; a failed one has none."""
    if job.child("State").text() != _DONE:
        return
    created = parts.instant(job.child("CreationTime"))
    for verdict in (_summary(job), *_scenes(job, _DETAIL)):
        yield replace(
            verdict,
            event_id=job.child("JobId").text(),
            bucket=job.child("BucketId").text(),
            key=fields.object_key(job.child("Object").text()),
            object_url=job.child("Url").text(),
            moderated_at=created.at if created else None,
            **_state(job.child("ForbidState")),
        )


def _summary(job: Node) -> Verdict:
    label = job.child("Label").text()
    return Verdict(
        result_path=job.pointer,
        label=label,
        category=parts.meaning(VOCABULARY, None, label),
        **_said(job.child("Result")),
        **parts.rated(job.child("Score"), SCALE),
    )


def _scenes(node: Node, spelling: _Spelling) -> Iterator[Verdict]:
    for name, info in node.members():
        if name.endswith(spelling.scene) and isinstance(info.value, dict) and spelling.hit in info.value:
            yield _scene(name.removesuffix(spelling.scene), info, spelling)


def _scene(scene: str, info: Node, spelling: _Spelling) -> Verdict:
    label, decision = info.child(spelling.label).text(), _said(info.child(spelling.hit))
    known = parts.meaning(VOCABULARY, scene, label, scene)
    return Verdict(
        result_path=info.pointer,
        label=label,
        scene=scene,
        category="neutral" if decision["suggestion"] == "pass" else _of_people(scene, label) or known,
        **decision,
        **parts.rated(info.child(spelling.score), SCALE),
        is_overall=False,
    )


def _of_people(scene: str, label: str | None) -> str | None:
    """A label of the scene politics that is no word of the vocabulary is a name."""
    named = label and scene.casefold() == _PEOPLE and parts.meaning(VOCABULARY, None, label) == "other"
    return "public_figure" if named else None


def _said(result: Node) -> parts.Said:
    number = result.whole_number()
    if number is None:
        raise Unmappable(f"{result.pointer} is missing")
    word = dict(enumerate(_RESULTS)).get(number, "unknown")
    return parts.Said(suggestion=word, suggestion_raw=str(number), suggestion_source="provider")


class _State(TypedDict):
    """What became of the object."""

    object_state: str
    quality: tuple[str, ...]


def _state(node: Node) -> _State:
    number = node.whole_number()
    state = "unknown" if number is None else dict(enumerate(_STATES)).get(number, "unknown")
    return _State(object_state=state, quality=(quality.OBJECT_FROZEN,) if state == "frozen" else ())


def _event(body: Json) -> str | None:
    if _is_test(body):
        return _TEST
    root = Node(body)
    return root.child("data").child("event").text() if _is_simple(body) else root.child("EventName").text()


TENCENT_CI = Mapping("tencent_ci", "tencent_ci.callback", _matches, _verdicts, event=_event)
