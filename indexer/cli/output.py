"""Rows on stdout: a table for people, and formats for machines."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
import pyarrow as pa
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.errors import UsageError
from indexer.rows import cell, csv_text, distinctly_named, is_number, json_text, jsonl_text, parquet_bytes, plain_rows
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from indexer.cli.common import App

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
    rows = distinctly_named(rows)
    match form:
        case "table":
            _write_table(rows)
        case "json":
            sys.stdout.writelines(json_text(rows))
        case "jsonl":
            sys.stdout.writelines(jsonl_text(rows))
        case "csv":
            sys.stdout.writelines(csv_text(rows, escaped if sys.stdout.isatty() else str))
        case "parquet":
            _write_parquet(rows, sys.stdout.buffer)


def _write_parquet(rows: pa.RecordBatchReader, stream: BinaryIO) -> None:
    if stream.isatty():
        raise UsageError(
            "Parquet is no text: send it to a file, as in `indexer query NAME --format parquet > rows.parquet`"
        )
    stream.writelines(parquet_bytes(rows))


def _write_table(rows: pa.RecordBatchReader) -> None:
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else _UNBOUNDED, highlight=False, emoji=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in rows.schema:
        table.add_column(
            Text(escaped(column.name)), overflow="fold", justify="right" if is_number(column.type) else "left"
        )
    for row in plain_rows(rows):
        table.add_row(*(_shown(value) for value in row.values()))
    console.print(table)


def _shown(value: Any) -> Text:  # noqa: ANN401 - any plain value
    return Text(escaped(cell(value)))
