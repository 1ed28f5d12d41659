"""Flat layouts: sessions are told by their common prefix, and inside of one the keys sort by time.

A session that nothing was written to for a while is passed over; one that may go on is listed from where its
last keys were taken for all that had arrived.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.listing.ranges import WHOLE, KeyRange, after_all, without
from indexer.listing.walk import pages
from indexer.planning.plan import Plan
from indexer.store.known import known_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    import duckdb

    from indexer.config import Source
    from indexer.vendors.base import Lister

# Pictures do not arrive in the order in which they were taken, and a recording's slice is named by when it began.
_ON_THE_WAY = timedelta(hours=1)


class Sessions:
    """What is known of a source's sessions, which was last listed to its end from ``listed_at`` on."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: Source, delimiter: str, listed_at: datetime
    ) -> None:
        late = timedelta(hours=source.late_hours)
        self._delimiter = delimiter
        self._cutoff = listed_at - late
        arrived = listed_at - min(late, _ON_THE_WAY)
        names = known_names(connection, source.name, source.storage.prefix, delimiter, arrived)
        self._names = {session: list(group) for session, group in groupby(names, key=lambda name: name.session)}
        self._known = sorted(self._names)

    @property
    def why(self) -> str:
        """What is listed, in words."""
        finished = sum(not self._is_open(session) for session in self._known)
        return (
            f"new sessions, and those written to since {self._cutoff:%Y-%m-%d %H:%M} UTC; "
            f"{finished} sessions are taken for finished"
        )

    def requests(self, max_keys: int) -> int:
        """How many requests it will take when there is little that is new."""
        tails = sum(len(self._names[session]) + 1 for session in self._known if self._is_open(session))
        return len(self._known) // max_keys + 1 + tails

    def plan(self, lister: Lister) -> Plan:
        """Ask for the common prefixes, and plan by what is known of each."""
        found: list[str] = []
        beside: list[pa.RecordBatch] = []
        for page in pages(lister, delimiter=self._delimiter):
            found += page.prefixes
            beside.append(page.objects)
        ranges = tuple(self._unknown(list(self._open_runs(found))))
        kept = tuple(_outside(ranges, beside))
        return Plan("incremental", self.why, ranges, self._skipped(), kept, requests=len(beside))

    def _is_open(self, session: str) -> bool:
        names = self._names.get(session)
        return names is None or names[0].written_at >= self._cutoff

    def _open_runs(self, found: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The first and the last of each run of sessions with no finished one between."""
        for is_open, run in groupby(found, key=self._is_open):
            sessions = list(run)
            if is_open:
                yield sessions[0], sessions[-1]

    def _unknown(self, runs: list[tuple[str, str]]) -> list[KeyRange]:
        """What of some runs of sessions is not known yet: all but what stands up to the last key of each name."""
        # Without its last character a prefix is before all that begin with it, and a key that vendors take. Two runs
        # share keys where a channel's name holds most of the delimiter.
        wholes = [KeyRange(first[:-1], after_all(last)) for first, last in runs]
        known = [
            KeyRange(name.front, name.last_key)
            for first, last in runs
            for session in self._known[bisect_left(self._known, first) : bisect_right(self._known, last)]
            for name in self._names[session]
            if name.last_key
        ]
        return without(WHOLE, [*without(WHOLE, wholes), *known])

    def _skipped(self) -> int:
        return sum(
            name.arrived if self._is_open(session) else name.objects
            for session, names in self._names.items()
            for name in names
        )


def _outside(ranges: Iterable[KeyRange], beside: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The objects that are in none of the ranges, which are in order."""
    begins = [(each.after or "", each.until) for each in ranges]
    for objects in beside:
        keys = objects.column("key").to_pylist()
        kept = objects.filter(pa.array([not _inside(begins, key) for key in keys], pa.bool_()))
        if kept.num_rows:
            yield kept


def _inside(ranges: list[tuple[str, str | None]], key: str) -> bool:
    number = bisect_left(ranges, key, key=lambda each: each[0]) - 1
    if number < 0:
        return False
    until = ranges[number][1]
    return until is None or key <= until
