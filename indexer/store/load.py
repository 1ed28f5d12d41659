"""Takes a source's listing into the index, batch by batch, while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.errors import IndexInconsistent
from indexer.naming import cut_sql
from indexer.store import statements
from indexer.store.archived import Archived
from indexer.store.described import check_emptiness, check_identity, describe, described, grammar_of
from indexer.store.names import last_name, name_batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

    from indexer.config import Source
    from indexer.listing.shards import Listed, Shard

# One of DuckDB's row groups: what is added in whole ones is written once, and leaves no holes in the file.
_BATCH_KEYS = 122_880
RANGES = pa.schema([("after", pa.string()), ("until", pa.string())])
_SHARDS = pa.schema(
    [
        ("shard", pa.int32()),
        ("from_key", pa.string()),
        ("to_key", pa.string()),
        ("last_key", pa.string()),
        ("pages", pa.uint64()),
        ("started_at", pa.timestamp("us")),
        ("finished_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True, slots=True)
class Merged:
    """What one listing changed, in objects.

    ``left_out`` were written after the run began, and are the next run's; ``held`` is what the source holds afterwards.
    """

    listed: int
    added: int
    changed: int
    deleted: int
    left_out: int = 0
    held: int = field(default=0, compare=False)


class Loader:
    """Loads one source of one run.

    ``add`` takes what was listed, in the order of each shard; objects are added as they come, and deletions inferred
    inside the ranges that were listed. ``finish`` settles what changed, and proves it by receipts. ``full`` says that
    the whole prefix is listed. Nothing of it is seen by a reader before the index is published.

    Raises:
        ListingRefused: the source is now another bucket.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: Source, run: int, began_at: datetime, *, full: bool = True
    ) -> None:
        self._connection = cursor_of(connection)
        self._source = source
        self._run = run
        self._began_at = began_at
        self._full = full
        self._added = 0
        self._waiting: list[Listed] = []
        self._keys_waiting = 0
        self._keys_taken = 0
        check_identity(self._connection, source)
        self._archived = Archived(self._connection, source.name)
        self._read_names_again()
        self._known_names = last_name(self._connection)
        self._knows = described(self._connection, source.name, "source") is not None
        self._held_before = self._held()
        self._outlived = False
        self._connection.execute(statements.statement("begin"))

    def add(self, listed: Listed) -> None:
        """Take one page."""
        room = _BATCH_KEYS - self._keys_waiting
        if listed.objects.num_rows < room:
            self._wait(listed)
            return
        first, rest = listed.split(room)
        self._wait(first)
        self._flush()
        self.add(rest)

    def finish(self, shards: Sequence[Shard], *, complete: bool = True, allow_empty: bool = False) -> Merged:
        """Settle what the listing changed. ``complete`` says that it came to its end.

        Raises:
            ListingRefused: it lists nothing and held something.
            IndexInconsistent: the source does not hold afterwards what was listed.
        """
        if self._full and complete and not allow_empty and not self._keys_taken + self._keys_waiting:
            check_emptiness(self._source.name, self._held_before)
        self._flush()
        keys, left_out, changed, returned, deleted = self._totals()
        self._settle(complete=complete)
        self._write_receipts(shards)
        describe(self._connection, self._source, self._run if self._full and complete else None)
        before = self._held_before + self._added + returned - deleted
        held = self._check_account(keys if self._full and complete and not self._outlived else before)
        return Merged(keys + left_out, self._added, changed, deleted, left_out, held)

    def close(self) -> None:
        """Let go of the index."""
        self._connection.close()

    def _wait(self, listed: Listed) -> None:
        self._waiting.append(listed)
        self._keys_waiting += listed.objects.num_rows

    def _flush(self) -> None:
        if not self._waiting:
            return
        self._connection.register("arrived", _arrow(self._waiting))
        self._connection.register("ranges", _ranges(self._waiting))
        cut = cut_sql(self._source.layout, "arrived")
        statements.run_filled(self._connection, "batch", "cut", cut, leave_after=self._leave_after())
        name_batch(self._connection, self._source)
        self._merge()
        self._connection.unregister("arrived")
        self._connection.unregister("ranges")
        self._keys_taken += self._keys_waiting
        self._waiting = []
        self._keys_waiting = 0

    def _merge(self) -> None:
        if self._knows:
            self._execute("touched", source=self._source.name, known_names=self._known_names, **self._prefix())
            self._archived.meet(every=not self._full)
            self._execute("known", run=self._run)
            self._archived.know()
        self._execute("tally")
        if self._knows:
            self._outlived = self._leave_to_later()
            self._execute("note_met", every=not self._full)
            self._execute("note_gone")
        self._added += self._execute("add_objects", run=self._run, last_seen_run=None if self._full else self._run)

    def _leave_to_later(self) -> bool:
        """Take what runs that began later know better out of ``known`` and ``named``; whether there were any such runs.

        A listing is newer than all that is known.
        """
        return False

    def _leave_after(self) -> datetime | None:
        """What was written after this is left to the next run. A key that is written over again never gets older."""
        return None if self._source.layout.mutable else self._began_at

    def _totals(self) -> tuple[int, int, int, int, int]:
        row = statements.one(self._connection, statements.statement("totals"))
        assert row is not None  # noqa: S101 - an aggregate has one row
        keys, left_out, changed, returned, deleted = map(int, row)
        return keys, left_out, changed, returned, deleted

    def _settle(self, *, complete: bool) -> None:
        last_complete = self._full and complete
        self._execute("change", last_seen_run=None if last_complete else self._run)
        self._execute("delete", source=self._source.name, deleted_at=self._began_at)
        if last_complete:
            self._archived.leave_out(self._source.storage.prefix)
            self._execute("see_all", source=self._source.name, began_at=self._began_at, **self._prefix())
        elif self._full:
            self._execute("see_added", source=self._source.name, run=self._run)
        else:
            self._execute("see", run=self._run)

    def _read_names_again(self) -> None:
        """Name all known objects anew, deleted ones too, where configuration or grammar reads them otherwise."""
        row = described(self._connection, self._source.name, "grammar")
        if row and row[0] != grammar_of(self._source):
            self._archived.dissolve()
            self._execute("spell", source=self._source.name)
            statements.run_filled(self._connection, "old_batch", "cut", cut_sql(self._source.layout, "spelled"))
            self._connection.execute("DELETE FROM names WHERE source = ?", [self._source.name])
            name_batch(self._connection, self._source)
            self._execute("name_again")

    def _check_account(self, expected: int) -> int:
        """Every listed object is a screenshot or an other object, once; gives how many the source holds."""
        held = self._held()
        if held != expected:
            raise IndexInconsistent(
                f"source {self._source.name} listed {expected} objects and the index would hold {held}: "
                "nothing was published; please report this"
            )
        return held

    def _held(self) -> int:
        return self._execute("held", source=self._source.name, **self._prefix())

    def _prefix(self) -> dict[str, str]:
        return {"prefix": self._source.storage.prefix}

    def _write_receipts(self, shards: Sequence[Shard]) -> None:
        rows = [
            {
                "shard": shard.number,
                "from_key": shard.after,
                "to_key": shard.until,
                "last_key": shard.last_key,
                "pages": shard.pages,
                "started_at": shard.started_at,
                "finished_at": shard.finished_at,
            }
            for shard in shards
        ]
        self._connection.register("shards", pa.Table.from_pylist(rows, _SHARDS))
        self._execute("receipts", run=self._run, source=self._source.name, **self._prefix())
        self._connection.unregister("shards")

    def _execute(self, statement: str, **parameters: object) -> int:
        return statements.run(self._connection, statement, **parameters)


def cursor_of(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection to the same index, with temporary tables of its own."""
    row = statements.one(connection, "SELECT current_database()")
    assert row is not None  # noqa: S101
    cursor = connection.cursor()
    cursor.execute(f'USE "{row[0]}"')
    return cursor


def _arrow(waiting: list[Listed]) -> pa.Table:
    """The listed objects with the number of their shard."""
    return pa.Table.from_batches(
        [listed.objects.append_column("shard", _repeated(listed.shard, listed.objects.num_rows)) for listed in waiting]
    )


def _repeated(shard: int | None, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(shard, pa.int32()), count)


def _ranges(waiting: list[Listed]) -> pa.Table:
    """The ranges that were listed, those of one shard put together."""
    ranges: dict[int, dict[str, str | None]] = {}
    for listed in waiting:
        if listed.covers is not None and listed.shard is not None:
            begin = ranges.get(listed.shard, {"after": listed.covers.after})["after"]
            ranges[listed.shard] = {"after": begin, "until": listed.covers.until}
    return pa.Table.from_pylist(list(ranges.values()), RANGES)
