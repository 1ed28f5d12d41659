"""Amazon Rekognition's DetectModerationLabels: its response, and a line of a bulk analysis's output manifest.

Source: Amazon's developer guide on moderating images and on bulk analysis. Only a manifest's line names the object;
whether ``source-ref`` is percent-encoded is not said, so it is taken as it stands first. A label's parents are labels
beside it. Nothing under the caller's least confidence is returned, and nothing is suggested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Verdict
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "aws_rekognition"
_SOURCE, _RESULT = "source-ref", "detect-moderation-labels"
_SCHEME = "s3://"


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and (_is_line(body) or isinstance(body.get("ModerationLabels"), list))


def _is_line(body: Json) -> bool:
    return isinstance(body, dict) and {_SOURCE, _RESULT} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    """One verdict for each label; one without a label where there are none, because the picture was looked at."""
    root = Node(body)
    answer, address = (root.child(_RESULT), root.child(_SOURCE).text()) if _is_line(body) else (root, None)
    labels = answer.child("ModerationLabels")
    entries = list(labels.elements())
    parents = [entry.child("ParentName").text() for entry in entries]
    for index, entry in enumerate(entries):
        name = entry.child("Name").required_text()
        is_parent = name in parents[:index] + parents[index + 1 :]
        yield _verdict(answer, address, entry, name, is_parent=is_parent)
    if not entries:
        yield _verdict(answer, address, Node({}, labels.pointer), None, is_parent=False)


def _verdict(answer: Node, address: str | None, entry: Node, name: str | None, *, is_parent: bool) -> Verdict:
    parent = entry.child("ParentName").text()
    bucket, key = _object(address)
    return Verdict(
        result_path=entry.pointer,
        label=name,
        scene=parent,
        category=parts.meaning(_PROVIDER, parent, name, parent) if name else "neutral",
        **parts.unsaid(),
        **parts.rated(entry.child("Confidence"), "0-100"),
        is_overall=not is_parent,
        policy=answer.child("ProjectVersion").text(),
        bucket=bucket,
        key=key,
        object_url=address,
        key_source="url" if address else None,
        model_version=answer.child("ModerationModelVersion").text(),
    )


def _object(address: str | None) -> tuple[str | None, str | None]:
    """Bucket and key of an s3:// address as it stands; a key there may begin with a slash and hold a question mark."""
    if not address or not address.startswith(_SCHEME):
        return None, None
    bucket, _, key = address.removeprefix(_SCHEME).partition("/")
    return bucket or None, key or None


AWS_REKOGNITION = Mapping(_PROVIDER, "aws_rekognition.labels", _matches, _verdicts)
