"""Gaps in sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconcile.building import bucket, every, findings, session

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection


def test_missing_shots_are_a_gap(index: Index) -> None:
    """Shots that the interval promises and that are not there are one finding, which counts them."""
    bucket(index, session(every(5, 60, without=range(20, 30))))
    (gap,) = findings(index, "coverage-gap")
    assert (gap["severity"], gap["measure"], gap["rows"]) == ("warning", 10, 2)
