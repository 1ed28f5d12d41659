"""What moderation said of the sample: callbacks of three services as they were received, and a table of one's own."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.demo.bucket import Sample, Shot

_SUGGESTIONS = {"neutral": "pass", "sexy": "review", "porn": "block"}


def write_payloads(sample: Sample, chance: random.Random) -> None:
    """Write the payload files, and note in the sample which pictures retention will delete."""
    folder = sample.folder / "payloads"
    (folder / "alibaba").mkdir(parents=True)
    live = list(_agora_live(sample.shots["live"], chance))
    # One callback came twice, as callbacks do, and one line was cut.
    _write_lines(folder / "agora-live.jsonl", [*live, live[0], live[1][: len(live[1]) // 2]])
    _write_lines(folder / "agora-client.jsonl", _agora_client(sample.shots["upload"], chance))
    for number, body in enumerate(_alibaba(sample)):
        (folder / "alibaba" / f"{number:04d}.json").write_text(body, "utf-8")
    _write_table(folder / "inhouse.csv", _inhouse(sample.shots["classroom"]))
    sample.doomed = [sample.shots["live"][120].key, *(shot.key for shot in sample.shots["record"][4:6])]


def _write_lines(path: Path, bodies: Iterator[str] | list[str]) -> None:
    path.write_text("".join(f"{body}\n" for body in bodies), "utf-8")


def _outputs(label: str, chance: random.Random) -> dict[str, Any]:
    """Agora's result: three scores that sum to one, the label's the highest."""
    highest = 0.7 + chance.random() * 0.25
    scores = {name: round((1 - highest) / 2, 6) for name in _SUGGESTIONS} | {label: round(highest, 6)}
    return {"porn": {"outputs": scores, "scene": label}}


def _agora_live(shots: list[Shot], chance: random.Random) -> Iterator[str]:
    """A verdict on every frame, passes too; karaoke turns bad for a minute."""
    for number, shot in enumerate(shots):
        label = "porn" if number in (120, 240, 241, 242) else "sexy" if number in (60, 243, 244) else "neutral"
        body = {
            "noticeId": f"2000001428:4330:{number}",
            "productId": 7,
            "eventType": 5,
            "notifyMs": _milliseconds(shot) + 900,
            "payload": {
                "eventName": "new_custom_moderation_result",
                "entryPoint": shot.record["app"],
                "streamName": shot.record["stream"],
                "results": _outputs(label, chance),
                "fileName": shot.key,
                "suggestion": _SUGGESTIONS[label],
            },
        }
        yield json.dumps(body)


def _agora_client(shots: list[Shot], chance: random.Random) -> Iterator[str]:
    for number, shot in enumerate(shots):
        label = "porn" if number in (30, 31, 32, 33) else "sexy" if number == 200 else "neutral"
        yield json.dumps(_client_body(number, shot.key, shot, label, chance))
    # A frame that was judged and never stored.
    lost = shots[10]
    key = lost.key.replace("_20260105", "_20260106")
    yield json.dumps(_client_body(9999, key, lost, "porn", chance))


def _client_body(number: int, key: str, shot: Shot, label: str, chance: random.Random) -> dict[str, Any]:
    moment = shot.record["captured_at"]
    return {
        "requestId": f"{shot.record['sid'].lower()}_{_milliseconds(shot) // 1000}_{number:032x}",
        "callbackParam": {"cname": shot.record["cname"]},
        "callbackData": "",
        "checksum": f"{number:032x}",
        "object": key,
        "code": 200,
        "msg": "Moderation complete",
        "channelName": shot.record["cname"],
        "userId": str(shot.record["uid"]),
        "results": _outputs(label, chance),
        "suggestion": _SUGGESTIONS[label],
        "timestamp": int(f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"),
    }


def _alibaba(sample: Sample) -> Iterator[str]:
    """Only flagged frames are stored and told of; one frame's cover is overwritten by design."""
    flagged = [*sample.shots["record"][:8], sample.shots["cover"][0]]
    for number, shot in enumerate(flagged):
        body = {
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
                        {
                            "Label": "porn",
                            "Rate": 90 + number % 10,
                            "Suggestion": "block",
                            "Scene": "porn",
                            "Extent": {},
                        },
                        {"Label": "normal", "Rate": 99.9, "Suggestion": "pass", "Scene": "ad", "Extent": {}},
                    ],
                }
            ],
        }
        text = json.dumps(body, indent=1)
        # The service's documents print a comma too many, and so do some of its bodies.
        yield re.sub(r"\}(\s*\])", r"},\1", text, count=1) if number == 0 else text


def _inhouse(shots: list[Shot]) -> Iterator[dict[str, Any]]:
    """A reviewer's table names no keys: session, room, user and time have to do, a failover's too."""
    for number in (100, 101, 102, 900, 1600, 1601, 2000):
        record = shots[number].record
        moment = record["captured_at"]
        yield {
            "session": record["sid"].upper(),
            "room": record["cname"],
            "user": record["uid"],
            "taken": moment.isoformat(timespec="milliseconds") + "Z",
            "label": "weapon" if number < 1000 else "self_harm",
            "score": 55 + number % 40,
            "decision": "REJECT" if number % 2 else "MANUAL",
        }
    yield {"session": "", "room": "", "user": "", "taken": "", "label": "weapon", "score": 80, "decision": "REJECT"}


def _write_table(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = list(rows)
        writer = csv.DictWriter(file, fieldnames=table[0])
        writer.writeheader()
        writer.writerows(table)


def _milliseconds(shot: Shot) -> int:
    moment: datetime = shot.record["captured_at"].replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
