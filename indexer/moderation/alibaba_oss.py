"""Alibaba's violation detection of OSS buckets: its callback is recognised and kept, and cannot be read yet.

Source: the page on callbacks of OSS violation detection. The body is a form of ``checksum`` and ``content``, and the
JSON in ``content`` is not published, so nothing is made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.moderation.base import Json, Mapping, Unmappable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.moderation.base import Verdict

_FIELDS = {"checksum", "content"}


def _matches(body: Json) -> bool:
    return isinstance(body, dict) and body.keys() == _FIELDS and all(isinstance(part, str) for part in body.values())


def _verdicts(body: Json) -> Iterator[Verdict]:
    if _matches(body):
        raise Unmappable("/content has a form that Alibaba does not publish: the body is kept as it came")
    return iter(())


ALIBABA_OSS = Mapping("alibaba_oss", "alibaba_oss.form", _matches, _verdicts)
