"""Any sequence of listings leaves the index as a dictionary would be left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.store import Merged
from indexer.store.migrations import migrate
from store.listings import Found, Listing, begun, rows, shot, source, sync

if TYPE_CHECKING:
    from datetime import datetime

KEYS = [
    *(f"a/{shot(number)}" for number in range(4)),
    *(f"b/{shot(number)}" for number in range(4)),
    "a",
    "b.txt",
    "\0",
]
OBJECTS = st.builds(
    Found,
    size=st.integers(0, 2),
    etag=st.sampled_from(["one", "two", None]),
    last_modified=st.integers(0, 1),
    storage_class=st.sampled_from(["STANDARD", None]),
)
LISTINGS = st.dictionaries(st.sampled_from(KEYS), OBJECTS)
PREFIXES = st.sampled_from(["", "", "a", "a/", "b/"])


@dataclass
class Known:
    """What a model knows of one key. ``gone`` is when it was found deleted."""

    found: Found
    first_seen: int
    last_seen: int
    gone: datetime | None = None


@dataclass
class Model:
    """What an index should hold."""

    known: dict[str, Known] = field(default_factory=dict)
    run: int = 0

    def take(self, prefix: str, found: Listing) -> Merged:
        """Take one listing of a prefix."""
        self.run += 1
        before = {key for key, one in self.known.items() if one.gone is None}
        added = found.keys() - self.known
        changed = {key for key in found.keys() - added if key not in before or self.known[key].found != found[key]}
        deleted = {key for key in before - found.keys() if key.startswith(prefix)}
        for key, one in found.items():
            first_seen = self.known[key].first_seen if key in self.known else self.run
            self.known[key] = Known(one, first_seen, self.run)
        for key in deleted:
            self.known[key].gone = begun(self.run)
        return Merged(len(found), len(added), len(changed), len(deleted))

    def rows(self) -> list[tuple[object, ...]]:
        """The rows that the views should give."""
        told = {key: (*one.found, one.first_seen, one.last_seen, one.gone) for key, one in self.known.items()}
        return [(key, *told[key]) for key in sorted(told)]


def viewed(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """The rows that the views give."""
    told = "key, size, etag, epoch_us(last_modified), storage_class, first_seen_run, last_seen_run, deleted_at"
    return rows(connection, f"SELECT {told} FROM screenshots UNION ALL SELECT {told} FROM other_objects ORDER BY key")


@settings(max_examples=15)
@given(st.lists(st.tuples(PREFIXES, LISTINGS), min_size=1, max_size=6), st.integers(1, 5))
def test_listings_leave_what_a_dictionary_would_hold(listings: list[tuple[str, Listing]], max_keys: int) -> None:
    """Whatever is listed, of whatever prefix, what is present, deleted, first and last seen is what a model says."""
    with duckdb.connect() as connection:
        migrate(connection)
        model = Model()
        for prefix, everything in listings:
            found = {key: one for key, one in everything.items() if key.startswith(prefix)}
            merged = sync(connection, source(prefix=prefix), found, allow_empty=True, max_keys=max_keys)
            assert merged == model.take(prefix, found)
            assert viewed(connection) == model.rows()
