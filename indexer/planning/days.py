"""Layouts with a folder for each day: a day that is over, and late uploads with it, is not listed again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from indexer.listing.ranges import WHOLE, KeyRange, without
from indexer.planning.plan import Plan
from indexer.store.known import day_folders

if TYPE_CHECKING:
    import duckdb

    from indexer.config import Source


def plan_by_days(connection: duckdb.DuckDBPyConnection, source: Source, cutoff: datetime) -> Plan | None:
    """List all but the folders of days that ended before ``cutoff``; ``None`` where there is none.

    What is no folder of a day is listed too, wherever it stands before the first or after the last of them.
    """
    folders = source.layout.day_folders(source.storage.prefix)
    if not folders:
        return None
    start, form = folders
    # The clock that named the folders may be a day ahead of UTC, or behind.
    first_open = (cutoff - timedelta(days=1)).strftime(form)
    known = day_folders(connection, source.name, start, len(first_open))
    over = [day for day, is_folder, _ in known if is_folder and day < first_open and _is_day(day, form)]
    if not over:
        return None
    # Names begin with a session id. What is behind "~" is listed again, and does no harm.
    skipped = KeyRange(start + over[0], f"{start}{over[-1]}/~")
    # What is no folder of a day and stands between two of them is passed over too.
    between = [count for day, _, count in known if over[0] <= day < over[-1]]
    last = [count for day, is_folder, count in known if is_folder and day == over[-1]]
    why = f"the days from {first_open} on; {len(over)} days before are taken for finished"
    return Plan("incremental", why, tuple(without(WHOLE, [skipped])), sum(between + last))


def _is_day(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - a day, and no instant
    except ValueError:
        return False
    return True
