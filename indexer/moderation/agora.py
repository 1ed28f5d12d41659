"""What Agora's own moderation says, whichever service carries it: ``results.porn`` with its scores and its scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.moderation import fields
from indexer.moderation.base import Unmappable, Verdict
from indexer.moderation.categories import category

if TYPE_CHECKING:
    from indexer.moderation.base import Json


def has_results(body: Json) -> bool:
    """Whether a body carries a result; the documents' text says ``result``, their samples ``results``."""
    return isinstance(body, dict) and ("results" in body or "result" in body)


def verdict(provider: str, body: dict[str, Any], path: str, **about: Any) -> Verdict:  # noqa: ANN401 - Verdict's fields
    """The one verdict of a body: the scene that won, with its score.

    The other scores are of scenes that lost, and would count as violations twice; they stay in the payload.

    Raises:
        Unmappable: the result is not as the documents say.
    """
    name = "results" if "results" in body else "result"
    porn = fields.table(fields.table(body[name], name).get("porn"), f"{name}.porn")
    label = fields.required(porn.get("scene"), f"{name}.porn.scene")
    outputs = fields.table(porn.get("outputs", {}), f"{name}.porn.outputs")
    # The documents' table says Neutral where their samples say neutral.
    scores = {key.casefold(): value for key, value in outputs.items()}
    score = fields.number(scores.get(label.casefold()), f"{name}.porn.outputs.{label}")
    if score is not None and not 0 <= score <= 1:
        raise Unmappable(f"{name}.porn.outputs.{label} is not from 0 to 1: {score}")
    suggestion, raw = fields.suggestion(body.get("suggestion"), "suggestion")
    return Verdict(
        result_path=f"{path}/{name}/porn",
        scene="porn",
        label=label,
        category=category(provider, "porn", label),
        suggestion=suggestion,
        suggestion_raw=raw,
        suggestion_source="provider" if raw else "none",
        score=score,
        score_raw=score,
        score_scale="0-1",
        **about,
    )
