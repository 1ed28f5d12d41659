"""What happens to the bucket between two nights: pictures are deleted, and one is written again after its verdict."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from indexer.demo.files import path_of
from indexer.demo.sample import START

if TYPE_CHECKING:
    from indexer.demo.sample import Sample

REPLACED_AT = START + timedelta(hours=1)
"""When another picture is written over a judged one, naive UTC."""


def delete_doomed(sample: Sample) -> None:
    """Delete what the sample has marked for it."""
    for key in sample.doomed:
        path_of(sample, key).unlink()


def replace_judged(sample: Sample) -> None:
    """Write other pictures over those that the sample has marked for it."""
    seconds = REPLACED_AT.replace(tzinfo=UTC).timestamp()
    for key, by in sample.replaced.items():
        shutil.copyfile(path_of(sample, by), path_of(sample, key))
        os.utime(path_of(sample, key), (seconds, seconds))
