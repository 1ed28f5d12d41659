"""What of an answer is shown, and what a download holds."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.service.pages.connection import Limits, Readers
from indexer.service.pages.result import Result, answer, for_spreadsheets, packed, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from service.asgi import Answer
    from service.pages.people import Visitor


def shown(index: Path, statement: str) -> Result:
    """What a page shows of a statement's answer."""
    with Readers(index, Limits()).reading() as connection:
        return answer(connection, statement, {})


def run(visitor: Visitor, statement: str, show: str = "table") -> Answer:
    """Send the SQL box."""
    return visitor.post("/sql/run", form_token=visitor.token("/sql"), statement=statement, show_as=show)


@pytest.mark.parametrize(
    ("there", "rows", "counted", "more"),
    [(0, 0, 0, False), (999, 999, 999, False), (1001, 1000, 1001, False), (10_000, 1000, 10_000, False)],
)
def test_rows_are_shown_and_counted(empty_index: Path, there: int, rows: int, counted: int, more: bool) -> None:  # noqa: FBT001
    """Up to a thousand rows are shown, and up to ten thousand counted."""
    result = shown(empty_index, f"SELECT range AS n FROM range({there})")
    assert (len(result.rows), result.counted, result.has_more) == (rows, counted, more)


def test_an_endless_answer_is_counted_so_far(empty_index: Path) -> None:
    """Of an answer of any length no more is read than is counted."""
    result = shown(empty_index, "SELECT range AS n FROM range(1000000000000)")
    assert (len(result.rows), result.counted, result.has_more) == (1000, 10_000, True)


def test_a_result_goes_to_another_process_and_back(empty_index: Path) -> None:
    """What one process found is what the other shows."""
    result = shown(empty_index, "SELECT 'é' || chr(128512) || chr(8238) AS \"<t>\", 1.5 AS n FROM range(1001)")
    assert unpacked(packed(result)) == result


def test_a_page_is_bounded_in_characters(empty_index: Path) -> None:
    """Long texts are cut, which is said, and many of them fill a page before a thousand rows do."""
    result = shown(empty_index, "SELECT repeat('x', 5000) AS t FROM range(1000)")
    assert result.has_cut_cells
    assert result.rows[0] == ["x" * 4000 + "… (5,000 characters)"]
    assert len(result.rows) < result.counted == 1000
    assert result.characters < 2_100_000


def test_a_key_is_shown_whole(empty_index: Path) -> None:
    """A key as long as buckets allow is not cut."""
    result = shown(empty_index, "SELECT repeat('é', 1024) AS key")
    assert (result.rows, result.has_cut_cells) == ([["é" * 1024]], False)


def test_values_are_shown_as_everywhere(empty_index: Path) -> None:
    """Times have a Z, what is absent is empty, what turns text around is written out, and numbers stand right."""
    statement = "SELECT TIMESTAMP '2026-01-05 10:00:00' AS at, NULL::INT AS n, 'a' || chr(8238) AS k, 1 AS n"
    result = shown(empty_index, statement)
    assert result.rows == [["2026-01-05T10:00:00.000Z", "", "a\\u202e", "1"]]
    assert [(column.name, column.is_number) for column in result.columns] == [
        *(("at", False), ("n", True), ("k", False), ("n_1", True))
    ]


def test_a_download_has_all_rows(visitor: Visitor) -> None:
    """Each kind of file has every row, however many a page shows."""
    statement = "SELECT range AS n, 'shot ' || range AS name FROM range(30000)"
    text, array, file = (run(visitor, statement, form) for form in ("csv", "json", "parquet"))
    assert len([*csv.DictReader(io.StringIO(text.body.decode()))]) == 30_000
    assert json.loads(array.body)[-1] == {"n": 29_999, "name": "shot 29999"}
    assert pq.read_table(io.BytesIO(file.body)).num_rows == 30_000
    assert text.headers["content-disposition"] == 'attachment; filename="rows.csv"'
    assert file.headers["content-type"] == "application/vnd.apache.parquet"


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_download_that_cannot_begin_is_a_page(visitor: Visitor, form: str) -> None:
    """What is wrong with a statement is told as on a page, and is no file."""
    answer = run(visitor, "SELECT no_such_column FROM screenshots", form)
    assert (answer.status, "content-disposition" in answer.headers) == (400, False)
    assert b"no_such_column" in answer.body


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_download_that_fails_breaks_off(visitor: Visitor, form: str) -> None:
    """An error after the first rows ends the connection, so that nobody takes the file for whole."""
    text = "CASE WHEN range = 200000 THEN error('late') ELSE repeat('x', 50) END"
    statement = f"SELECT range AS n, {text} AS t FROM range(300000)"
    with pytest.raises(Exception, match="late"):
        run(visitor, statement, form)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\uff1d1"])
def test_a_formula_is_disarmed(text: str) -> None:
    """What spreadsheets would run has an apostrophe before it."""
    assert for_spreadsheets(text) == f"'{text}"


@given(st.text())
def test_a_text_is_otherwise_as_it_is(text: str) -> None:
    """Nothing but an apostrophe at the beginning is ever added."""
    assert for_spreadsheets(text) in (text, f"'{text}")


def test_numbers_in_csv_stay_numbers(visitor: Visitor) -> None:
    """A negative number is no formula; a text that looks like one may be, and so may a column's name."""
    body = run(visitor, "SELECT -1 AS n, '-1' AS t, '=x' AS \"=y\"", "csv").body.decode()
    assert body == "n,t,'=y\n-1,'-1,'=x\n"
