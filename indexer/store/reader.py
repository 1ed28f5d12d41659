"""Opens the published index for reading, in a connection that can touch nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from indexer.errors import IndexInconsistent, IndexMissing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def reading(index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a read-only connection that reads and writes no other file and loads no extension.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexInconsistent: the file is no index.
    """
    if not index.exists():
        raise IndexMissing(f"{index} is not there yet: run `indexer sync`")
    try:
        connection = duckdb.connect(str(index), read_only=True)
    except duckdb.Error as error:
        raise IndexInconsistent(f"{index} cannot be opened: {error}") from error
    try:
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()
