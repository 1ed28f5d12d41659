"""One inventory into the index that is built: checked, brought file by file, and merged as one full listing."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from indexer.inventory.rows import Reading
from indexer.inventory.spool import at_hand
from indexer.listing.shards import Shard
from indexer.store import runs
from indexer.store.bulk import BulkLoader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import duckdb

    from indexer.config import Source
    from indexer.inventory.dialects.dialect import KeyEncoding
    from indexer.inventory.find import Found
    from indexer.inventory.manifest import InventoryFile
    from indexer.store import Merged

MEMORY_LIMIT = "500MB"
"""What DuckDB may hold before it spills: with what is outside of its count, the process stays under 1 GB."""
_MOST_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where an inventory goes: into this connection's index, as this run, with room for copies beside the index."""

    connection: duckdb.DuckDBPyConnection
    run: int
    index: Path
    now: Callable[[], datetime]


def load_inventory(
    place: Place,
    source: Source,
    found: Found,
    *,
    key_encoding: KeyEncoding | None = None,
    allow_empty: bool = False,
) -> tuple[Merged, runs.Listing]:
    """Take an inventory in, all of it or nothing, and record it as a listing that began at its snapshot.

    Raises:
        InventoryRefused: it is damaged, of another bucket, or holds what is not read.
        ListingRefused: it is older than what is known, or holds nothing where the source held something.
        VendorError: one of its files cannot be read.
    """
    reading = Reading(found.manifest, found.dialect, source.storage, key_encoding)
    reading.check()
    snapshot, begun = found.manifest.snapshot, place.now()
    with (
        _at_full_speed(place.connection),
        closing(BulkLoader(place.connection, source, place.run, snapshot)) as loader,
    ):
        try:
            _take(place, loader, reading, found)
            shard = Shard(0, None, None, pages=len(found.manifest.files), started_at=begun, finished_at=place.now())
            merged = loader.finish([shard], allow_empty=allow_empty)
        except BaseException:
            loader.forget_names()
            raise
    listing = runs.Listing("inventory", snapshot, place.now(), 0, 0)
    runs.note_listing(place.connection, place.run, source.name, listing, merged)
    return merged, listing


def _take(place: Place, loader: BulkLoader, reading: Reading, found: Found) -> None:
    """Read all files, some at once, as a gzipped one is read by one thread alone."""
    counted = _Counted(reading, loader)
    with tempfile.TemporaryDirectory(dir=place.index.parent, prefix=f"{place.index.name}.inventory.") as folder:

        def take(file: InventoryFile) -> None:
            with at_hand(found.files, found.located, found.manifest, file, Path(folder)) as (path, gzipped):
                counted.take(file, path, gzipped=gzipped)

        with ThreadPoolExecutor(_at_once(), "inventory") as pool:
            try:
                for _ in pool.map(take, found.manifest.files):
                    pass
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    counted.check()


class _Counted:
    """Takes files, and counts their rows where the manifest counts them."""

    def __init__(self, reading: Reading, loader: BulkLoader) -> None:
        self._reading = reading
        self._loader = loader
        self._rows = 0
        self._shown = 0
        self._lock = Lock()

    def take(self, file: InventoryFile, path: Path, *, gzipped: bool) -> None:
        """Take one file.

        Raises:
            InventoryRefused: DuckDB cannot read it, or reads what is no inventory.
        """
        with self._reading.told(file):
            self._loader.take(self._reading.sql(path, gzipped=gzipped))
            if self._is_needed():
                self._add(*self._loader.counted(self._reading.counting(path, gzipped=gzipped)))

    def check(self) -> None:
        """Check what can only be said of all files together.

        Raises:
            InventoryRefused: there are more or fewer rows than the manifest counts, or none that is the source's.
        """
        self._reading.check_counts(self._rows, self._shown, self._loader.keys)

    def _is_needed(self) -> bool:
        """Rows are counted where they can be compared, or where nothing of the source was found yet."""
        return self._reading.manifest.rows is not None or not self._loader.keys

    def _add(self, rows: int, shown: int) -> None:
        with self._lock:
            self._rows += rows
            self._shown += shown


def _at_once() -> int:
    return min(os.cpu_count() or 1, _MOST_AT_ONCE)


@contextmanager
def _at_full_speed(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """An inventory has the machine to itself: no listing goes on beside it."""
    settings = "SELECT current_setting('memory_limit'), current_setting('threads')"
    ((memory_limit, threads),) = connection.execute(settings).fetchall()
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"SET threads = {_at_once()}")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{memory_limit}'")
        connection.execute(f"SET threads = {threads}")
