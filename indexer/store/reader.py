"""Opens the published index for reading, in a connection that can touch nothing but the files it is made of."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from indexer.errors import IndexMissing
from indexer.store import archived
from indexer.store.attach import attached
from indexer.store.migrations import migrate
from indexer.store.outside import outside_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Without external access DuckDB still lets a statement write to the files that it has attached: COPY to the index's own
# path went through, to a root user's loss. Without a file system nothing does; a query then has memory alone.
_LOCKED = """
SET temp_directory = '';
SET enable_external_access = false;
SET disabled_filesystems = 'LocalFileSystem';
SET lock_configuration = true;
"""

# An index over Parquet files needs those: by their exact paths. They are never written again, and none but root may.
# A statement of a user's that would write is refused before it runs (see `check_reads`).
_LOCKED_BUT = """
SET temp_directory = '';
SET allowed_paths = {files};
SET enable_external_access = false;
SET lock_configuration = true;
"""


@contextmanager
def reading(index: Path, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a read-only connection that reads and writes no other file and loads no extension.

    It sees the index as it is now, whatever is published later. ``memory_limit`` is what a query may hold, as DuckDB
    writes it ("512MB"); without it, most of the machine's memory.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexInconsistent: the file is no index.
    """
    if not index.exists():
        raise IndexMissing(f"{index} is not there yet: run `indexer sync`")
    with attached(index, "READ_ONLY", index) as connection:
        if memory_limit:
            connection.execute("SET memory_limit = ?", [memory_limit])
        files = [*archived.files(connection), *outside_files(connection, index)]
        connection.execute(_LOCKED_BUT.format(files=archived.literals(files)) if files else _LOCKED)
        yield connection


@contextmanager
def reading_if_there(index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a reader of the index, or of an empty one where nothing was published yet.

    Raises:
        IndexInconsistent: the file is no index.
    """
    if index.exists():
        with reading(index) as connection:
            yield connection
        return
    with duckdb.connect() as empty:
        migrate(empty)
        yield empty
