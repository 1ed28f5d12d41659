"""What a query answers with, as much of it as a page shows, and all of it as a file."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.rows import cell, csv_text, distinctly_named, is_number, json_text, parquet_bytes, plain
from indexer.service.pages.task import PART_BYTES
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import duckdb
    import pyarrow as pa

MOST_ROWS_SHOWN = 1000
MOST_ROWS_COUNTED = 10_000
_MOST_CHARACTERS_SHOWN = 2_000_000
# More than the longest key and the longest URL of one.
_MOST_CHARACTERS_OF_A_CELL = 4000
_BATCH_ROWS = 1000
# What spreadsheets take for the beginning of a formula: OWASP, "CSV Injection", with the full-width forms of the signs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    is_number: bool


@dataclass(slots=True)
class Result:
    """The rows that a page shows, as texts that are safe to show, and how many there are.

    ``counted`` goes up to ``MOST_ROWS_COUNTED``; ``has_more`` says that there are more than that.
    """

    columns: list[Column]
    rows: list[list[str]] = field(default_factory=list)
    counted: int = 0
    has_more: bool = False
    has_cut_cells: bool = False
    seconds: float = 0.0
    characters: int = 0

    @property
    def is_full(self) -> bool:
        """Whether the page has room for no more rows."""
        return len(self.rows) >= MOST_ROWS_SHOWN or self.characters > _MOST_CHARACTERS_SHOWN

    def take(self, row: Mapping[str, Any]) -> None:
        """Add a row to those that are shown."""
        texts = [cell(plain(value)) for value in row.values()]
        self.has_cut_cells |= any(len(text) > _MOST_CHARACTERS_OF_A_CELL for text in texts)
        self.rows.append([escaped(_cut(text)) for text in texts])
        self.characters += sum(map(len, self.rows[-1]))


def answer(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> Result:
    """Run a query for a page: as many rows as it shows, and on up to the number that is counted."""
    begun = time.perf_counter()
    rows = _rows(connection, sql, parameters)
    result = Result([Column(escaped(column.name), is_number(column.type)) for column in rows.schema])
    for batch in rows:
        for row in batch.to_pylist() if not result.is_full else ():
            if not result.is_full:
                result.take(row)
        result.counted += batch.num_rows
        if result.counted > MOST_ROWS_COUNTED:
            result.counted, result.has_more = MOST_ROWS_COUNTED, True
            break
    result.seconds = time.perf_counter() - begun
    return result


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> pa.RecordBatchReader:
    return distinctly_named(connection.sql(sql, params=dict(parameters) or None).to_arrow_reader(_BATCH_ROWS))


def _cut(text: str) -> str:
    kept = text[:_MOST_CHARACTERS_OF_A_CELL]
    return text if kept == text else f"{kept}… ({len(text):,} characters)"


def for_spreadsheets(text: str) -> str:
    """A text as a cell of a CSV file that spreadsheets open: an apostrophe before what they would take for a formula.

    Names of channels and labels come from outside, and a formula can send what else is on the sheet to anybody.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that rows can be downloaded as."""

    media_type: str
    written: Callable[[pa.RecordBatchReader], Iterator[str | bytes]]


FORMATS: dict[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", lambda rows: csv_text(rows, for_spreadsheets)),
    "json": Format("application/json", json_text),
    "parquet": Format("application/vnd.apache.parquet", parquet_bytes),
}
"""By their names, which are the files' suffixes too."""


def file_parts(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any], form: Format
) -> Iterator[bytes]:
    """Yield all rows of a query as a file, in parts of ``PART_BYTES``: a write for each row would be slow."""
    held = bytearray()
    for part in form.written(_rows(connection, sql, parameters)):
        held += part.encode("utf-8", "backslashreplace") if isinstance(part, str) else part
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
    yield bytes(held)


def packed(result: Result) -> bytes:
    """A result as bytes, to be sent to another process."""
    return json.dumps(asdict(result), ensure_ascii=False).encode()


def unpacked(content: bytes) -> Result:
    """The result that was packed."""
    fields = json.loads(content)
    columns = [Column(**column) for column in fields.pop("columns")]
    return Result(columns, **fields)
