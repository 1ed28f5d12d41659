"""Google Cloud Vision's SafeSearch: how likely a picture is adult, racy or violent.

Source: Google's page on detecting explicit content. The answers stand in the order of the request's pictures and name
none of them. A likelihood is no confidence, and UNKNOWN is not safe. ``spoof`` and ``medical`` are no violations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Verdict
from indexer.moderation.categories import category
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "google_safesearch"
_ANNOTATION = "safeSearchAnnotation"
_JUDGED = ("adult", "racy", "violence")
_DESCRIBED = ("spoof", "medical")
_LIKELIHOODS = ("UNKNOWN", "VERY_UNLIKELY", "UNLIKELY", "POSSIBLE", "LIKELY", "VERY_LIKELY")
_SUGGESTIONS = ("unknown", "pass", "pass", "review", "block", "block")


def _matches(body: Json) -> bool:
    if not isinstance(body, dict):
        return False
    answers = body.get("responses")
    return _ANNOTATION in body or (
        isinstance(answers, list) and any(isinstance(answer, dict) and _ANNOTATION in answer for answer in answers)
    )


def _verdicts(body: Json) -> Iterator[Verdict]:
    """A verdict for each likelihood of each picture; a picture that could not be looked at has none."""
    root = Node(body)
    answers = [root] if _ANNOTATION in root.fields() else root.child("responses").elements()
    for annotation in (answer.child(_ANNOTATION) for answer in answers):
        for name in (*_JUDGED, *_DESCRIBED) if annotation.value is not None else ():
            if annotation.child(name).value is not None:
                yield _verdict(annotation.child(name), name)


def _verdict(node: Node, name: str) -> Verdict:
    grade, judged = _likelihood(node), name in _JUDGED
    raw, suggestion = str(node.value), _SUGGESTIONS[grade]
    said = parts.Said(suggestion=suggestion, suggestion_raw=raw, suggestion_source="likelihood")
    return Verdict(
        result_path=node.pointer,
        label=name,
        category=category(_PROVIDER, None, name),
        **(said if judged and grade else parts.unsaid(raw)),
        **parts.graded(grade or None, parts.LIKELIHOOD),
        is_overall=judged,
    )


def _likelihood(node: Node) -> int:
    """The number of a likelihood, which comes by name or by number."""
    if isinstance(node.value, str) and node.value in _LIKELIHOODS:
        return _LIKELIHOODS.index(node.value)
    number = node.value
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(_LIKELIHOODS):
        return number
    raise node.refused("a likelihood")


GOOGLE_SAFESEARCH = Mapping(_PROVIDER, "google_safesearch.likelihoods", _matches, _verdicts)
