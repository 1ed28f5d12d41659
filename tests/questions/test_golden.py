"""Each query answers on the sample what it answered before, and its page shows that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from indexer.queries import library
from indexer.store import reading
from indexer.store.migrations import migrate
from questions.page import PAGE, page
from questions.sample import COMMAND, GOLDEN, given

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.queries import Query
    from questions.sample import Answer, Night

NAMES = sorted(library())
ADVICE = f"where that is meant, write the answers anew with `{COMMAND}`, and look at what changed"

UNPORTABLE = {
    r"FILTER \((?!WHERE)": "FILTER has a WHERE",
    r"FILTER \(WHERE [^()]*\) OVER": "Spark filters no window",
    r"\bDISTINCT ON\b": "DISTINCT ON",
    r"\bBY NAME\b": "BY NAME",
    r"(?<!print)\bformat\(": "format",
    r"\[[^\]]*\bFOR\b": "a list comprehension",
    r"(\(|\bALL|^--[^\n]*)\s+FROM\b": "FROM without SELECT",
    r"\{": "a struct",
    r"\bEXCLUDE\b|\bGROUP BY ALL\b|\bstrptime\b|\blist_position\b": "DuckDB's own",
}


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_the_golden_one(told: dict[str, Answer], name: str) -> None:
    """A query answers on the sample what stands in its golden file."""
    golden = GOLDEN / f"{name}.csv"
    assert golden.exists(), f"{name} has no golden answer: {ADVICE}"
    assert told[name].csv() == golden.read_text("utf-8"), ADVICE


def test_there_is_no_golden_answer_of_a_query_that_is_gone() -> None:
    """Each golden file is a query's."""
    assert sorted(path.stem for path in GOLDEN.glob("*.csv")) == NAMES, ADVICE


def test_the_page_shows_every_query(told: dict[str, Answer]) -> None:
    """The page is what its script makes of the queries and their answers."""
    assert PAGE.read_text("utf-8") == page(list(told.values())), ADVICE


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_has_an_answer(told: dict[str, Answer], name: str) -> None:
    """Each query finds something in the sample, so that its page shows what it is about."""
    assert told[name].rows


@pytest.fixture(scope="session")
def reversed_index(made: Night) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sample's index, the rows of each table in the opposite order."""
    with duckdb.connect() as connection:
        migrate(connection)
        path = str(made.index).replace("'", "''")
        connection.execute(f"ATTACH '{path}' AS night (READ_ONLY)")
        sql = (
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'night' AND table_name <> 'schema_migrations'"
        )
        for (table,) in connection.sql(sql).fetchall():
            connection.execute(f"INSERT INTO memory.{table} SELECT * FROM night.{table} ORDER BY rowid DESC")
        connection.execute("SET threads = 1")
        yield connection


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_does_not_hang_on_how_rows_are_stored(
    made: Night, reversed_index: duckdb.DuckDBPyConnection, name: str
) -> None:
    """Rows come in an order that their values alone decide, and no value is that of any row that came first."""
    query = library()[name]
    values = query.bind(given(made.sample).get(name, {})) or None
    with reading(made.index) as connection:
        assert _rows(reversed_index, query, values) == _rows(connection, query, values)


def _rows(connection: duckdb.DuckDBPyConnection, query: Query, values: dict[str, Any] | None) -> list[tuple[Any, ...]]:
    return connection.execute(query.sql, values).fetchall()


TEXTS = [(name, each.name) for name in NAMES for each in library()[name].parameters if each.type == "text"]


@pytest.mark.parametrize(("name", "parameter"), TEXTS)
@pytest.mark.parametrize("text", ["' OR true --", "$since", "%", "live'); DROP TABLE runs; --", "\x00\u202e"])
def test_a_text_is_compared_and_never_run(index: Path, name: str, parameter: str, text: str) -> None:
    """A text that looks like SQL, a pattern or a parameter is the name of nothing, and finds nothing."""
    query = library()[name]
    with reading(index) as connection:
        assert _rows(connection, query, query.bind({parameter: text})) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_read(name: str) -> None:
    """The parameters of the header are those of the statement, and one that may be NULL says its type."""
    query = library()[name]
    statement = "\n".join(line for line in query.sql.splitlines() if not line.startswith("--"))
    assert set(re.findall(r"\$([a-z_]+)", statement)) == {each.name for each in query.parameters}
    assert re.findall(r"\$[a-z_]+(?!::|[a-z_])", statement) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_query_is_portable(name: str) -> None:
    """A query keeps to the SQL that translates to other engines, and says in which order its rows come."""
    sql = library()[name].sql
    assert [what for pattern, what in UNPORTABLE.items() if re.search(pattern, sql)] == []
    assert re.search(r"\nORDER BY\s[^;]+;\n\Z", sql)
