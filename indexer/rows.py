"""Rows of a query as the formats that machines read, a batch at a time: JSON, JSON Lines, CSV and Parquet."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from indexer.text import escaped_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 - any column's value, one case each
    """A value as JSON and CSV have it: times in ISO 8601 with a Z, decimals as numbers, bytes as hex."""
    match value:
        case datetime(tzinfo=tzinfo) if tzinfo:
            return plain(value.astimezone(UTC).replace(tzinfo=None))
        case datetime():
            return value.isoformat(timespec="milliseconds" if value.microsecond % 1000 == 0 else "microseconds") + "Z"
        case date() | time():
            return value.isoformat()
        case timedelta() | pa.MonthDayNano():
            return _duration(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float() if not math.isfinite(value):
            return None
        case bytes():
            return value.hex()
        case list():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
    return value


def _duration(value: timedelta | pa.MonthDayNano) -> str:
    """A duration as text. The months of an interval have no fixed length, and stand before the rest of it."""
    if isinstance(value, timedelta):
        return str(value)
    rest = timedelta(days=value.days, microseconds=value.nanoseconds // 1000)
    return f"{value.months} months, {rest}" if value.months else str(rest)


def cell(value: Any) -> str:  # noqa: ANN401 - any plain value
    """A plain value as the text of one cell; what is absent is empty."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | list | dict) else str(value)


def is_number(kind: pa.DataType) -> bool:
    """Whether a column's values are numbers, which tables set to the right."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def distinctly_named(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The rows with no name given twice, as DuckDB names the columns of a table: a, a_1."""
    names: list[str] = []
    for name in rows.schema.names:
        free = (f"{name}_{number}" if number else name for number in count())
        names.append(next(each for each in free if each not in names))
    if names == rows.schema.names:
        return rows
    schema = pa.schema([field.with_name(name) for field, name in zip(rows.schema, names, strict=True)])
    return pa.RecordBatchReader.from_batches(schema, (batch.rename_columns(names) for batch in rows))


def plain_rows(rows: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    """Yield each row by the names of its columns, its values plain."""
    for batch in rows:
        for row in batch.to_pylist():
            yield {name: plain(value) for name, value in row.items()}


def json_text(rows: pa.RecordBatchReader) -> Iterator[str]:
    """Yield one JSON array of objects, a row at a time."""
    separator = "["
    for row in plain_rows(rows):
        yield f"{separator}\n  {escaped_json(row)}"
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


def jsonl_text(rows: pa.RecordBatchReader) -> Iterator[str]:
    """Yield JSON Lines, a row at a time."""
    for row in plain_rows(rows):
        yield escaped_json(row) + "\n"


def csv_text(rows: pa.RecordBatchReader, shown: Callable[[str], str] = str) -> Iterator[str]:
    """Yield CSV with a line of names, a row at a time. ``shown`` is what names and texts go through first."""
    yield _csv_line(shown(name) for name in rows.schema.names)
    for row in plain_rows(rows):
        yield _csv_line(shown(cell(value)) if _is_text(value) else cell(value) for value in row.values())


def _is_text(value: object) -> bool:
    return isinstance(value, str | list | dict)


def _csv_line(cells: Iterator[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def parquet_bytes(rows: pa.RecordBatchReader) -> Iterator[bytes]:
    """Yield one Parquet file, a row group a batch."""
    written = _Written()
    with pq.ParquetWriter(written, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)
            yield written.take()
    yield written.take()


class _Written(io.RawIOBase):
    """A file that can only be written, and gives away what was."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, part: Any) -> int:  # noqa: ANN401 - any buffer
        self._parts.append(bytes(part))
        self._size += len(self._parts[-1])
        return len(self._parts[-1])

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken
