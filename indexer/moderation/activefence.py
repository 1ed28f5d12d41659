"""ActiveFence, as Agora's marketplace delivers it: what a person decided about a picture of the client SDK.

Source: Agora's pages on the ActiveFence extension and its community's example of a live body. The webhook's body is the
user's own to write; this is the template that Agora recommends. ``contentUrl`` is ActiveFence's own temporary copy, so
the picture is told only by session, channel, user and time, which stand in ``metadata`` (Agora's template
writes ``metaData``): JSON in a text, with a calendar number of 17 digits. Nothing is suggested; ``status`` is an opaque
id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import parts
from indexer.moderation.base import Json, Mapping, Verdict
from indexer.moderation.categories import ANY, category
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "activefence"


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and {"contentUrl", "contentId", "reason"} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    """One verdict for each category that a person found; none where none was found."""
    root = Node(body)
    metadata = parts.embedded(root.child("metaData" if "metaData" in root.fields() else "metadata"))
    for reason in _reasons(root.child("reason")):
        yield _verdict(root, metadata, reason)


def _reasons(node: Node) -> Iterator[Node]:
    """The template's variable is a list, or its text where it was quoted."""
    found = iter([node]) if isinstance(node.value, str) else node.elements() if node.value is not None else iter(())
    return (reason for reason in found if reason.text() is not None)


def _verdict(root: Node, metadata: Node, reason: Node) -> Verdict:
    label = reason.required_text()
    added = parts.instant(root.child("addedAt"))
    user = metadata.child("uid")
    return Verdict(
        result_path=reason.pointer,
        label=label,
        category=category(ANY, ANY, label),
        **parts.unsaid(),
        reviewer="human",
        event_id=root.child("contentId").text(),
        sid=metadata.child("sid").text(),
        cname=metadata.child("cname").text(),
        uid=parts.account(root.child("userId") if user.value is None else user),
        **parts.taken(parts.instant(metadata.child("timestamp"))),
        moderated_at=added.at if added else None,
        key_source="derived",
    )


ACTIVEFENCE = Mapping(_PROVIDER, "activefence.agora", _matches, _verdicts)
