"""What lies beside the screenshots: recordings, and names that nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.demo.sample import START
from indexer.demo.shots import SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.demo.sample import Sample


def add_others(sample: Sample) -> None:
    """Add them, fewer than one in a hundred where they are not to be told of."""
    sample.others += [*_recordings(sample), *_unreadable(sample), *_camera(sample)]


def _recordings(sample: Sample) -> Iterator[str]:
    for room in range(3):
        record = sample.session("classroom", f"maths_{room}", 1001 + 10 * room)[0].record
        stem = f"classroom/{record['sid']}_{record['cname']}__uid_s_{record['uid']}__uid_e_video"
        yield f"{stem}.m3u8"
        for number in range(20):
            yield f"{stem}_{START + (room * 600 + number * 60) * SECOND:%Y%m%d%H%M%S}000.ts"
    live = sample.shots["live"][0].record
    yield f"live/cooking/{live['sid']}_20260105100000000_0_20260105103000000.mp4"


def _unreadable(sample: Sample) -> Iterator[str]:
    sid = sample.shots["live"][0].record["sid"]
    yield f"classroom/en-US_{sid}_maths_0.m3u8"
    yield f"classroom/{sid}_maths_0__uid_s_1001__uid_e_video_20260231100000000.jpg"
    yield f"classroom/{sid}_maths_0__uid_s_4294967296__uid_e_video_20260105100000000.jpg"
    yield f"classroom/{sid}__uid_s_1001__uid_e_video_20260105100000000.jpg"
    yield "classroom/Thumbs.db"


def _camera(sample: Sample) -> Iterator[str]:
    """Somebody put pictures of a camera into the bucket, and a script its newest picture."""
    pictures = sample.chance.randrange(5, 12)
    yield from (f"upload/20260105/IMG_{number:04d}.jpg" for number in range(pictures))
    sample.plant("unknown-names", "warning", pictures, source="upload")
    yield "record/stage/anna/latest.jpg"
    sample.plant("unknown-names", "warning", 1, source="record")
