"""Rows on stdout: a table for people, and formats for machines."""

from __future__ import annotations

import csv
import json
import math
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING, Any

import click
import pyarrow as pa
import pyarrow.parquet as pq
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.cli.common import App, escaped, escaped_json
from indexer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO, TextIO

FORMATS = ("table", "json", "jsonl", "csv", "parquet")
# Wide enough that no terminal's width folds what goes to a file or a pipe.
_UNBOUNDED = 100_000


@dataclass(frozen=True, slots=True)
class Show:
    """Writes rows to stdout in the format that the user chose."""

    form: str

    @property
    def for_people(self) -> bool:
        """Whether sentences may stand beside the rows."""
        return self.form == "table"

    def __call__(self, rows: pa.RecordBatchReader | list[dict[str, Any]]) -> None:
        """Write a stream of rows, or rows made in Python."""
        write(rows if isinstance(rows, pa.RecordBatchReader) else pa.Table.from_pylist(rows).to_reader(), self.form)


def output_options(default: str = "table") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command ``--format``, and as its second argument what writes rows in it to stdout."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            default=default,
            show_default=True,
            help="How rows are written to stdout.",
        )
        @wraps(function)
        def command(app: App, *, form: str, **rest: Any) -> None:  # noqa: ANN401 - the wrapped command's own
            function(app, Show(form), **rest)

        return command

    return decorate


def write(rows: pa.RecordBatchReader, form: str) -> None:
    """Write a stream of rows to stdout."""
    rows = _distinctly_named(rows)
    match form:
        case "table":
            _write_table(rows)
        case "json":
            _write_json(rows, sys.stdout)
        case "jsonl":
            for row in _plain_rows(rows):
                sys.stdout.write(escaped_json(row) + "\n")
        case "csv":
            _write_csv(rows, sys.stdout)
        case "parquet":
            _write_parquet(rows, sys.stdout.buffer)


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


def _distinctly_named(rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
    """The rows with no name given twice, as DuckDB names the columns of a table: a, a_1."""
    names: list[str] = []
    for name in rows.schema.names:
        free = (f"{name}_{number}" if number else name for number in count())
        names.append(next(each for each in free if each not in names))
    if names == rows.schema.names:
        return rows
    schema = pa.schema([field.with_name(name) for field, name in zip(rows.schema, names, strict=True)])
    return pa.RecordBatchReader.from_batches(schema, (batch.rename_columns(names) for batch in rows))


def _plain_rows(rows: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    for batch in rows:
        for row in batch.to_pylist():
            yield {name: plain(value) for name, value in row.items()}


def _write_json(rows: pa.RecordBatchReader, stream: TextIO) -> None:
    separator = "["
    for row in _plain_rows(rows):
        stream.write(f"{separator}\n  {escaped_json(row)}")
        separator = ","
    stream.write("[]\n" if separator == "[" else "\n]\n")


def _write_csv(rows: pa.RecordBatchReader, stream: TextIO) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    shown = escaped if stream.isatty() else str
    writer.writerow(map(shown, rows.schema.names))
    for row in _plain_rows(rows):
        writer.writerow("" if value is None else shown(_cell(value)) for value in row.values())


def _cell(value: Any) -> str:  # noqa: ANN401 - any plain value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | list | dict) else str(value)


def _write_parquet(rows: pa.RecordBatchReader, stream: BinaryIO) -> None:
    if stream.isatty():
        raise UsageError(
            "Parquet is no text: send it to a file, as in `indexer query NAME --format parquet > rows.parquet`"
        )
    with pq.ParquetWriter(stream, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


def _write_table(rows: pa.RecordBatchReader) -> None:
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else _UNBOUNDED, highlight=False, emoji=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in rows.schema:
        table.add_column(
            Text(escaped(column.name)), overflow="fold", justify="right" if _is_number(column.type) else "left"
        )
    for row in _plain_rows(rows):
        table.add_row(*(_shown(value) for value in row.values()))
    console.print(table)


def _shown(value: Any) -> Text:  # noqa: ANN401 - any plain value
    return Text("" if value is None else escaped(_cell(value)))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
