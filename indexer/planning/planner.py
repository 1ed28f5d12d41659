"""Decides how much of a source a run lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from indexer.listing.ranges import WHOLE, tile
from indexer.planning.days import plan_by_days
from indexer.planning.plan import Estimate, Mode, Plan
from indexer.planning.sessions import Sessions
from indexer.store.known import history, quantiles

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from indexer.config import Source
    from indexer.vendors.base import Capabilities, Lister

_PARTS = 8
_PAGES_A_PART = 20
_NOTHING_FINISHED = "no day of it is over yet, or sessions cannot be told apart by a delimiter"


class Planner:
    """Plans the listing of one ``source`` by what the index knows of it. ``full`` asks for all of it.

    ``why_full`` is why all of it has to be listed, and ``None`` where what can be new is enough.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: Source, capabilities: Capabilities, *, full: bool
    ) -> None:
        self._connection = connection
        self.source = source
        self._capabilities = capabilities
        self._history = history(connection, source.name)
        self.why_full = "asked for" if full else self._reason_for_full()

    def plan(self, lister: Lister) -> Plan:
        """Make the plan, asking for the common prefixes of sessions where it takes them."""
        listed_at = self._history.listed_at if self._history else None
        if self.why_full or listed_at is None:
            return self._full(self.why_full or "not listed before")
        sessions = self._sessions(listed_at)
        plan = self._days(listed_at) or (sessions.plan(lister) if sessions else None)
        return replace(plan, since=listed_at) if plan else self._full(_NOTHING_FINISHED)

    def estimate(self) -> Estimate:
        """What listing will take, without asking the vendor anything."""
        known = self._history
        if known is None:
            return Estimate.unknown()
        if self.why_full or known.listed_at is None:
            return self._estimate("full", self.why_full or "", self._pages(known.objects))
        if days := self._days(known.listed_at):
            return self._estimate("incremental", days.why, 1 + self._pages(known.objects - days.skipped))
        if sessions := self._sessions(known.listed_at):
            requests = sessions.requests(self._capabilities.max_keys)
            return self._estimate("incremental", sessions.why, requests)
        return self._estimate("full", _NOTHING_FINISHED, self._pages(known.objects))

    def after(self, snapshot: datetime) -> list[Estimate]:
        """What is listed once all is known as of an instant, naive UTC: nothing where that could only be all again."""
        if self._why_full_after(0):
            return []
        since = f"what can be new since {snapshot:%Y-%m-%d %H:%M:%S} UTC"
        return [Estimate("incremental", since, None, None, None)]

    def _full(self, why: str) -> Plan:
        """List all of it: what is known to be large, in parts of one size from the start."""
        large = (
            self._history is not None and self._history.objects > _PARTS * _PAGES_A_PART * self._capabilities.max_keys
        )
        if not large or not self._capabilities.starts_anywhere:
            return Plan("full", why, (WHOLE,))
        return Plan("full", why, tuple(tile(WHOLE, quantiles(self._connection, self.source.name, _PARTS))))

    def _estimate(self, mode: Mode, why: str, requests: int) -> Estimate:
        rate = self._history.requests_per_second if self._history else None
        cost = requests * self.source.price_per_1000_requests / 1000
        return Estimate(mode, why, requests, requests / rate if rate else None, cost)

    def _pages(self, keys: int) -> int:
        return max(1, ceil(keys / self._capabilities.max_keys))

    def _reason_for_full(self) -> str | None:
        known = self._history
        if known is None or not known.complete or known.broken_off:
            return "not listed to its end before"
        if known.prefix != self.source.storage.prefix:
            return "its prefix changed"
        return self._why_full_after(known.incremental_runs)

    def _why_full_after(self, incremental_runs: int) -> str | None:
        """Why all is listed, so many incremental runs after all of it was."""
        if incremental_runs + 1 >= self.source.full_every:
            return f"every {self.source.full_every} runs, to find what was deleted"
        if not self._capabilities.starts_anywhere:
            return "it can be listed in one stream only"
        if self._delimiter() is None and not self.source.layout.day_folders(self.source.storage.prefix):
            return "its names tell neither days nor sessions"
        return None

    def _sessions(self, listed_at: datetime) -> Sessions | None:
        delimiter = self._delimiter()
        return Sessions(self._connection, self.source, delimiter, listed_at) if delimiter is not None else None

    def _delimiter(self) -> str | None:
        """What ends the part of a key that tells its session, where the vendor groups by it."""
        return self.source.layout.session_delimiter if self._capabilities.delimiters == "any" else None

    def _days(self, listed_at: datetime) -> Plan | None:
        return plan_by_days(self._connection, self.source, listed_at - timedelta(hours=self.source.late_hours))
