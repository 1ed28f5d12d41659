"""Keys that are no screenshots, or whose names are awkward: what a careless scanner of answers trips over."""

from __future__ import annotations

from itertools import cycle, islice

_SID = "c1d9a6f0b7e34f5a9d2c8b1e6f7a0{number:03x}"
_SHAPES = (
    "{sid}_lobby.m3u8",
    "{sid}_lobby_0.mp4",
    "{sid}_lobby__uid_s_{number}__uid_e_video.m3u8",
    "{sid}_a&b<c>d__uid_s_{number}__uid_e_video_20260105100000{number:03d}.jpg",
    '{sid}_say "hi" & it\'s 100%+__uid_s_{number}__uid_e_video_20260105100001{number:03d}.jpg',
    "{sid}_&lt;Key&gt;</Key>__uid_s_{number}__uid_e_video_20260105100002{number:03d}.jpg",
    "{sid}_直播间__uid_s_{number}__uid_e_video_20260105100003{number:03d}.jpg",
    "{sid}_😀__uid_s_{number}__uid_e_video_20260105100004{number:03d}.jpg",
    "{sid}_lobby__uid_s_{number}__uid_e_video_20261305100000{number:03d}.jpg",
    "thumbnails/{number}.jpg",
    "notes %2B+ {number}.txt",
    "folder {number}/",
)


def odd_keys(prefix: str, count: int) -> list[str]:
    """So many keys, each of another shape than the one before."""
    shapes = islice(cycle(_SHAPES), count)
    return [
        prefix + shape.format(sid=_SID.format(number=number % 4096), number=number)
        for number, shape in enumerate(shapes)
    ]
