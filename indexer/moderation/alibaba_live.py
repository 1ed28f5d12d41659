"""Alibaba Live's snapshot moderation: a callback for flagged frames only, with a decision for each scene.

Source: the "content moderation" pages of ApsaraVideo Live (body version V2). The documents' own samples have a comma
too many. A body has no time, no id and no signature; a passed scene can stand beside a flagged one, so each inner
result is a verdict of its own. Version V1 of the body is not published, and is not guessed at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation import fields
from indexer.moderation.base import Json, Mapping, Unmappable, Verdict
from indexer.moderation.categories import category

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = "alibaba_live"
_PERCENT = 100


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and {"OssBucket", "OssObject", "Result"} <= body.keys()


def _verdicts(body: Json) -> Iterator[Verdict]:
    for outer, group in enumerate(fields.rows(body.get("Result"), "Result")):
        path = f"Result[{outer}]"
        results = fields.rows(fields.table(group, path).get("Result"), f"{path}.Result")
        for inner, result in enumerate(results):
            entry = fields.table(result, f"{path}.Result[{inner}]")
            yield _verdict(body, fields.text(group.get("BizType"), "BizType"), entry, f"/Result/{outer}/Result/{inner}")


def _verdict(body: Json, policy: str | None, entry: Json, path: str) -> Verdict:
    scene, label = fields.text(entry.get("Scene"), "Scene"), fields.required(entry.get("Label"), "Label")
    rate = fields.number(entry.get("Rate"), "Rate")
    if rate is not None and not 0 <= rate <= _PERCENT:
        raise Unmappable(f"Rate is not from 0 to {_PERCENT}: {rate}")
    suggestion, raw = fields.suggestion(entry.get("Suggestion"), "Suggestion")
    return Verdict(
        result_path=path,
        scene=scene,
        label=label,
        category=category(_PROVIDER, scene, label),
        suggestion=suggestion,
        suggestion_raw=raw,
        suggestion_source="provider" if raw else "none",
        score=None if rate is None else rate / _PERCENT,
        score_raw=rate,
        score_scale="0-100",
        policy=policy,
        bucket=fields.text(body.get("OssBucket"), "OssBucket"),
        key=fields.object_key(body.get("OssObject"), "OssObject"),
        app=fields.text(body.get("AppName"), "AppName"),
        stream=fields.text(body.get("StreamName"), "StreamName"),
    )


ALIBABA_LIVE = Mapping(_PROVIDER, "alibaba_live.v2", _matches, _verdicts)
