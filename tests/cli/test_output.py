"""Rows on stdout: each format's values, names and escapes."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexer.cli.output import write
from indexer.rows import plain

DRIVING = "\x1b[31mred\u202egpj.txt\x9b"
TEXTS = ("table", "json", "jsonl", "csv")


class Terminal(io.StringIO):
    """A stdout that is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def printed(capsys: pytest.CaptureFixture[str], form: str, table: pa.Table) -> str:
    """What a table comes to in a format."""
    write(table.to_reader(), form)
    return capsys.readouterr().out


def answer(statement: str) -> pa.Table:
    """What DuckDB answers to a statement."""
    with duckdb.connect() as connection:
        return connection.sql(statement).to_arrow_table()


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_escapes_what_drives_a_terminal(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """Control characters in names and values are JSON's own escapes, and the rows parse to what they were."""
    rows = [{DRIVING: DRIVING, "list": [DRIVING, "é\x00"]}]
    output = printed(capsys, form, pa.Table.from_pylist(rows))
    assert "\\u001b[31mred\\u202egpj.txt\\u009b" in output
    assert "é" in output
    assert not {"\x1b", "\u202e", "\x9b", "\x00"} & set(output)
    parsed = json.loads(output)
    assert (parsed if form == "json" else [parsed]) == rows


def test_csv_in_a_file_is_exact(capsys: pytest.CaptureFixture[str]) -> None:
    """CSV that goes to a file or a pipe holds each name and value as it is."""
    rows = [{DRIVING: f"{DRIVING}\n,"}]
    output = printed(capsys, "csv", pa.Table.from_pylist(rows))
    assert list(csv.DictReader(io.StringIO(output, newline=""))) == rows


def test_csv_on_a_terminal_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """CSV that goes to a terminal has the control characters of its names and values written out."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    write(pa.table({DRIVING: [DRIVING, None]}).to_reader(), "csv")
    shown = "\\x1b[31mred\\u202egpj.txt\\x9b"
    assert terminal.getvalue() == f'{shown}\n{shown}\n""\n'


def test_a_table_is_escaped_wherever_it_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """A table, which is for people, has control characters written out in a pipe too."""
    output = printed(capsys, "table", pa.table({DRIVING: [DRIVING]}))
    assert output.count("\\x1b[31mred\\u202egpj.txt\\x9b") == 2
    assert not {"\x1b", "\u202e", "\x9b"} & set(output)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a", "a"], ["a", "a_1"]),
        (["a", "a", "a", "b"], ["a", "a_1", "a_2", "b"]),
        (["a", "a", "a_1"], ["a", "a_1", "a_1_1"]),
        (["a_1", "a", "a"], ["a_1", "a", "a_2"]),
    ],
)
def test_a_name_given_twice_gets_a_number(
    capsysbinary: pytest.CaptureFixture[bytes], names: list[str], told: list[str]
) -> None:
    """Columns of one name become a, a_1 in every format, past names that are taken, and none loses its value."""
    table = pa.Table.from_arrays([pa.array([number]) for number in range(len(names))], names)
    row = {name: number for number, name in enumerate(told)}

    def output(form: str) -> bytes:
        write(table.to_reader(), form)
        return capsysbinary.readouterr().out

    assert json.loads(output("json")) == [row]
    assert json.loads(output("jsonl")) == row
    assert output("csv").decode().splitlines()[0].split(",") == told
    assert output("table").decode().split()[: len(told)] == told
    assert pq.read_table(io.BytesIO(output("parquet"))).to_pylist() == [row]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (datetime(2026, 1, 5, 10, 0, 5, 250_000), "2026-01-05T10:00:05.250Z"),  # noqa: DTZ001 - the index has UTC
        (datetime(2026, 1, 5, 10, 0, 5, 250_001), "2026-01-05T10:00:05.250001Z"),  # noqa: DTZ001 - the index has UTC
        (datetime(2026, 1, 5, 10, tzinfo=UTC), "2026-01-05T10:00:00.000Z"),
        (datetime(2026, 1, 5, 1, tzinfo=timezone(timedelta(hours=8))), "2026-01-04T17:00:00.000Z"),
        (date(2026, 1, 5), "2026-01-05"),
        (time(10, 0, 5), "10:00:05"),
        (timedelta(days=1, seconds=5), "1 day, 0:00:05"),
        (Decimal("2.0"), 2),
        (Decimal("2.5"), 2.5),
        (float("nan"), None),
        (b"\x00\xff", "00ff"),
        ([{"at": time(10)}], [{"at": "10:00:00"}]),
    ],
)
def test_a_value_is_told_plainly(value: Any, told: Any) -> None:
    """Times are ISO 8601 in UTC, durations text, decimals numbers, bytes hex, and what is no number is absent."""
    assert plain(value) == told


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("TIMESTAMPTZ '2026-01-05 01:00:00+08'", "2026-01-04T17:00:00.000Z"),
        ("TIMESTAMP '2026-01-05 10:00:05.25'", "2026-01-05T10:00:05.250Z"),
        ("DATE '2026-01-05'", "2026-01-05"),
        ("TIME '10:00:05'", "10:00:05"),
        ("INTERVAL 3 HOURS", "3:00:00"),
        ("INTERVAL '1 month 2 days 1 second'", "1 months, 2 days, 0:00:01"),
        ("TIMESTAMP '2026-01-05 10:00:05' - TIMESTAMP '2026-01-05 10:00:00'", "0:00:05"),
    ],
)
def test_every_column_of_time_prints(capsys: pytest.CaptureFixture[str], form: str, expression: str, told: str) -> None:
    """A column of any of DuckDB's types of time is readable text in every format."""
    output = printed(capsys, form, answer(f"SELECT {expression} AS v"))
    match form:
        case "json":
            assert json.loads(output) == [{"v": told}]
        case "jsonl":
            assert json.loads(output) == {"v": told}
        case "csv":
            assert list(csv.DictReader(io.StringIO(output))) == [{"v": told}]
        case _:
            assert told in [line.strip() for line in output.splitlines()]
