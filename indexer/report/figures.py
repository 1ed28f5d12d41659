"""The figures of a report, each from a query of ``sql/`` over tables that anybody can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING, Any

from indexer.errors import UsageError
from indexer.report.text import rendered_length
from indexer.status import Status, describe
from indexer.store.statements import one, statement

if TYPE_CHECKING:
    from datetime import date, datetime

    import duckdb

    Row = dict[str, Any]

CHANNELS = 30
"""How many channels the heat map shows: the worst covered ones."""
LABELS = 12
OFFENDERS = 15
PLACES = 8
FINDINGS = 100
UNTOLD = 100
FINDINGS_LENGTH = 500_000
"""How long the findings may become in HTML: a key or an explanation can be of any length, and a page must not."""


@dataclass(frozen=True)
class Figures:
    """What a report tells of one day. Rows are by the names of their columns; times are naive UTC.

    ``places`` is where critical findings and warnings stand, ``all_places`` in how many places; ``listed`` are the
    findings that fit, of those that ``kinds`` counts.
    """

    day: date
    as_of: datetime | None
    reconciled: Row | None
    failed: list[Row]
    days: list[Row]
    coverage: list[Row]
    violations: list[Row]
    evidence: list[Row]
    latency: list[Row]
    delays: list[Row]
    offenders: list[Row]
    kinds: list[Row]
    places: list[Row]
    listed: list[Row]
    untold: list[Row]
    status: Status

    @cached_property
    def today(self) -> Row | None:
        """What was counted on the day; ``None`` where nothing was."""
        return next((row for row in self.days if row["day"] == self.day), None)

    @cached_property
    def week(self) -> list[Row]:
        """What was counted on the seven days before, of those on which anything was."""
        return [row for row in self.days if row["day"] != self.day]

    @cached_property
    def is_even(self) -> bool:
        """Whether every source's rows are what was listed of it."""
        return all(row["screenshots"] + row["other_objects"] == row["objects"] for row in self.status.sources)

    def standing(self, severity: str, column: str = "standing") -> int:
        """How many findings of a severity stand that nobody has acknowledged; or another column's sum."""
        return sum(int(row[column]) for row in self.kinds if row["severity"] == severity)

    @property
    def not_listed(self) -> int:
        """How many findings stand that did not fit."""
        return sum(int(row["standing"]) for row in self.kinds) - len(self.listed)

    @property
    def all_places(self) -> int:
        """In how many places critical findings and warnings stand."""
        return int(self.places[0]["places"]) if self.places else 0


def figures(connection: duckdb.DuckDBPyConnection, day: date | None, today: date) -> Figures:
    """Read the figures of a day: without one, of the newest with screenshots, and where there is none, of ``today``.

    Raises:
        UsageError: the week before the day is before all time.
    """
    day = day or _newest_day(connection) or today
    try:
        day - timedelta(days=7)
    except OverflowError as error:
        raise UsageError(f"{day} has no week before it") from error
    return Figures(
        day=day,
        as_of=_rows(connection, "as_of")[0]["as_of"],
        reconciled=next(iter(_rows(connection, "reconciled")), None),
        failed=_rows(connection, "failed"),
        days=_rows(connection, "days", day=day),
        coverage=_rows(connection, "coverage", day=day, most=CHANNELS),
        violations=_rows(connection, "violations", day=day, most=LABELS),
        evidence=_rows(connection, "evidence", day=day),
        latency=_rows(connection, "latency", day=day),
        delays=_rows(connection, "delays", day=day),
        offenders=_rows(connection, "offenders", day=day, most=OFFENDERS),
        kinds=_rows(connection, "kinds"),
        places=_rows(connection, "places", most=PLACES),
        listed=_fitting(_rows(connection, "findings", most=FINDINGS)),
        untold=_rows(connection, "untold", most=UNTOLD),
        status=describe(connection),
    )


def _newest_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    row = one(connection, statement("newest_day", __package__))
    return row[0] if row else None


def _rows(connection: duckdb.DuckDBPyConnection, name: str, **given: object) -> list[Row]:
    result = connection.execute(statement(name, __package__), given or None)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _fitting(findings: list[Row]) -> list[Row]:
    """The findings from the first one on that fit into a page."""
    lengths = accumulate(sum(map(rendered_length, row.values())) for row in findings)
    fitting = sum(1 for _ in takewhile(lambda length: length <= FINDINGS_LENGTH, lengths))
    return findings[:fitting]
