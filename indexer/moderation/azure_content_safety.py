"""Azure AI Content Safety: how severe a picture is in four categories, all of them always there.

Source: Microsoft's reference of image analysis, 2023-10-01 and the preview of 2023-04-30. A severity is how harmful a
picture is and not how sure that is: 0, 2, 4 or 6 of 7. No object, time or id is named, and nothing is suggested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.categories import ANY, category
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "azure_content_safety"
_LIST = "categoriesAnalysis"
_PREVIEW = ("hateResult", "selfHarmResult", "sexualResult", "violenceResult")
_OF_TEXTS = {"blocklistsMatch", "blocklistsMatchResults"}
_MOST, _SEVERE, _DOUBTFUL = 7, 4, 2


def _matches(body: Json) -> bool:
    if not isinstance(body, dict) or _OF_TEXTS & body.keys():
        return False
    return _LIST in body or bool(body.keys() & set(_PREVIEW))


def _verdicts(body: Json) -> Iterator[Verdict]:
    root = Node(body)
    if _LIST in root.fields():
        yield from map(_verdict, root.child(_LIST).elements())
    else:
        preview = map(root.child, _PREVIEW)
        yield from (_verdict(result) for result in preview if result.value is not None)


def _verdict(entry: Node) -> Verdict:
    label, severity = entry.child("category").required_text(), _severity(entry.child("severity"))
    degree = "severe" if severity >= _SEVERE else ANY
    return Verdict(
        result_path=entry.pointer,
        label=label,
        category=category(_PROVIDER, degree, label),
        suggestion="block" if severity >= _SEVERE else "review" if severity >= _DOUBTFUL else "pass",
        suggestion_source="severity",
        **parts.graded(severity, parts.SEVERITY),
    )


def _severity(node: Node) -> int:
    severity = node.whole_number()
    if severity is None:
        raise Unmappable(f"{node.pointer} is missing")
    if not 0 <= severity <= _MOST:
        raise node.refused(f"a severity from 0 to {_MOST}")
    return severity


AZURE_CONTENT_SAFETY = Mapping(_PROVIDER, "azure_content_safety.severities", _matches, _verdicts)
