"""What of an index goes into a lake: its parts, each with what tells its rows from others, and their rows.

A part is a source's day of objects, or a stretch of another table's rows as they stand in the file. Only parts that
have changed are read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from indexer.lake.layout import OBJECTS, ROWS_A_GROUP, lake_type, partition
from indexer.store.statements import statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

_PACKAGE = "indexer.lake"
ROWS_A_STRETCH = 8 * ROWS_A_GROUP
# Days are read together up to so many rows: each reading passes over all of the index.
_ROWS_AT_ONCE = 1_000_000
# Objects hold what is in the first of them; the others are about the file itself.
_NOT_EXPORTED = ("object_rows", "kept_rows", "archive_files", "archived_names", "brought_back", "schema_migrations")


@dataclass(frozen=True, slots=True)
class Part:
    """One partition of a table, how many rows it has, and what tells them from others."""

    table: str
    partition: str
    rows: int
    state: str


Columns = dict[str, str]
"""The names of a table's columns, in their order, and the index's types."""


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Columns]:
    """The tables besides objects that go into a lake, by name."""
    rows = connection.execute(statement("columns", _PACKAGE)).fetchall()
    grouped = groupby(rows, key=lambda row: str(row[0]))
    found = {table: {column: kind for _, column, kind in columns} for table, columns in grouped}
    return {table: columns for table, columns in found.items() if table not in _NOT_EXPORTED}


def parts(connection: duckdb.DuckDBPyConnection, schema: int) -> Iterator[Part]:
    """Yield every part of an index, objects first, in the order of their rows."""
    for source, day, rows, mark in connection.execute(statement("object_parts", _PACKAGE)).fetchall():
        yield Part(OBJECTS, partition(source, day), rows, _state(schema, rows, mark))
    for table, columns in tables(connection).items():
        sql = (
            f"SELECT rowid // {ROWS_A_STRETCH} AS stretch, count(*), sum(hash({_listed(columns)})) "  # noqa: S608
            f"FROM {_quoted(table)} GROUP BY stretch ORDER BY stretch"
        )
        for stretch, rows, mark in connection.execute(sql).fetchall():
            yield Part(table, str(stretch), rows, _state(schema, rows, mark))


def rows_of(
    connection: duckdb.DuckDBPyConnection, wanted: Sequence[Part]
) -> Iterator[tuple[Part, pa.Schema, Iterator[pa.RecordBatch]]]:
    """Yield the rows of these parts. Each part's must be read before the next is asked for."""
    for batch in _at_once([part for part in wanted if part.table == OBJECTS]):
        yield from _days(connection, batch)
    known = tables(connection)
    for part in wanted:
        if part.table != OBJECTS:
            rows = _stretch(connection, part, known[part.table])
            yield part, rows.schema, iter(rows)


def arrow_schema(connection: duckdb.DuckDBPyConnection, table: str) -> pa.Schema:
    """The columns of a table's files."""
    if table != OBJECTS:
        return _stretch(connection, Part(table, "0", 0, ""), tables(connection)[table]).schema
    return _objects(connection, ()).schema


def _state(schema: int, rows: int, mark: int) -> str:
    return f"{schema}-{rows}-{mark % 2**64:016x}"


def _at_once(days: list[Part]) -> Iterator[list[Part]]:
    """Days in groups that are read together."""
    group: list[Part] = []
    for day in days:
        if group and sum(part.rows for part in group) + day.rows > _ROWS_AT_ONCE:
            yield group
            group = []
        group.append(day)
    if group:
        yield group


def _days(
    connection: duckdb.DuckDBPyConnection, days: list[Part]
) -> Iterator[tuple[Part, pa.Schema, Iterator[pa.RecordBatch]]]:
    of = {day.partition: day for day in days}
    rows = _objects(connection, tuple(of))
    for name, pieces in groupby(_pieces(rows), key=lambda piece: piece[0]):
        yield of[name], rows.schema, (batch for _, batch in pieces)


def _objects(connection: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> pa.RecordBatchReader:
    chosen = [[text.partition("=")[2] for text in name.split("/")] for name in names]
    connection.execute("CREATE OR REPLACE TEMP TABLE chosen (source VARCHAR, day DATE)")
    if chosen:
        sources, days = (pa.array(column) for column in zip(*chosen, strict=True))
        arrived = pa.table({"source": sources, "day": days})
        connection.register("arrived", arrived)
        connection.execute("INSERT INTO chosen SELECT source, day::DATE FROM arrived")
        connection.unregister("arrived")
    first, last = connection.execute("SELECT min(day), max(day) FROM chosen").fetchall()[0]
    sql = statement("objects", _PACKAGE)
    return connection.sql(sql, params={"first": first, "last": last}).to_arrow_reader(ROWS_A_GROUP)


def _pieces(rows: pa.RecordBatchReader) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Yield rows that are sorted by source and day in slices of one partition."""
    for batch in rows:
        for begin, end in _runs(batch):
            piece = batch.slice(begin, end - begin)
            yield partition(piece["source"][0].as_py(), piece["day"][0].as_py().isoformat()), piece


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[int, int]]:
    """Where the rows of one source and day begin and end."""
    steps = [pc.not_equal(batch[name].slice(1), batch[name].slice(0, batch.num_rows - 1)) for name in ("source", "day")]
    cuts = [cut + 1 for cut in pc.indices_nonzero(pc.or_(*steps)).to_pylist()]
    return zip([0, *cuts], [*cuts, batch.num_rows], strict=True)


def _stretch(connection: duckdb.DuckDBPyConnection, part: Part, columns: Columns) -> pa.RecordBatchReader:
    casts = (f"{_quoted(name)}::{lake_type(kind, name)} AS {_quoted(name)}" for name, kind in columns.items())
    first = int(part.partition) * ROWS_A_STRETCH
    sql = (
        f"SELECT {', '.join(casts)} FROM {_quoted(part.table)} "  # noqa: S608 - names of the index's own schema
        f"WHERE rowid >= {first} AND rowid < {first + ROWS_A_STRETCH}"
    )
    return connection.sql(sql).to_arrow_reader(ROWS_A_GROUP)


def _listed(columns: Columns) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
