"""What a reconciliation says of the whole: findings by kind and severity, and what could not be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.store.statements import statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

SEVERITIES = ("info", "warning", "critical")
"""From what is only worth knowing to what somebody must be told at once."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One row a kind and severity, with how many findings are new, still open, resolved in this run and acknowledged.

    ``incomplete`` are the sources whose newest listing did not come to its end: status, error, and ``as_of``, when the
    last one began that did. ``seconds`` is what each check took, and what the relations that they share took.
    """

    run: int
    rows: list[dict[str, Any]]
    not_computable: list[dict[str, Any]]
    incomplete: list[dict[str, Any]]
    seconds: Mapping[str, float]

    def at_or_above(self, level: str) -> int:
        """How many findings that nobody has acknowledged are as severe as this, or more."""
        counted = SEVERITIES[SEVERITIES.index(level) :]
        return sum(row["new"] + row["open"] - row["acknowledged"] for row in self.rows if row["severity"] in counted)


def summarize(connection: duckdb.DuckDBPyConnection, run: int, seconds: Mapping[str, float]) -> Summary:
    """Summarise the findings of an index."""
    rows = _dicts(connection.execute(statement("summary", "indexer.reconcile"), {"run": run}))
    untold = _dicts(connection.execute("SELECT kind, source, reason FROM not_computable ORDER BY ALL"))
    incomplete = _dicts(connection.execute(statement("incomplete", "indexer.reconcile")))
    return Summary(run, rows, untold, incomplete, seconds)


def _dicts(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
