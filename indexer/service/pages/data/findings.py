"""Findings: pages of them, and one with the rows that it was made of."""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from indexer.reconcile.check import PLACES
from indexer.service.pages.data.ask import ask
from indexer.service.pages.data.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from indexer.reconcile.acknowledge import Acknowledgement

PAGE = 50
"""How many findings a page lists."""

MOST_ROWS = 100
"""How many of a finding's rows are shown."""

STATUSES = ("standing", "new", "open", "resolved", "all")
"""What may be listed; those that stand are new or open."""

ACKNOWLEDGED = ("no", "yes")
"""Whether somebody has acknowledged it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the findings is listed. ``channel`` is a part of the channel's name, in any case."""

    kind: str | None = None
    severity: str | None = None
    status: str = "standing"
    acknowledged: str | None = None
    source: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``found`` is how many are wanted with it."""

    found: int
    finding_id: str
    kind: str
    title: str
    about: str
    severity: str
    status: str
    source: str | None
    channel: str | None
    sid: str | None
    uid: int | None
    key: str | None
    subject: str | None
    from_at: datetime | None
    until_at: datetime | None
    rows: int
    explanation: str
    query: str
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str | None
    first_found_run: int
    first_found_at: datetime | None
    last_found_run: int
    resolved_run: int | None

    @property
    def place(self) -> Place | None:
        """The session that it is about, where it is about one."""
        if self.source is None or self.channel is None:
            return None
        return Place(self.source, self.channel, self.sid, self.uid)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, and the values that its parameters are bound to."""

    sql: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choices:
    """What findings can be filtered by."""

    kinds: list[str]
    sources: list[str]


def choices(connection: duckdb.DuckDBPyConnection) -> Choices:
    """The kinds that are checked for, and the sources that the index knows."""
    kinds = connection.execute("SELECT kind FROM checks ORDER BY kind").fetchall()
    sources = connection.execute("SELECT source FROM sources ORDER BY source").fetchall()
    return Choices([kind for (kind,) in kinds], [source for (source,) in sources])


def findings(
    connection: duckdb.DuckDBPyConnection, wanted: Wanted, noted: Mapping[str, Acknowledgement], page: int = 1
) -> list[Finding]:
    """One page of the wanted findings, the critical ones first.

    ``noted`` is what people said, by the finding's id: the index learns of it in its next run.
    """
    passed = {"noted": list(noted), "finding_id": None, "most": PAGE, "passed": (page - 1) * PAGE}
    return [_said(found, noted) for found in ask(connection, "findings", Finding, **asdict(wanted), **passed)]


def finding(
    connection: duckdb.DuckDBPyConnection, finding_id: str, noted: Mapping[str, Acknowledgement]
) -> Finding | None:
    """The finding of an id, or ``None`` where there is none."""
    asked = {"noted": [], "finding_id": finding_id, "most": 1, "passed": 0}
    found = ask(connection, "findings", Finding, **asdict(Wanted(status="all")), **asked)
    return _said(found[0], noted) if found else None


def statement(connection: duckdb.DuckDBPyConnection, found: Finding) -> Statement:
    """What shows the first ``MOST_ROWS`` rows of a finding, its places bound and never spelled.

    ``found.query`` is the same as people can run it themselves, of all rows.
    """
    checks = connection.execute("SELECT query FROM checks WHERE kind = $kind", {"kind": found.kind}).fetchall()
    parts = [part for (query,) in checks for part in string.Formatter().parse(query)]
    named = {PLACES[int(field)] for _, field, _, _ in parts if field}
    sql = "".join(text + (f"${PLACES[int(field)]}" if field else "") for text, field, _, _ in parts)
    first = f"SELECT * FROM ({sql}\n) LIMIT {MOST_ROWS}"  # noqa: S608 - a check's own text
    return Statement(first, {name: getattr(found, name) for name in named})


def _said(found: Finding, noted: Mapping[str, Acknowledgement]) -> Finding:
    """The finding with the newest word on it."""
    said = noted.get(found.finding_id)
    if said is None or (found.acknowledged_at and found.acknowledged_at > said.acknowledged_at):
        return found
    return replace(found, acknowledged_at=said.acknowledged_at, acknowledged_by=said.author, note=said.note)
