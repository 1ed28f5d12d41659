"""The ``results`` and ``suggestion`` that Agora's live and client moderation share.

Source: Agora's pages on live streaming events and on content moderation. ``results.porn`` has ``outputs``, scores of
neutral, sexy and porn that sum to one, and ``scene``, the one that it decided for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import fields
from indexer.moderation.base import Unmappable, Verdict
from indexer.moderation.categories import category

if TYPE_CHECKING:
    from indexer.moderation.node import Node

_SCENE = "porn"
_SCALE = "0-1"


def overall_verdict(provider: str, results: Node, suggestion: Node) -> Verdict:
    """The decision of a result, about no object yet.

    The outputs beside the decided one give no verdicts: they are how little the picture was taken for anything else,
    and as rows of their own every neutral picture would count as a porn one too. They stay in the payload.
    """
    result = results.child(_SCENE)
    label = result.child("scene").required_text()
    raw = suggestion.required_text()
    score = _output(result.child("outputs"), label)
    return Verdict(
        result_path=result.pointer,
        label=label,
        scene=_SCENE,
        category=category(provider, _SCENE, label),
        suggestion=fields.suggestion(raw),
        suggestion_raw=raw,
        score=None if score is None else _confidence(result, score),
        score_raw=None if score is None else float(score),
        score_scale=None if score is None else _SCALE,
    )


def _output(outputs: Node, label: str) -> float | None:
    """The score of the label. Samples write ``Neutral`` among the outputs and ``neutral`` as the scene."""
    wanted = label.strip().casefold()
    names = [] if outputs.value is None else [name for name in outputs.fields() if name.casefold() == wanted]
    return outputs.child(names[-1]).number() if names else None


def _confidence(result: Node, score: float) -> float:
    try:
        return fields.confidence(score, _SCALE)
    except ValueError as error:
        raise Unmappable(f"a score of {result.pointer}/outputs is {error}") from error
