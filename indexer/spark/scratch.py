"""Where a task or the driver works in DuckDB: on an index that nobody publishes, or on files alone."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.store.attach import attached
from indexer.store.build import MEMORY_LIMIT, STORAGE_VERSION
from indexer.store.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an empty index in a temporary folder."""
    with bench() as connection:
        migrate(connection)
        yield connection


@contextmanager
def bench() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an empty database in a temporary folder, for one thread: a Spark task has one processor."""
    with tempfile.TemporaryDirectory(prefix="indexer-") as folder:
        path = Path(folder) / "scratch.duckdb"
        with attached(path, f"STORAGE_VERSION '{STORAGE_VERSION}'", path) as connection:
            connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            connection.execute("SET threads = 1")
            yield connection
