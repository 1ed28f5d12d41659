"""What a query of a page may take: time, memory, and turns."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from indexer.errors import IndexMissing, QueriesBusy, QueryError, QueryStopped
from indexer.service.pages.connection import Limits, Readers
from indexer.store import build

if TYPE_CHECKING:
    from pathlib import Path

ENDLESS = "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"


def test_a_query_is_stopped_when_its_time_is_over(empty_index: Path) -> None:
    """A query that would run for hours is stopped, and the next one runs."""
    readers = Readers(empty_index, Limits(seconds=0.2))
    with pytest.raises(QueryStopped, match=r"longer than 0\.2 s"), readers.reading() as connection:
        connection.execute(ENDLESS)
    with readers.reading() as connection:
        assert connection.execute("SELECT 42").fetchall() == [(42,)]


def test_rows_that_are_read_slowly_are_stopped_too(empty_index: Path) -> None:
    """The time counts while rows are read, where DuckDB's word comes through Arrow."""
    readers = Readers(empty_index, Limits(seconds=0.2))
    endless = "SELECT a.range FROM range(1000000000) a, range(1000000) b WHERE a.range * b.range % 1000000007 = 3"
    with pytest.raises(QueryStopped), readers.reading() as connection:
        sum(batch.num_rows for batch in connection.sql(endless).to_arrow_reader(1000))


def test_a_query_holds_so_much_memory_and_no_more(empty_index: Path) -> None:
    """A query that needs more than its memory is refused, and cannot ask for more."""
    readers = Readers(empty_index, Limits(memory="64MB"))
    with pytest.raises(QueryError, match="Out of Memory"), readers.reading() as connection:
        connection.execute("SELECT count(*) FROM (SELECT DISTINCT range, md5(range::VARCHAR) FROM range(20000000))")
    with pytest.raises(QueryError, match="locked"), readers.reading() as connection:
        connection.execute("SET memory_limit = '8GB'")


def test_a_query_waits_for_its_turn_and_no_longer(empty_index: Path) -> None:
    """As many queries run as may at once; one more is refused after its wait, and let in when one of them ends."""
    readers = Readers(empty_index, Limits(at_once=1, wait_seconds=0.01))
    with readers.reading(), pytest.raises(QueriesBusy), readers.reading():
        pass
    with readers.reading() as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_a_query_that_waits_is_let_in(empty_index: Path) -> None:
    """A query gets its turn as soon as another ends."""
    readers, answers, holds = Readers(empty_index, Limits(at_once=1)), list[object](), threading.Event()

    def ask() -> None:
        holds.set()
        with readers.reading() as connection:
            answers.append(connection.execute("SELECT 1").fetchall())

    with readers.reading():
        other = threading.Thread(target=ask)
        other.start()
        holds.wait()
        assert answers == []
    other.join()
    assert answers == [[(1,)]]


def test_a_new_index_is_seen(tmp_path: Path) -> None:
    """What is published between two queries is what the second one reads; before the first there is none."""
    index = tmp_path / "index.duckdb"
    readers = Readers(index, Limits())
    with pytest.raises(IndexMissing), readers.reading():
        pass
    for number in (1, 2):
        with build(index) as connection:
            connection.execute(f"CREATE OR REPLACE TABLE mark AS SELECT {number} AS n")
        with readers.reading() as connection:
            assert connection.execute("SELECT n FROM mark").fetchall() == [(number,)]


def test_no_variable_of_ours_is_a_table(empty_index: Path) -> None:
    """A name in a statement is a table of the index, and never a Python object of that name."""
    rows = pa.table({"secret": [1]})
    with pytest.raises(QueryError, match="rows does not exist"), Readers(empty_index, Limits()).reading() as connection:
        connection.sql("SELECT * FROM rows").fetchall()
    assert rows.num_rows == 1
