"""Tables: each row a body in the order of its columns, none lost, none read with a column short."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from indexer.moderation import GenericMapping, generic_mapping
from moderation.reading import read

if TYPE_CHECKING:
    from pathlib import Path

INHOUSE = generic_mapping(GenericMapping("inhouse", {"key": "object", "label": "label", "captured_at": "taken"}))
HEADER = "taken,object,label,note\n"
GOOD = "2026-01-05T10:00:05.250Z,a.jpg,porn,\n"


def csv_file(tmp_path: Path, content: str | bytes, name: str = "verdicts.csv") -> Path:
    """A CSV file."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def parquet_file(tmp_path: Path, **columns: Any) -> Path:
    """A Parquet file of one row, some of its columns as given."""
    table = {"object": ["a.jpg"], "label": ["porn"], "taken": ["20260105100005250"]} | columns
    parquet.write_table(pa.table(table), tmp_path / "verdicts.parquet")
    return tmp_path / "verdicts.parquet"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["verdicts.csv", "VERDICTS.CSV", "verdicts.txt"])
def test_a_csv_row_is_a_payload(tmp_path: Path, mark: bytes, name: str) -> None:
    """A row is compact JSON with the columns in the file's order, with or without a byte order mark or suffix."""
    (payload,) = read(csv_file(tmp_path, mark + (HEADER + GOOD).encode(), name), forced=INHOUSE)
    assert payload.text == '{"taken":"2026-01-05T10:00:05.250Z","object":"a.jpg","label":"porn","note":""}'
    assert (payload.parse_status, payload.source_line, payload.verdicts[0].key) == ("ok", 2, "a.jpg")


def test_a_compressed_csv_is_read_and_so_is_standard_input(tmp_path: Path) -> None:
    """A compressed table is told by its bytes; what is no JSON on standard input is CSV for a mapping of columns."""
    zipped = gzip.compress((HEADER + GOOD).encode())
    assert [payload.parse_status for payload in read(csv_file(tmp_path, zipped), forced=INHOUSE)] == ["ok"]
    assert [payload.parse_status for payload in read("-", forced=INHOUSE, stdin=(HEADER + GOOD).encode())] == ["ok"]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """A row over several lines and empty lines do not shift the numbers of the rows after it."""
    content = HEADER + '1767607205,"a\nb.jpg",porn,\n\n' + GOOD
    assert [payload.source_line for payload in read(csv_file(tmp_path, content), forced=INHOUSE)] == [2, 5]


def test_short_and_long_rows_are_kept_as_failures(tmp_path: Path) -> None:
    """A row that does not fit the header fails with its line and its cells, and the others are read."""
    payloads = read(csv_file(tmp_path, f"{HEADER}a,b\n{GOOD}a,b,c,d,e\n"), forced=INHOUSE)
    assert [(payload.parse_status, payload.parse_error) for payload in payloads] == [
        ("failed", "line 2 has 2 fields and the header 4"),
        ("ok", None),
        ("failed", "line 4 has 5 fields and the header 4"),
    ]
    assert [json.loads(payload.text) for payload in payloads[::2]] == [["a", "b"], ["a", "b", "c", "d", "e"]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"\xff,a.jpg,porn,\n", "no UTF-8 at byte 1: 0xff"),
        (b'"a"b,a.jpg,porn,\n', "no CSV: ',' expected after '\"'"),
        (b"x" * 200_000 + b",a.jpg,porn,\n", "no CSV: field larger than field limit (131072)"),
    ],
    ids=["bytes", "quote", "large"],
)
def test_a_row_that_is_no_csv_is_kept_as_it_stands(tmp_path: Path, row: bytes, reason: str) -> None:
    """A row that cannot be read fails with all of its bytes, and the rows after it are read."""
    refused, good = read(csv_file(tmp_path, HEADER.encode() + row + GOOD.encode()), forced=INHOUSE)
    assert (refused.parse_status, refused.parse_error, good.parse_status) == ("failed", reason, "ok")
    assert (refused.raw or refused.text.encode()) == row.strip()


def test_an_unclosed_quote_swallows_rows_and_says_so(tmp_path: Path) -> None:
    """What an unclosed quote took with it stands in the failed payload."""
    (payload,) = read(csv_file(tmp_path, f'{HEADER}"{GOOD}{GOOD}'), forced=INHOUSE)
    assert (payload.parse_error, payload.text) == ("no CSV: unexpected end of data", f'"{GOOD}{GOOD}'.strip())


def test_a_table_without_a_named_column_gives_no_verdicts(tmp_path: Path) -> None:
    """A column that the configuration names and the table lacks is a failure of every row, not a silent blank."""
    (payload,) = read(csv_file(tmp_path, "object,taken\na.jpg,1767607205\n"), forced=INHOUSE)
    assert (payload.provider, payload.parse_error) == ("inhouse", "the table has no column 'label'")


def test_a_table_that_nobody_asked_for_is_no_known_shape(tmp_path: Path) -> None:
    """Without a mapping of columns a table's rows are payloads that tell what their fields are."""
    (payload,) = read(csv_file(tmp_path, HEADER + GOOD))
    assert payload.parse_error == "no known shape: fields taken, object, label, note"


def test_equal_rows_are_equal_payloads(tmp_path: Path) -> None:
    """Two rows with the same cells are the same body."""
    first, second = read(csv_file(tmp_path, HEADER + GOOD + GOOD), forced=INHOUSE)
    assert (first.payload_id, first.source_line) == (second.payload_id, second.source_line - 1)


@pytest.mark.parametrize(
    ("taken", "written", "precision"),
    [
        (pa.array([1767607205250123456], pa.timestamp("ns")), "2026-01-05T10:00:05.250123", 1),
        (pa.array([1767607205250], pa.timestamp("ms", "Asia/Shanghai")), "2026-01-05T10:00:05.250000", 1),
        (pa.array([1767607205], pa.timestamp("s")), "2026-01-05T10:00:05", 1000),
        (pa.array([20260105100005250]), 20260105100005250, 1),
    ],
    ids=["nanoseconds", "zone", "seconds", "digits"],
)
def test_a_parquet_row_is_a_payload(tmp_path: Path, taken: object, written: object, precision: int) -> None:
    """Times of any unit and zone are naive UTC, and integers stay exact."""
    (payload,) = read(parquet_file(tmp_path, taken=taken), forced=INHOUSE)
    assert json.loads(payload.text) == {"object": "a.jpg", "label": "porn", "taken": written}
    (verdict,) = payload.verdicts
    assert str(verdict.captured_at)[:19] == "2026-01-05 10:00:05"
    assert (verdict.captured_at_precision_ms, payload.source_line) == (precision, 1)


def test_what_json_has_no_type_for_is_its_text(tmp_path: Path) -> None:
    """Bytes, decimals, days, infinities and nested values all have a JSON form, and fail no row."""
    columns = {
        "bytes": pa.array([b"a.jpg"]),
        "decimal": pa.array(["1.50"]).cast(pa.decimal128(5, 2)),
        "day": pa.array([20458], pa.date32()),
        "infinite": pa.array([float("inf")]),
        "nested": pa.array([{"a": [1.5, None]}]),
    }
    (payload,) = read(parquet_file(tmp_path, **columns), forced=INHOUSE)
    told = {"bytes": "a.jpg", "decimal": "1.50", "day": "2026-01-05", "infinite": "inf", "nested": {"a": [1.5, None]}}
    assert {name: json.loads(payload.text)[name] for name in told} == told


def test_a_damaged_parquet_file_is_one_failure(tmp_path: Path) -> None:
    """A file that is no Parquet is kept with the reason and stops no other file."""
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    failed, good = read(broken, parquet_file(tmp_path), forced=INHOUSE)
    assert (failed.parse_status, failed.text, good.parse_status) == ("failed", "PAR1 and no more", "ok")
    assert str(failed.parse_error).startswith("the file cannot be read from row 1 on: ")
