"""Turns DuckDB's SQL into Spark's, so that a view, a query and a check have one text each.

sqlglot reads the text and writes it again; between the two stand the rewrites, one for each thing that both engines
have and mean otherwise. A value never becomes text: it is bound by its name, in Spark as in DuckDB.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from indexer.errors import QueryError
from indexer.spark.rewrites import REWRITES, without_qualify

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES: tuple[tuple[type, str], ...] = ((datetime, "TIMESTAMP_NTZ"), (date, "DATE"), (float, "DOUBLE"), (int, "BIGINT"))


def parse(sql: str) -> exp.Expression:
    """One statement of DuckDB's as a tree.

    Raises:
        QueryError: it cannot be read.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise QueryError(f"this statement cannot be read: {error}") from error
    assert isinstance(tree, exp.Expression)  # noqa: S101 - what one statement is
    return tree


def translate(sql: str | exp.Expression, given: Mapping[str, Any] | None = None) -> str:
    """The same question as Spark SQL. ``given`` are the values of its parameters, which are ``:name`` in it.

    Times are Spark's without a zone, unsigned numbers signed ones of 64 bits.

    Raises:
        QueryError: something in it is not known to mean the same in Spark.
    """
    whole = exp.paren(parse(sql) if isinstance(sql, str) else sql)
    for select in _found(whole, exp.Select):
        if select.args.get("qualify"):
            select.replace(without_qualify(select))
    for kind, rewrite in REWRITES.items():
        for node in _found(whole, kind):
            _replace(node, rewrite(node))
    for node in _found(whole, exp.Placeholder):
        _replace(node, _typed(node, (given or {}).get(node.name)))
    return str(whole.this.sql(dialect="spark", comments=False))


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of parameters as Spark takes them: times as text, as Spark would shift them by the machine's zone."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def _found(tree: exp.Expression, kind: type[exp.Expression]) -> list[Any]:
    """All nodes of a kind, the inner ones first."""
    return list(tree.find_all(kind))[::-1]


def _replace(node: exp.Expression, new: exp.Expression) -> None:
    if new is not node:
        node.replace(new)


def _typed(node: exp.Placeholder, value: object) -> exp.Expression:
    """A parameter that says its type, as its value is passed without one."""
    for kind, name in _TYPES:
        if isinstance(value, kind) and not isinstance(value, bool):
            return exp.cast(node.copy(), name, dialect="spark")
    return node
