"""Makes the sample bucket as a folder, and what moderation said of it beside it."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from indexer.demo.payloads import write_payloads
from indexer.naming import Layout, Template, render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START = datetime(2026, 1, 5, 10, 0, 0)  # noqa: DTZ001 - naive UTC, as everywhere in the index
_SECONDS = timedelta(seconds=1)
_RECORD = Template("record/{AppName}/{StreamName}/{UnixTimestamp}.jpg")

CONFIG = """\
index = "index.duckdb"

[sources.classroom]                       # Cloud Recording, a shot every 5 seconds
layout = "cloud-recording"
interval = 5
storage = { vendor = "local", bucket = "bucket", fileNamePrefix = ["classroom"] }

[sources.upload]                          # the client SDK's screenshot upload
layout = "screenshot-upload"
interval = 10
moderated = true
storage = { vendor = "local", bucket = "bucket", fileNamePrefix = ["upload"] }

[sources.live]                            # Agora's live streaming
layout = "live-streaming"
interval = 10
moderated = true
storage = { vendor = "local", bucket = "bucket", fileNamePrefix = ["live"] }

[sources.record]                          # Alibaba Live: the flagged frames
layout = "template"
template = "record/{AppName}/{StreamName}/{UnixTimestamp}.jpg"
storage = { vendor = "local", bucket = "bucket", fileNamePrefix = ["record"] }

[sources.cover]                           # overwritten with every shot: no time in the name
layout = "template"
template = "cover/{AppName}/{StreamName}.jpg"
storage = { vendor = "local", bucket = "bucket", fileNamePrefix = ["cover"] }

[moderation.inhouse]                      # a table of our own: indexer ingest FILE --provider inhouse
score_scale = "0-100"
suggestions = { REJECT = "block", MANUAL = "review", OK = "pass" }
[moderation.inhouse.columns]
sid = "session"
cname = "room"
uid = "user"
captured_at = "taken"
label = "label"
score = "score"
suggestion = "decision"
"""


@dataclass(frozen=True, slots=True)
class Shot:
    """One screenshot of the sample, as it decodes."""

    key: str
    record: dict[str, Any]


@dataclass(slots=True)
class Sample:
    """What was planted: the screenshots by source, and those whose pictures retention will delete."""

    folder: Path
    shots: dict[str, list[Shot]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    doomed: list[str] = field(default_factory=list)


def make_sample(folder: Path, seed: int = 0) -> Sample:
    """Make the bucket, the payload files and the configuration in a folder. The same seed makes the same keys."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    sample = Sample(folder)
    sample.shots["classroom"] = list(_classroom(chance))
    sample.shots["upload"] = list(_upload(chance))
    sample.shots["live"] = list(_live(chance))
    sample.shots["record"] = list(_record(chance))
    sample.shots["cover"] = [_cover("stage", name) for name in ("anna", "bo")]
    sample.others = list(_others(sample))
    for shots in sample.shots.values():
        for shot in shots:
            _write(folder, shot.key, shot.record["captured_at"] or _START, chance)
    for key in sample.others:
        _write(folder, key, _START, chance)
    write_payloads(sample, chance)
    (folder / "indexer.toml").write_text(CONFIG, "utf-8")
    return sample


def _hex(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _times(start: datetime, count: int, seconds: int, chance: random.Random) -> list[datetime]:
    """Shots at an interval, each some milliseconds off."""
    return [
        start + number * seconds * _SECONDS + timedelta(milliseconds=chance.randrange(400)) for number in range(count)
    ]


def _classroom(chance: random.Random) -> Iterator[Shot]:
    for room in range(3):
        sid, cname = _hex(chance), f"maths_{room}"
        for uid in (1001 + 10 * room, 1002 + 10 * room, 2725317129 + room):
            for number, moment in enumerate(_times(_START + room * 600 * _SECONDS, 240, 5, chance)):
                if room == 1 and uid == 1011 and 60 <= number < 96:
                    continue  # a gap of three minutes
                # In one room a second recorder took over after 45 seconds.
                failed_over = room == 2 and number >= 120
                if failed_over and number < 129:
                    continue
                yield _rtc(
                    "cloud-recording", "classroom/", sid, cname, uid, moment, failover=0 if failed_over else None
                )
    odd = _hex(chance)
    for moment in _times(_START, 6, 5, chance):
        yield _rtc("cloud-recording", "classroom/", odd, "50% off + a__uid_s_1__uid_e_video", 77, moment)


def _upload(chance: random.Random) -> Iterator[Shot]:
    for uid in (91, 92):
        sid = _hex(chance).upper()
        for moment in _times(_START, 180, 10, chance):
            yield _rtc("screenshot-upload", "upload/20260105/", sid, "lobby", uid, moment)
    sid = _hex(chance).upper()
    for moment in _times(_START, 20, 10, chance):
        whole = moment.replace(microsecond=0)
        yield _rtc("screenshot-upload", "upload/20260105/", sid, "lobby", 93, whole, form="10")


def _live(chance: random.Random) -> Iterator[Shot]:
    for stream in ("cooking", "karaoke"):
        sid = _hex(chance)
        for moment in _times(_START, 200, 10, chance):
            record = {
                "service": "live-streaming", "prefix": "", "form": "14", "app": "live", "stream": stream, "sid": sid,
                "session_started_at": _START, "captured_at": moment.replace(microsecond=0),
            }  # fmt: skip
            yield Shot(render(record), record)


def _record(chance: random.Random) -> Iterator[Shot]:
    layout = Layout("template", (_RECORD,))
    for moment in _times(_START, 40, 15, chance):
        record = {
            "service": "template", "prefix": "", "form": "0 UnixTimestamp=13", "app": "stage", "stream": "anna",
            "captured_at": moment,
        }  # fmt: skip
        yield Shot(render(record, layout), record)


def _cover(app: str, stream: str) -> Shot:
    return Shot(f"cover/{app}/{stream}.jpg", {"app": app, "stream": stream, "captured_at": None})


def _rtc(  # noqa: PLR0913, PLR0917 - the parts of a name
    service: str,
    prefix: str,
    sid: str,
    cname: str,
    uid: int,
    moment: datetime,
    *,
    form: str = "17",
    failover: int | None = None,
) -> Shot:
    record = {
        "service": service, "prefix": prefix, "form": form, "failover": failover, "sid": sid, "cname": cname,
        "uid": uid, "stream_type": "video", "captured_at": moment,
    }  # fmt: skip
    return Shot(render(record), record)


def _others(sample: Sample) -> Iterator[str]:
    """The recordings beside the screenshots, and names that nobody can read."""
    for room in range(3):
        record = sample.shots["classroom"][room * 700].record
        stem = f"classroom/{record['sid']}_{record['cname']}__uid_s_{record['uid']}__uid_e_video"
        yield f"{stem}.m3u8"
        for number in range(20):
            yield f"{stem}_{_START + (room * 600 + number * 60) * _SECONDS:%Y%m%d%H%M%S}000.ts"
    live = sample.shots["live"][0].record
    yield f"live/cooking/{live['sid']}_20260105100000000_0_20260105103000000.mp4"
    yield f"classroom/en-US_{live['sid']}_maths_0.m3u8"
    yield f"classroom/{live['sid']}_maths_0__uid_s_1001__uid_e_video_20260231100000000.jpg"
    yield f"classroom/{live['sid']}_maths_0__uid_s_4294967296__uid_e_video_20260105100000000.jpg"
    yield f"classroom/{live['sid']}__uid_s_1001__uid_e_video_20260105100000000.jpg"
    yield "classroom/Thumbs.db"
    yield "upload/20260105/IMG_0001.jpg"
    yield "record/stage/anna/latest.jpg"


def _write(folder: Path, key: str, moment: datetime, chance: random.Random) -> None:
    """Write a small JPEG, as if it was uploaded a moment after it was taken."""
    path = folder / "bucket" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    comment = bytes(200 + chance.randrange(400))
    path.write_bytes(b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + b"\xff\xd9")
    uploaded = moment.replace(tzinfo=UTC).timestamp() + 1 + chance.randrange(3)
    os.utime(path, (uploaded, uploaded))
