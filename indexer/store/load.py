"""Takes a source's listing into the index: staged batch by batch, then merged in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.errors import IndexInconsistent, ListingRefused
from indexer.naming import GRAMMAR_VERSION, decode_sql
from indexer.store import statements

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from indexer.config import Source
    from indexer.vendors.base import Page

_BATCH_KEYS = 200_000


@dataclass(frozen=True, slots=True)
class Merged:
    """What one listing changed, in objects."""

    listed: int
    added: int
    changed: int
    deleted: int


class Loader:
    """Loads one source of one run.

    ``add`` takes its pages in their order; ``merge`` makes them the source's objects, within the caller's transaction.
    Only ``merge`` touches the index, and only it infers deletions: it is called after the listing came to its end.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source, run: int, started_at: datetime) -> None:
        self._connection = connection
        self._source = source
        self._run = run
        self._started_at = started_at
        self._pages = 0
        self._waiting: list[Page] = []
        self._execute("stage")

    def add(self, page: Page) -> None:
        """Take one page."""
        self._pages += 1
        self._waiting.append(page)
        if sum(len(page.keys) for page in self._waiting) >= _BATCH_KEYS:
            self._flush()

    def merge(self, finished_at: datetime, *, allow_empty: bool) -> Merged:
        """Make what was listed the source's objects.

        Raises:
            ListingRefused: the source is now another bucket, or it is empty and was not.
            IndexInconsistent: the source does not hold afterwards what was listed.
        """
        self._flush()
        self._check_identity()
        listed = self._execute("count_staged")
        if not listed and not allow_empty:
            self._check_emptiness()
        self._read_names_again()
        merged = Merged(
            listed=listed,
            added=self._execute("add", run=self._run, source=self._source.name),
            changed=self._execute("change", source=self._source.name),
            deleted=self._execute("delete", source=self._source.name, **self._range(), deleted_at=self._started_at),
        )
        self._execute("seen", source=self._source.name, **self._range())
        self._execute("receipt", **self._receipt(finished_at))
        self._describe_source()
        self._check_account(listed)
        return merged

    def _flush(self) -> None:
        if self._waiting:
            self._connection.register("batch", _arrow(self._waiting))
            self._connection.execute(
                f"INSERT INTO staged BY NAME SELECT * EXCLUDE (prefix, form, domain) "  # noqa: S608 - all ours
                f"FROM ({decode_sql(self._source.layout, 'batch')})"
            )
            self._connection.unregister("batch")
            self._waiting = []

    def _check_identity(self) -> None:
        row = self._connection.execute(
            "SELECT vendor, bucket FROM sources WHERE source = ?", [self._source.name]
        ).fetchone()
        storage = self._source.storage
        if row and row != (storage.vendor, storage.bucket):
            raise ListingRefused(
                f"source {self._source.name} was bucket {row[1]!r} at {row[0]} and is now {storage.bucket!r} at "
                f"{storage.vendor}: give the new one a name of its own"
            )

    def _check_emptiness(self) -> None:
        present = self._execute("account", source=self._source.name, **self._range())
        if present:
            raise ListingRefused(
                f"source {self._source.name} lists nothing and held {present} objects: if it is truly empty, "
                "run `indexer sync --allow-empty`"
            )

    def _read_names_again(self) -> None:
        """Decode all known keys anew, deleted ones too, where the configuration or the grammar reads them otherwise."""
        row = self._connection.execute("SELECT grammar FROM sources WHERE source = ?", [self._source.name]).fetchone()
        if row and row[0] != _grammar(self._source):
            known = decode_sql(self._source.layout, "(SELECT key FROM objects WHERE source = $source)")
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE known AS FROM ({known})", {"source": self._source.name}
            )
            self._execute("read_again", source=self._source.name)

    def _describe_source(self) -> None:
        storage = self._source.storage
        self._connection.execute("DELETE FROM sources WHERE source = ?", [self._source.name])
        self._execute(
            "source",
            source=self._source.name,
            vendor=storage.vendor,
            region=storage.region,
            endpoint=storage.endpoint,
            bucket=storage.bucket,
            prefix=storage.prefix,
            layout=self._source.layout.name,
            interval_seconds=self._source.interval,
            moderated=self._source.moderated,
            mutable=self._source.layout.mutable,
            grammar=_grammar(self._source),
            run=self._run,
        )

    def _check_account(self, listed: int) -> None:
        """Every listed object is a screenshot or an other object, once."""
        held = self._execute("account", source=self._source.name, **self._range())
        if held != listed:
            raise IndexInconsistent(
                f"source {self._source.name} listed {listed} objects and the index would hold {held}: "
                "nothing was published; please report this"
            )

    def _range(self) -> dict[str, object]:
        return {"prefix": self._source.storage.prefix}

    def _receipt(self, finished_at: datetime) -> dict[str, object]:
        return {
            "run": self._run,
            "source": self._source.name,
            **self._range(),
            "pages": self._pages,
            "started_at": self._started_at,
            "finished_at": finished_at,
        }

    def _execute(self, statement: str, **parameters: object) -> int:
        return statements.run(self._connection, statement, **parameters)


def _grammar(source: Source) -> str:
    templates = "".join(f" {template.text} {template.utc_offset_minutes}" for template in source.layout.templates)
    return f"{GRAMMAR_VERSION} {source.layout.name}{templates}"


def _arrow(pages: list[Page]) -> pa.Table:
    return pa.table(
        {
            "key": pa.array([key for page in pages for key in page.keys], pa.string()),
            "size": pa.array([size for page in pages for size in page.sizes], pa.uint64()),
            "etag": pa.array([etag for page in pages for etag in page.etags], pa.string()),
            "last_modified": pa.array([moment for page in pages for moment in page.last_modified], pa.timestamp("us")),
            "storage_class": pa.array([kind for page in pages for kind in page.storage_classes], pa.string()),
        }
    )
