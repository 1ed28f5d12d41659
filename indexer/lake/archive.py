"""One archiving, top to bottom: write old days as files, have the index show these, and publish it without the rows.

The files and their manifest last before the index that needs them is published. Killed in between, the index of before
is as it was, and the next archiving clears away what nobody needs. Files that the index before needs stay until then.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.errors import IndexInconsistent, IndexMissing
from indexer.lake.files import write_parquet
from indexer.lake.layout import OBJECTS, ROWS_A_GROUP, STAGING, check_folder, is_file, partition, place
from indexer.lake.manifest import File, Manifest, sync_folder, write_manifest
from indexer.store import archived, build, reading, runs
from indexer.store.lock import held
from indexer.store.migrations import newest
from indexer.store.statements import one, run, statement

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    import duckdb

MEMORY_LIMIT = "256MB"
"""What sorting a day and writing the index anew may hold in DuckDB; what does not fit is spilled beside the index."""


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Day:
    """What left the index of one source's day, and the file that the day has now, with its rows and bytes."""

    source: str
    day: date
    objects: int
    rows: int
    bytes: int


def archive(index: Path, folder: Path, before: datetime, clock: Callable[[], datetime] = _utc_now) -> list[Day]:
    """Move the days that ended before a moment, naive UTC, out of the index into a folder's files.

    Only whole days go, and of those whose sources were listed to their end a day after them. Nothing is published where
    none can go. ``folder`` is absolute.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexLocked: another run is at it.
        IndexInconsistent: the files do not hold what is to leave; nothing was published.
        UsageError: the folder's path means something else to DuckDB.
    """
    check_folder(folder)
    if not index.exists():
        raise IndexMissing(f"{index} is not there yet: run `indexer sync`")
    with held(index):
        if not _may_leave(index, before):
            return []
        with build(index, memory_limit=MEMORY_LIMIT, compact=True) as connection:
            # Several sort a day no faster, and hold more the larger it is.
            connection.execute("SET threads = 1")
            needed = set(archived.files(connection))
            moved = move(connection, folder, before, clock)
            needed |= set(archived.files(connection))
        _clear(folder, needed)
    return moved


def move(
    connection: duckdb.DuckDBPyConnection, folder: Path, before: datetime, clock: Callable[[], datetime]
) -> list[Day]:
    """Write the files of what may leave, commit them, and have the index show them for its own rows.

    Raises:
        IndexInconsistent: the index would not show the same objects as before.
    """
    number = runs.start(connection, "archive", clock())
    proof = one(connection, statement("row_proof"))
    moved = [_write(connection, folder, *day) for day in _departing(connection, before)]
    _commit(connection, folder, number, clock())
    run(connection, "depart")
    archived.show(connection)
    if one(connection, statement("row_proof")) != proof:
        raise IndexInconsistent(
            "the archive would not hold what leaves the index: nothing was published; please report this"
        )
    runs.finish(connection, number, clock(), "complete")
    return moved


def _may_leave(index: Path, before: datetime) -> bool:
    with reading(index) as connection:
        return bool(_departing(connection, before))


def _departing(connection: duckdb.DuckDBPyConnection, before: datetime) -> list[tuple[str, date, int]]:
    """The sources and days that may leave, and how many objects each has to give."""
    run(connection, "departing", before=before)
    return connection.execute("SELECT source, day, objects FROM departing ORDER BY source, day").fetchall()


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, source: str, day: date, objects: int) -> Day:
    """Write a day's file, with what has left of the day before, and note in the index what it holds."""
    name = partition(source, day.isoformat())
    (folder / STAGING).mkdir(parents=True, exist_ok=True)
    rows = connection.sql(_rows_of(connection, source, day)).to_arrow_reader(ROWS_A_GROUP)
    written = write_parquet(folder / STAGING, rows.schema, rows)
    path = f"{place(OBJECTS, name)}/{written.sha256}.parquet"
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    written.path.replace(folder / path)
    archived.note(
        connection, archived.File(source, day, str(folder), path, written.rows, written.bytes, written.sha256)
    )
    return Day(source, day, objects, written.rows, written.bytes)


def _rows_of(connection: duckdb.DuckDBPyConnection, source: str, day: date) -> str:
    parts = {
        "archived": archived.rows_of(archived.files_of(connection, source, day)),
        "source": archived.literal(source),
        "day": f"DATE {archived.literal(day.isoformat())}",
    }
    sql = statement("departing_rows")
    for name, part in parts.items():
        sql = sql.replace("{" + name + "}", part)
    return sql


def _commit(connection: duckdb.DuckDBPyConnection, folder: Path, number: int, now: datetime) -> None:
    """Have the disk keep the folder's files, and say in its manifest which the index is going to need."""
    files = [file for file in archived.noted(connection) if file.folder == str(folder)]
    for holder in sorted({holder for file in files for holder in (folder / file.path).relative_to(folder).parents}):
        sync_folder(folder / holder)
    sync_folder(folder.parent)
    listed = tuple(
        File(OBJECTS, partition(file.source, file.day.isoformat()), file.path, file.rows, file.bytes, file.sha256)
        for file in files
    )
    write_manifest(folder, Manifest(newest(), number, now, listed))


def _clear(folder: Path, needed: set[str]) -> None:
    """Remove the files that neither the index of before nor the one that is published now needs."""
    for path in sorted(folder.glob(f"{OBJECTS}/*/*/*.parquet")):
        if str(path) not in needed and is_file(path.relative_to(folder).as_posix()):
            path.unlink()
            _remove_empty(path.parent, folder)
    shutil.rmtree(folder / STAGING, ignore_errors=True)


def _remove_empty(path: Path, folder: Path) -> None:
    while path != folder and not any(path.iterdir()):
        path.rmdir()
        path = path.parent
