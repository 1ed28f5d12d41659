"""Sightengine's nudity model 2.1: six tiers, each of which includes those above it, and classes beside them.

Source: Sightengine's page on advanced nudity detection. A score's label is its path, as names are used twice. The tier
that counts is the one that is most likely the picture's own: where a tier is hardly likelier than the next severer one,
the picture is of that. ``none``, ``context`` and the ``none`` of a class are near one for harmless pictures. Model 1.x
(``raw``, ``partial``, ``safe``) is another shape, and its body is refused.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "sightengine"
_MODEL = "nudity"
_OLD = ("raw", "partial", "safe")
_TIERS = ("sexual_activity", "sexual_display", "erotica", "very_suggestive", "suggestive", "mildly_suggestive")
"""The severest first."""
_HARMLESS = ("none", "context")
_DEPTH = 3


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and {"status", "request", "media"} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    if root.child("status").text() != "success":
        return
    request, model = root.child("request"), root.child(_MODEL)
    named, made = root.child("media").child("uri").text(), parts.fractional_seconds(request.child("timestamp"))
    is_address = named is not None and "://" in named
    for verdict in _of_model(model):
        yield replace(
            verdict,
            event_id=request.child("id").text(),
            moderated_at=made.at if made else None,
            key=None if is_address else named,
            object_url=named if is_address else None,
        )


def _of_model(model: Node) -> Iterator[Verdict]:
    missing = [name for name in _TIERS if model.value is None or model.child(name).value is None]
    if missing:
        old = model.value is not None and any(name in model.fields() for name in _OLD)
        raise Unmappable(f"/nudity is of model 1.x, whose {', '.join(_OLD)} are others" if old else _missing(missing))
    own = _own_tier(model)
    for node, path in _numbers(model, _MODEL, _DEPTH):
        yield _verdict(node, path, is_overall=path == f"{_MODEL}.{own}")


def _missing(names: list[str]) -> str:
    return f"/nudity/{names[0]} is missing: no body of model 2.1"


def _own_tier(model: Node) -> str:
    """The tier with the largest share of its own; of equal ones the severest."""
    scores = [parts.rated(model.child(name), "0-1")["score"] or 0.0 for name in _TIERS]
    shares = [scores[0], *(score - above for above, score in pairwise(scores))]
    return _TIERS[shares.index(max(shares))]


def _numbers(node: Node, path: str, depth: int) -> Iterator[tuple[Node, str]]:
    """Every score below a node, with its path; what is deeper than the model documents is another model's."""
    for name, member in node.members():
        if isinstance(member.value, dict) and depth > 1:
            yield from _numbers(member, f"{path}.{name}", depth - 1)
        elif isinstance(member.value, int | float) and not isinstance(member.value, bool):
            yield member, f"{path}.{name}"


def _verdict(node: Node, path: str, *, is_overall: bool) -> Verdict:
    names = path.split(".")[1:]
    return Verdict(
        result_path=node.pointer,
        label=path,
        category="neutral" if names[0] in _HARMLESS or names[-1] in _HARMLESS else _category(names),
        **parts.unsaid(),
        **parts.rated(node, "0-1"),
        is_overall=is_overall,
    )


def _category(names: list[str]) -> str:
    return parts.meaning(_PROVIDER, None, ".".join(names), names[0])


SIGHTENGINE = Mapping(_PROVIDER, "sightengine.nudity-2.1", _matches, _verdicts)
