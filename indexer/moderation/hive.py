"""Hive's visual moderation: the task that it calls back with, also for Agora's marketplace, and its bare response.

Source: Agora's page on the Hive extension (a whole body) and Hive's on visual moderation. Of each head the scores sum
to one, so each has a negative class (``no_gun``, ``general_not_nsfw_not_suggestive``) that is near one for a harmless
picture; the confidence is called ``score`` in version 2 and ``value`` in version 3. Nothing is suggested. Agora names
the picture by its name without a folder, and in ``metadata``, JSON in a text, by session, channel, user and time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from indexer.moderation import fields, parts
from indexer.moderation.base import Json, Mapping, Verdict
from indexer.moderation.categories import category
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_PROVIDER = "hive"
_NEGATIVE = ("no_", "general_not_")
# What kind of picture it is and what it shows without harm: heads of their own, one class of each is always near one.
_DESCRIBING = frozenset(
    (
        *("animated", "hybrid", "natural", "text", "yes_overlay_text", "yes_drawing", "yes_religious_icon"),
        *("yes_child_present", "culinary_knife_in_hand", "culinary_knife_not_in_hand", "medical_injectables"),
    )
)


class _Object(TypedDict):
    """What a task says of its picture, the same for all of its classes."""

    key: str | None
    object_url: str | None
    key_source: str | None
    model_version: str | None
    event_id: str | None
    sid: str | None
    cname: str | None
    uid: int | None
    captured_at: datetime | None
    captured_at_precision_ms: int | None


def _matches(body: Json) -> bool:
    if not isinstance(body, dict):
        return False
    return {"project_id", "status"} <= body.keys() or _has_classes(body.get("output"))


def _has_classes(output: Json) -> bool:
    return isinstance(output, list) and bool(output) and isinstance(output[0], dict) and "classes" in output[0]


def _verdicts(body: Json) -> Iterator[Verdict]:
    """A verdict for every class of every frame, of a failed task none."""
    root = Node(body)
    for response in [root] if "output" in root.fields() else _responses(root.child("status")):
        about = _about(root, response.child("input"))
        for frame in response.child("output").elements():
            for entry in frame.child("classes").elements():
                yield _verdict(entry, about)


def _responses(status: Node) -> list[Node]:
    """The answers of a task's models: its status is a list of them, or the one."""
    entries = list(status.elements()) if isinstance(status.value, list) else [status]
    return [entry.child("response") for entry in entries if _done(entry)]


def _done(entry: Node) -> bool:
    """Whether a model answered: it says code 0, or nothing but its answer."""
    told = entry.child("status")
    code = None if told.value is None else told.child("code").whole_number()
    return not code and entry.child("response").value is not None


def _about(root: Node, asked: Node) -> _Object:
    asked = Node(asked.value or {}, asked.pointer)
    media = Node(asked.child("media").value or {}, f"{asked.pointer}/media")
    metadata = parts.embedded(root.child("metadata")) if _is_json(root.child("metadata")) else Node({})
    name, url = fields.object_key(media.child("filename").text()), media.child("url").text()
    return _Object(
        key=name,
        object_url=url,
        key_source="payload" if name else None,
        model_version=asked.child("model").text(),
        event_id=root.child("id").text() or root.child("task_id").text(),
        sid=metadata.child("sid").text(),
        cname=metadata.child("cname").text(),
        uid=parts.account(metadata.child("uid")),
        **parts.taken(parts.instant(metadata.child("timestamp"))),
    )


def _is_json(metadata: Node) -> bool:
    """Agora writes an object there; anybody else whatever he likes."""
    return isinstance(metadata.value, dict) or (metadata.text() or "").lstrip().startswith("{")


def _verdict(entry: Node, about: _Object) -> Verdict:
    label = entry.child("class").required_text()
    negative = label.startswith(_NEGATIVE)
    return Verdict(
        result_path=entry.pointer,
        label=label,
        category="neutral" if negative else category(_PROVIDER, None, label),
        **parts.unsaid(),
        **parts.rated(entry.child("value" if "value" in entry.fields() else "score"), "0-1"),
        is_overall=not negative and label not in _DESCRIBING,
        **about,
    )


HIVE = Mapping(_PROVIDER, "hive.classes", _matches, _verdicts)
