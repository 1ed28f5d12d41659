"""The files beside an index that it is made of: those of the lake that it shows.

``indexer attach`` notes them in the index, and a reader may open these and no others. What is noted is believed only
where it is a lake's file: an index that somebody sends you opens no other file of yours.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import IndexAttached, IndexInconsistent
from indexer.lake.layout import is_file
from indexer.store.statements import one

if TYPE_CHECKING:
    import duckdb

_IS_ATTACHED = "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'attached_lake'"


def lake_of(connection: duckdb.DuckDBPyConnection) -> Path | None:
    """The folder of the lake that an index shows, ``None`` for an index of its own."""
    row = one(connection, "SELECT folder FROM attached_lake") if one(connection, _IS_ATTACHED) else None
    return Path(row[0]) if row else None


def check_own(connection: duckdb.DuckDBPyConnection, index: Path) -> None:
    """Let an index through that is its own.

    Raises:
        IndexAttached: it shows a lake.
    """
    if lake := lake_of(connection):
        raise IndexAttached(f"{index} shows the lake {lake} and cannot be written: use the index that it was made from")


def outside_files(connection: duckdb.DuckDBPyConnection, index: Path) -> list[str]:
    """The files that an index needs besides itself, by their absolute paths.

    Raises:
        IndexInconsistent: one is gone, or is no lake's.
    """
    lake = lake_of(connection)
    if lake is None:
        return []
    files = [path for (path,) in connection.execute("SELECT path FROM attached_files").fetchall()]
    for path in files:
        _check(lake, path, index)
    return [str(lake / path) for path in files]


def _check(lake: Path, path: str, index: Path) -> None:
    if not is_file(path):
        raise IndexInconsistent(f"{index} names {path!r}, which is no file of a lake")
    try:
        is_regular = stat.S_ISREG((lake / path).lstat().st_mode)
    except FileNotFoundError:
        is_regular = False
    if not is_regular:
        raise IndexInconsistent(
            f"{index}: {lake / path} is not there any more: run `indexer attach` again after each export"
        )
