"""The query library: ``queries/*.sql``, each with a header that says what it answers and which parameters it takes.

A header is comment lines at the top of the file::

    -- title: Repeat offenders
    -- about: Users with many violations, each frame counted once.
    -- param: at_least integer = 3: the fewest violating frames to be listed
    -- param: since timestamp: only frames captured from then on

A parameter without a default is NULL when it is not given. In the statement it stands as ``$at_least``.
"""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from indexer.errors import QueryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_HEADER = re.compile(r"-- (title|about|param): (.+)")
_READS = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
_RUNNING = frozenset({"query", "json_execute_serialized_sql"})
"""Functions that run a text as SQL."""
_SUSPECT = ("copy", *sorted(_RUNNING))
_PARAMETER = re.compile(r"(?P<name>[a-z_]+) (?P<type>[a-z]+)(?: = (?P<default>[^:]*))?: (?P<about>.+)")


def _timestamp(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


TYPES: dict[str, Callable[[str], Any]] = {
    "date": date.fromisoformat,
    "timestamp": _timestamp,
    "integer": int,
    "number": float,
    "text": str,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a query. ``default`` is as it is written in the header."""

    name: str
    type: str
    about: str
    default: str | None = None

    def value(self, text: str | None) -> Any:  # noqa: ANN401 - of the parameter's type
        """The typed value of a text.

        Raises:
            UsageError: the text is no value of the parameter's type.
        """
        if text is None:
            return None
        try:
            return TYPES[self.type](text)
        except (ValueError, OverflowError) as error:
            raise UsageError(f"parameter {self.name}: {text!r} is no {self.type}: {error}") from error


@dataclass(frozen=True, slots=True)
class Query:
    """One question of the library."""

    name: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    sql: str

    def bind(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The values of all parameters, those given and the defaults of the rest.

        Raises:
            UsageError: a parameter is unknown, or its value does not fit its type.
        """
        known = [parameter.name for parameter in self.parameters]
        for name in given:
            if name not in known:
                raise UsageError(f"query {self.name} has no parameter {name!r}: it has {', '.join(known) or 'none'}")
        return {
            parameter.name: parameter.value(given.get(parameter.name, parameter.default))
            for parameter in self.parameters
        }


@cache
def library() -> dict[str, Query]:
    """All queries by name."""
    packed = resources.files("indexer").joinpath("_queries")
    folder = packed if packed.is_dir() else Path(__file__).parents[1] / "queries"
    found = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {name.removesuffix(".sql"): parse(name.removesuffix(".sql"), text) for name, text in found}


def find(name: str) -> Query:
    """The query of a name.

    Raises:
        UsageError: there is none.
    """
    queries = library()
    if name in queries:
        return queries[name]
    nearest = difflib.get_close_matches(name, queries, n=1)
    raise UsageError(
        f"no query {name!r}: " + (f"did you mean {nearest[0]}?" if nearest else "`indexer query` lists them")
    )


def parse(name: str, text: str) -> Query:
    """Read a query's header and statement.

    Raises:
        ValueError: the header lacks its title or its sentence, or a parameter is not written as it must be.
    """
    lines = [match.groups() for line in text.splitlines() if (match := _HEADER.fullmatch(line))]
    about = {kind: value for kind, value in lines if kind != "param"}
    if set(about) != {"title", "about"}:
        raise ValueError(f"{name}: a query's header has one title and one about")
    parameters = tuple(_parameter(name, value) for kind, value in lines if kind == "param")
    return Query(name, about["title"], about["about"], parameters, text)


def _parameter(query: str, text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if not match or match["type"] not in TYPES:
        raise ValueError(f"{query}: write a parameter as `name type [= default]: what it does`, and not {text!r}")
    default = match["default"]
    return Parameter(match["name"], match["type"], match["about"], default.strip() if default is not None else None)


def check_reads(statement: str) -> None:
    """Let a user's own SQL through where it is one statement, and one that reads.

    Raises:
        QueryError: it is none, several, or one of another kind.
    """
    try:
        kinds = [parsed.type for parsed in duckdb.extract_statements(statement)]
    except duckdb.Error as error:
        raise QueryError(str(error)) from error
    if len(kinds) != 1 or kinds[0] not in _READS or not _is_harmless(statement, kinds[0]):
        raise QueryError("one SELECT, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN statement is run, and nothing that writes")


def _is_harmless(statement: str, kind: duckdb.StatementType) -> bool:
    """Whether nothing inside a statement that reads would write a file, or run what cannot be seen here.

    DuckDB 2 takes COPY as a part of WITH, and runs trees of syntax that are given as a text. What it takes for a space
    is more than others do, so words are looked for wherever they stand, and what has them is judged by its syntax tree.
    """
    text = statement.casefold()
    if not any(word in text for word in _SUSPECT):
        return True
    if kind == duckdb.StatementType.EXPLAIN:
        return "analy" not in text  # EXPLAIN alone runs nothing, and nobody gives its tree
    with duckdb.connect(config={"autoload_known_extensions": False}) as connection:
        row = connection.execute("SELECT json_serialize_sql(?)", [statement]).fetchone()
    tree = json.loads(row[0]) if row else {"error": True}
    return not tree["error"] and not any(map(_is_harmful, _nodes(tree)))


def _is_harmful(node: dict[str, Any]) -> bool:
    kind, function = str(node.get("type", "")), str(node.get("function_name", ""))
    return kind.endswith("_QUERY_NODE") or function.casefold() in _RUNNING


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a syntax tree."""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case dict() as node:
                yield node
                waiting += node.values()
            case list() as nodes:
                waiting += nodes
