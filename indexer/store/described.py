"""What an index says of each source, and whether a source is still the one that it says that of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.errors import ListingRefused
from indexer.naming import GRAMMAR_VERSION
from indexer.store import statements

if TYPE_CHECKING:
    import duckdb

    from indexer.config import Source


def described(connection: duckdb.DuckDBPyConnection, source: str, columns: str) -> tuple[Any, ...] | None:
    """Some columns of a source's row, as ``columns`` of ours has them; ``None`` where it was never listed."""
    sql = f"SELECT {columns} FROM sources WHERE source = ?"  # noqa: S608 - columns of ours
    return statements.one(connection, sql, [source])


def check_identity(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Hold a source to the bucket that its objects are from.

    Raises:
        ListingRefused: it is now another bucket.
    """
    row = described(connection, source.name, "vendor, bucket")
    storage = source.storage
    if row and row != (storage.vendor, storage.bucket):
        raise ListingRefused(
            f"source {source.name} was bucket {row[1]!r} at {row[0]} and is now {storage.bucket!r} at "
            f"{storage.vendor}: give the new one a name of its own"
        )


def check_emptiness(source: str, held: int) -> None:
    """Refuse to believe that a source which held so many objects holds none.

    Raises:
        ListingRefused: it held some.
    """
    if held:
        raise ListingRefused(
            f"source {source} lists nothing and held {held} objects: if it is truly empty, "
            "run `indexer sync --allow-empty`"
        )


def describe(connection: duckdb.DuckDBPyConnection, source: Source, complete_run: int | None) -> None:
    """Say of a source what the configuration does. ``complete_run`` has just listed all of it."""
    storage = source.storage
    prefix, last_complete_run = described(connection, source.name, "prefix, last_complete_run") or (
        storage.prefix,
        None,
    )
    if complete_run is not None:
        prefix, last_complete_run = storage.prefix, complete_run
    connection.execute("DELETE FROM sources WHERE source = ?", [source.name])
    statements.run(
        connection,
        "source",
        source=source.name,
        vendor=storage.vendor,
        region=storage.region,
        endpoint=storage.endpoint,
        bucket=storage.bucket,
        prefix=prefix,
        layout=source.layout.name,
        interval_seconds=source.interval,
        moderated=source.moderated,
        mutable=source.layout.mutable,
        grammar=grammar_of(source),
        run=last_complete_run,
        retention_days=source.retention_days,
    )


def grammar_of(source: Source) -> str:
    """How a source's keys are read. Where it changes, they are read again."""
    templates = "".join(f" {template.text} {template.utc_offset_minutes}" for template in source.layout.templates)
    return f"{GRAMMAR_VERSION} {source.layout.name}{templates}"
