"""Writes the sample's objects as pictures, each with the size and the time that it is to have."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from indexer.demo.sample import START

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.demo.sample import Sample, Shot

_BEGIN, _COMMENT, _END = b"\xff\xd8", b"\xff\xfe", b"\xff\xd9"
_BEFORE = len(_BEGIN) + len(_COMMENT) + 2


def write_files(sample: Sample) -> None:
    """Write every object."""
    for shots in sample.shots.values():
        for shot in shots:
            _write_shot(sample, shot)
    for key in sample.others:
        write_file(path_of(sample, key), _size(sample), START + timedelta(seconds=2))


def path_of(sample: Sample, key: str) -> Path:
    """The file of an object."""
    return sample.folder / "bucket" / key


def write_file(path: Path, size: int, written_at: datetime) -> None:
    """Write a JPEG of so many bytes, as if at that time, naive UTC. What is too small for a picture holds none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = _picture() if size >= _BEFORE + len(_picture()) else _END
    comment = bytes(size - len(shown) - _BEFORE)
    path.write_bytes(_BEGIN + _COMMENT + (len(comment) + 2).to_bytes(2, "big") + comment + shown)
    seconds = written_at.replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))


def _write_shot(sample: Sample, shot: Shot) -> None:
    path = path_of(sample, shot.key)
    if shot.same_as is not None:
        _link(path_of(sample, shot.same_as), path)
        return
    usual = timedelta(seconds=1 + sample.chance.randrange(3))
    after = usual if shot.uploaded_after is None else shot.uploaded_after
    write_file(path, shot.size or _size(sample), shot.moment + after)


def _size(sample: Sample) -> int:
    return _BEFORE + len(_picture()) + sample.chance.randrange(400)


@cache
def _picture() -> bytes:
    """Somebody in front of a wall, without the mark at a JPEG's beginning."""
    return resources.files("indexer.demo").joinpath("picture.jpg").read_bytes().removeprefix(_BEGIN)


def _link(written: Path, path: Path) -> None:
    """Give a file another name, by which it is seen to be one; where there are no such names, copy it with its time."""
    try:
        os.link(written, path)
    except OSError:
        shutil.copy2(written, path)
