"""Takes a whole bucket's inventory into the index: file by file, in any order, and merged as one listing at the end."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.errors import ListingRefused
from indexer.naming import cut_sql
from indexer.store import statements
from indexer.store.known import listed_whole_at
from indexer.store.load import RANGES, Loader, cursor_of
from indexer.store.names import name_batch

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from indexer.config import Source


class BulkLoader(Loader):
    """Loads one source as it was at one instant, ``began_at``, which may be before that of runs in the index.

    What a run that began later saw, or did not see where it listed, wins. Several threads may call ``take`` at once.

    Raises:
        ListingRefused: the source is now another bucket, or was listed as a whole since.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source, run: int, began_at: datetime) -> None:
        _check_age(connection, source, began_at)
        super().__init__(connection, source, run, began_at)
        self._naming = Lock()
        # In memory a compressed table is a third as large, and less of it is spilled.
        self._connection.execute("ATTACH ':memory:' AS staging (COMPRESS)")
        self._connection.execute(statements.statement("stage"))

    @property
    def keys(self) -> int:
        """How many objects were taken."""
        return self._keys_taken

    def take(self, arrived: str) -> None:
        """Take some objects.

        ``arrived`` is SQL of ours that gives the columns of a listing, and ``shard``, which is 0.
        """
        with self._cursor() as cursor:
            cut = cut_sql(self._source.layout, arrived)
            statements.run_filled(cursor, "batch", "cut", cut, leave_after=self._leave_after())
            with self._naming:
                name_batch(cursor, self._source)
                self._keys_taken += statements.run(cursor, "stage_batch")

    def counted(self, rows: str) -> tuple[int, ...]:
        """What a statement of ours counts."""
        with self._cursor() as cursor:
            return statements.one(cursor, rows) or ()

    def close(self) -> None:
        """Let go of the index, and of what was not taken into it."""
        self._connection.execute("DROP VIEW IF EXISTS temp.named")
        self._connection.execute("DETACH staging")
        super().close()

    def forget_names(self) -> None:
        """Take the names of objects that are not loaded after all out of the index again."""
        sql = "DELETE FROM names WHERE source = ? AND name_id > ?"
        self._connection.execute(sql, [self._source.name, self._known_names])

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """A thread's own connection; the one that is shared answers one call at a time."""
        with self._naming:
            return cursor_of(self._connection)

    def _flush(self) -> None:
        if self._execute("staged_twice"):
            self._execute("stage_once")
        self._connection.execute("CREATE OR REPLACE TEMP VIEW named AS FROM staging.staged")
        self._connection.register("ranges", pa.Table.from_pylist([{"after": None, "until": None}], RANGES))
        self._merge()
        self._connection.unregister("ranges")

    def _leave_to_later(self) -> bool:
        parameters = {"source": self._source.name, "began_at": self._began_at}
        sql = "SELECT count(*) FROM run_sources WHERE source = $source AND began_at > $began_at"
        if statements.one(self._connection, sql, parameters) == (0,):
            return False
        self._execute("later", **parameters)
        self._connection.execute(statements.statement("leave_to_later"))
        return True


def _check_age(connection: duckdb.DuckDBPyConnection, source: Source, began_at: datetime) -> None:
    listed_at = listed_whole_at(connection, source.name)
    if listed_at is not None and listed_at > began_at:
        raise ListingRefused(
            f"source {source.name}: this inventory is of {began_at:%Y-%m-%d %H:%M:%S} UTC, and the whole source was "
            f"listed since, at {listed_at:%Y-%m-%d %H:%M:%S} UTC: it tells nothing that is not known better"
        )
