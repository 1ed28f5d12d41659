"""Reads tables as bodies: each row of a CSV or Parquet file as a JSON object with the columns in their order."""

from __future__ import annotations

import csv
import json
import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

from indexer.moderation.body import MAX_BYTES, Body, trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from io import BufferedReader

    from indexer.moderation.base import Json

_BATCH_ROWS = 10_000


def csv_rows(stream: BufferedReader, required: Sequence[str]) -> Iterator[Body]:
    """The rows of a CSV file with a header, UTF-8. A row that does not fit the header is a body with that problem."""
    lines = _Lines(stream)
    reader = csv.reader(lines, strict=True)
    header: list[str] | None = None
    for cells, refusal in _records(reader, lines):
        taken = trimmed(lines.taken)
        if refusal or not _is_utf8(taken):
            header = header or []
            yield Body(lines.first, taken, refusal)
        elif header is None:
            header = cells
        elif cells:
            yield _csv_row(lines.first, header, cells, required)


def _records(reader: Iterator[list[str]], lines: _Lines) -> Iterator[tuple[list[str], str | None]]:
    """Each record, or why there is none in the lines that were taken for it."""
    while True:
        lines.begin()
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield [], f"no CSV: {error}"
        else:
            yield record, None


def _csv_row(line: int, header: list[str], cells: list[str], required: Sequence[str]) -> Body:
    if len(cells) != len(header):
        problem = f"line {line} has {len(cells)} fields and the header {len(header)}"
        return Body(line, _compact(cells).encode(), problem)
    return _row(line, header, cells, required)


class _Lines:
    """A stream's lines as text, that remembers which bytes it gave out since ``begin``."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream
        self._count = 0
        self.first = 1
        self.taken = b""

    def begin(self) -> None:
        self.first, self.taken = self._count + 1, b""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_BYTES)
        if not line:
            raise StopIteration
        self._count += 1
        self.taken += line
        # Bytes that are no UTF-8 are told of once the record is whole.
        return line.decode("utf-8-sig" if self._count == 1 else "utf-8", "replace")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def parquet_rows(path: str, head: bytes, required: Sequence[str]) -> Iterator[Body]:
    """The rows of a Parquet file, numbered from one. Where it cannot be read on, ``head`` is a body with the reason."""
    row = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                columns = [_values(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    row += 1
                    yield _row(row, batch.schema.names, cells, required)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield Body(row + 1, head, f"the file cannot be read from row {row + 1} on: {error}")


def _values(column: Any) -> list[Any]:  # noqa: ANN401 - pyarrow has no types
    """A column's values. Times are naive UTC in microseconds: Python has no finer ones."""
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.timestamp("us"))
    values: list[Any] = column.to_pylist()
    return values


def _row(line: int, names: Sequence[str], cells: Iterable[Any], required: Sequence[str]) -> Body:
    fields = (f"{_compact(name)}:{_compact(_plain(cell))}" for name, cell in zip(names, cells, strict=True))
    missing = [repr(name) for name in required if name not in names]
    problem = f"the table has no column {', '.join(missing)}" if missing else None
    return Body(line, f"{{{','.join(fields)}}}".encode(), problem)


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Json:  # noqa: ANN401 - whatever Arrow has a type for
    """A cell as JSON has it: what JSON has no type for, as its text."""
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)
