"""A made-up bucket in a folder with gaps to be found, and its configuration."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
CONFIG = """
[sources.classroom]
layout = "cloud-recording"
interval = 5
storage = { vendor = "local", bucket = "bucket" }
"""


def session(folder: Path, moments: Iterable[int], cname: str = "room_1") -> list[Path]:
    """The pictures of one session, each of its own, written when they were taken: so many seconds after ``START``."""
    (folder / "bucket").mkdir(exist_ok=True)
    return [_picture(folder, START + timedelta(seconds=moment), cname) for moment in moments]


def _picture(folder: Path, at: datetime, cname: str) -> Path:
    name = f"38f8e3_{cname}__uid_s_7__uid_e_video_{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03}.jpg"
    path = folder / "bucket" / name
    path.write_text(name)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def bucket(folder: Path) -> None:
    """One session with a gap of 100 s, which is a warning, and one of 1,000 s, which is critical."""
    folder.mkdir(exist_ok=True)
    (folder / "indexer.toml").write_text(CONFIG)
    session(folder, [*range(0, 1000, 5), *range(1100, 2000, 5), *range(3000, 4000, 5)])
