"""Builds the next index beside the published one, and publishes it by an atomic rename.

A reader has the old file or the new one, never half a run, and holds up nobody: the file it has open stays what it is.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.store.attach import attached
from indexer.store.lock import lock_of, locked
from indexer.store.migrations import migrate
from indexer.store.outside import check_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

# What every DuckDB from 1.2 on can open; DuckDB 2 writes a newer format unless it is told.
STORAGE_VERSION = "v1.2.0"
# A run's memory stays flat however large the bucket is: DuckDB spills beside the index what does not fit in this.
MEMORY_LIMIT = "160MB"
_MOST_THREADS = 4
_READ_ONLY = 0o444


@contextmanager
def build(
    index: Path,
    *,
    memory_limit: str = MEMORY_LIMIT,
    all_threads: bool = False,
    compact: bool = False,
    anew: bool = False,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection to a copy of the index; what is committed in it is published when the block ends well.

    A block that ends with an exception publishes nothing. ``memory_limit`` is what DuckDB may hold before it spills;
    ``all_threads`` is for what has the machine's processors to itself. ``compact`` gives back the room of what was
    deleted, which DuckDB keeps for what is to come, by writing the tables into a new file. ``anew`` begins with an
    empty index, whatever is there.

    Raises:
        IndexLocked: another run is at it.
        IndexInconsistent: the file at the index's place is none.
    """
    index.parent.mkdir(parents=True, exist_ok=True)
    with locked(lock_of(index)):
        beside = made = index.with_name(index.name + ".build")
        compacted = index.with_name(index.name + ".compacted")
        _remove(beside, compacted)
        if index.exists() and not anew:
            shutil.copyfile(index, beside)
        try:
            with attached(beside, f"STORAGE_VERSION '{STORAGE_VERSION}'", index) as connection:
                connection.execute(f"SET memory_limit = '{memory_limit}'")
                if not all_threads:
                    connection.execute(f"SET threads = {_threads(connection)}")
                check_own(connection, index)
                migrate(connection)
                yield connection
                connection.execute("CHECKPOINT")
                if compact:
                    made = compacted
                    _copy(connection, made)
                connection.execute("USE memory")
                connection.execute("DETACH index")
            _publish(made, index)
        finally:
            _remove(beside, compacted)


def _threads(connection: duckdb.DuckDBPyConnection) -> int:
    """Half of the processors, as the listing has the other half, and few enough to share ``MEMORY_LIMIT``."""
    processors = int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])
    return min(max(1, processors // 2), _MOST_THREADS)


def _copy(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write all that the index holds into a new file."""
    quoted = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS compacted (STORAGE_VERSION '{STORAGE_VERSION}')")
    connection.execute("COPY FROM DATABASE index TO compacted")
    connection.execute("CHECKPOINT compacted")
    connection.execute("DETACH compacted")


def _publish(beside: Path, index: Path) -> None:
    beside.chmod(_READ_ONLY)
    _sync(beside)
    beside.replace(index)
    _sync(index.parent)


def _sync(path: Path) -> None:
    """Have the disk keep a file, or a folder's entries, before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(*besides: Path) -> None:
    """Clear away what a killed run left."""
    for beside in besides:
        for path in (beside, Path(f"{beside}.wal")):
            path.unlink(missing_ok=True)
        shutil.rmtree(f"{beside}.tmp", ignore_errors=True)
