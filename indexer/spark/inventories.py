"""Reads a source's inventory on a cluster: each of its files is one task's, read as ``indexer inventory`` reads it."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.errors import InventoryRefused, ListingRefused, UsageError
from indexer.inventory.files import files_of
from indexer.inventory.find import dialect_of, newest
from indexer.inventory.rows import Reading
from indexer.inventory.run import found_at
from indexer.inventory.spool import at_hand
from indexer.store import statements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import duckdb

    from indexer.config import Source
    from indexer.inventory.find import Found
    from indexer.spark.parcel import Parcel
    from indexer.spark.task import Receipt
    from indexer.store.bulk import BulkLoader

_CONNECTIONS = 2


class Inventory(NamedTuple):
    """A source's inventory, and how its files are read."""

    found: Found
    reading: Reading

    @property
    def snapshot(self) -> datetime:
        """The instant, naive UTC, up to which it is all there was."""
        return self.found.manifest.snapshot


def inventory_of(source: Source) -> Inventory:
    """The newest complete inventory of a source, where the configuration says.

    Raises:
        InventoryRefused: there is none, it is damaged, or it is not of this source.
        UsageError: the configuration names no place of inventories.
        VendorError: the place cannot be read.
    """
    found, place = _found(source), source.inventory
    if found is None or place is None:
        raise InventoryRefused(source.name, f"there is no complete inventory of {source.storage.bucket!r}")
    reading = Reading(found.manifest, found.dialect, source.storage, place.key_encoding)
    reading.check()
    return Inventory(found, reading)


def _found(source: Source) -> Found | None:
    place = source.inventory
    if place is not None and place.path is not None:
        return found_at(place.path, source)
    if place is None or place.storage is None:
        raise UsageError(f"source {source.name} has no [sources.{source.name}.inventory]")
    return newest(files_of(place.storage, _CONNECTIONS), dialect_of(source.storage), source.storage.bucket)


@lru_cache(maxsize=8)
def opened(parcel: Parcel, name: str, manifest: str) -> tuple[Source, Inventory]:
    """A source and its inventory, found once for all tasks of a Python process of Spark's.

    Raises:
        InventoryRefused: it is not the one that the driver found.
    """
    source = parcel.source(name)
    inventory = inventory_of(source)
    if inventory.found.manifest.name != manifest:
        raise InventoryRefused(manifest, "a newer one was finished meanwhile: run again")
    return source, inventory


def take(
    connection: duckdb.DuckDBPyConnection, loader: BulkLoader, inventory: Inventory, number: int
) -> dict[str, Any]:
    """Take one file in, and count its rows, and those that a listing of the whole bucket would show.

    Raises:
        InventoryRefused: it is damaged, or DuckDB reads no inventory in it.
        VendorError: it cannot be read.
    """
    found, reading = inventory
    file = found.manifest.files[number]
    with (
        tempfile.TemporaryDirectory(prefix="indexer-") as folder,
        at_hand(found.files, found.located, found.manifest, file, Path(folder)) as (path, gzipped),
        reading.told(file),
    ):
        loader.take(reading.sql(path, gzipped=gzipped))
        counted = statements.one(connection, reading.counting(path, gzipped=gzipped)) or (0, 0)
    return dict(zip(("rows", "shown"), counted, strict=True))


def check_counts(inventory: Inventory, receipts: Sequence[Receipt]) -> None:
    """Check what can only be said of all files together.

    Raises:
        InventoryRefused: there are more or fewer rows than the manifest counts, or none that is the source's.
    """
    rows, shown, keys = (sum(getattr(each, name) for each in receipts) for name in ("rows", "shown", "keys"))
    inventory.reading.check_counts(rows, shown, keys)


def check_age(connection: duckdb.DuckDBPyConnection, source: str, inventory: Inventory) -> None:
    """Refuse an inventory that is older than what the lake knows.

    Raises:
        ListingRefused: the source was listed since.
    """
    sql = "SELECT max(began_at) FROM run_sources WHERE source = ? AND status = 'complete'"
    row = statements.one(connection, sql, [source])
    if row and row[0] is not None and row[0] >= inventory.snapshot:
        raise ListingRefused(
            f"source {source}: its inventory is of {inventory.snapshot:%Y-%m-%d %H:%M:%S} UTC, and it was listed "
            f"since, at {row[0]:%Y-%m-%d %H:%M:%S} UTC: sync without --inventories"
        )
