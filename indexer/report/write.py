"""One report, top to bottom: read the figures of an index, lay out the page, and put it where it was asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.errors import UsageError
from indexer.report.figures import figures
from indexer.report.page import page
from indexer.store import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

MEMORY_LIMIT = "512MB"
"""What a query may hold."""


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Options:
    """What is reported, and under which title. Without a day it is the newest with screenshots.

    ``clock`` gives the moment that the page says it was made at, naive UTC; nothing else in it depends on that.
    """

    day: date | None = None
    title: str = "Live-video screenshots"
    clock: Callable[[], datetime] = _utc_now


def write_report(index: Path, output: Path, options: Options = Options()) -> None:
    """Write the report of an index as one HTML file, in place of what is there.

    Raises:
        IndexMissing: nothing was published there yet.
        UsageError: the folder to write into is not there, or the day is none of the calendar's.
    """
    if not output.parent.is_dir():
        raise UsageError(f"{output}: there is no folder {output.parent}")
    made_at = options.clock()
    with reading(index, MEMORY_LIMIT) as connection:
        told = figures(connection, options.day, made_at.date())
    _write(output, page(told, options.title, made_at))


def _write(output: Path, text: str) -> None:
    """Put the whole text into place at once: who reads meanwhile has the old page or the new one."""
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
