"""Writes the sample's objects as files, each with the size and the time that it is to have."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from indexer.demo.sample import START

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.demo.sample import Sample, Shot

_BEGIN, _COMMENT, _END = b"\xff\xd8", b"\xff\xfe", b"\xff\xd9"
_AROUND = len(_BEGIN) + len(_COMMENT) + 2 + len(_END)


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
    """Write a JPEG of so many bytes that holds nothing but a comment, as if at that time, naive UTC."""
    path.parent.mkdir(parents=True, exist_ok=True)
    comment = bytes(size - _AROUND)
    path.write_bytes(_BEGIN + _COMMENT + (len(comment) + 2).to_bytes(2, "big") + comment + _END)
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
    return 208 + sample.chance.randrange(400)


def _link(written: Path, path: Path) -> None:
    """Give a file another name, by which it is seen to be one; where there are no such names, copy it with its time."""
    try:
        os.link(written, path)
    except OSError:
        shutil.copy2(written, path)
