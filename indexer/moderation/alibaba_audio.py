"""Alibaba Live's audio moderation: recognised and set aside, because no picture is judged in it.

Source: the OpenAPI description of Alibaba Cloud's live product. The user writes the body and names its fields, so it is
told by what it carries: a list of results of the scene ``antispam`` with ``details``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation.base import Json, Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.moderation.base import Verdict

_SCENE = "antispam"


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and any(_is_result(value) for value in body.values())


def _is_result(value: Json) -> bool:
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and first.get("scene") == _SCENE and "details" in first


def _verdicts(_: Json) -> Iterator[Verdict]:
    return iter(())


def _event(body: Json) -> str | None:
    return "audio" if _matches(body) else None


ALIBABA_AUDIO = Mapping("alibaba_audio", "alibaba_audio.template", _matches, _verdicts, event=_event)
