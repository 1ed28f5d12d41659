"""What Alibaba Live's moderation says of the sample: only of what it flags."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.demo.sample import Sample, Shot


def alibaba_callbacks(sample: Sample) -> Iterator[str]:
    """Eight flagged frames of one stream, two of which retention deletes, and a cover that is overwritten by design."""
    flagged, cover = sample.shots["record"][:8], sample.shots["cover"][0]
    sample.plant_in_session("time-to-action", "warning", len(sample.shots["record"]) - 1, flagged[0])
    sample.plant("evidence-expiring", "warning", len(flagged) - 2, source="record")
    _delete_later(sample, flagged[4:6])
    sample.plant("evidence-mutable", "warning", 1, source="cover", channel=cover.channel, key=cover.key)
    for number, shot in enumerate([*flagged, cover]):
        text = json.dumps(_body(number, shot), indent=1)
        # The service's documents print a comma too many, and so do some of its bodies.
        yield re.sub(r"\}(\s*\])", r"},\1", text, count=1) if number == 0 else text


def _delete_later(sample: Sample, shots: list[Shot]) -> None:
    sample.plant("vanished", "info", len(shots), source="record")
    for shot in shots:
        sample.doomed.append(shot.key)
        sample.plant_in_session("evidence-missing", "critical", 1, shot, key=shot.key)


def _body(number: int, shot: Shot) -> dict[str, Any]:
    return {
        "DomainName": "live.example.com",
        "AppName": shot.record["app"],
        "StreamName": shot.record["stream"],
        "OssEndpoint": "oss-cn-hangzhou.aliyuncs.com",
        "OssBucket": "bucket",
        "OssObject": shot.key,
        "Result": [
            {
                "BizType": "default",
                "Result": [
                    {"Label": "porn", "Rate": 90 + number % 10, "Suggestion": "block", "Scene": "porn", "Extent": {}},
                    {"Label": "normal", "Rate": 99.9, "Suggestion": "pass", "Scene": "ad", "Extent": {}},
                ],
            }
        ],
    }
