"""The verdicts of Tencent's picture moderation, which its live and its image service share in two spellings.

Source: Tencent's pages on the callback of live moderation and the models of its image service. The summary is what
counts; the lists beside it say the same in detail, and name scenes that were passed too (``HitFlag`` 0).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.moderation.node import Node

VOCABULARY = "tencent"
"""Its services use one vocabulary."""
SCALE = "0-100"


def summary(root: Node, suggestion: Node, label: Node, score: parts.Rated) -> Verdict:
    """The decision about a picture, with the label in its first level."""
    told = label.text()
    return Verdict(
        result_path=root.pointer,
        label=told,
        category=parts.meaning(VOCABULARY, None, told),
        **parts.said(suggestion),
        **score,
    )


def details(root: Node, lists: Sequence[str]) -> Iterator[Verdict]:
    """What every scene, object, text and library contributed to the summary."""
    for entries in map(root.child, lists):
        for entry in entries.elements() if entries.value is not None else ():
            yield _detail(entry)


def _detail(entry: Node) -> Verdict:
    label, sub_label, scene = (entry.child(name).text() for name in ("Label", "SubLabel", "Scene"))
    return Verdict(
        result_path=entry.pointer,
        label=sub_label or label,
        scene=scene,
        category=parts.meaning(VOCABULARY, scene, sub_label, label),
        **parts.said_if_any(entry.child("Suggestion")),
        **parts.rated(entry.child("Score"), SCALE),
        is_overall=False,
    )
