"""The archive as the index knows it: which files have what left it, and what of that is brought back.

An archived object that is there was seen by its source's last complete run. What another run meets of them, and what a
complete one finds changed or gone, is brought back: the index has it again as it is now, and the files' row is masked.
"""

from __future__ import annotations

import stat
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.errors import IndexInconsistent
from indexer.lake.layout import is_file
from indexer.store import statements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import duckdb

# An index of an older release is read as it is.
_HAS_FILES = "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'archive_files'"


@dataclass(frozen=True, slots=True)
class File:
    """The file of a source's day: where it is, how many rows and bytes it has, and its SHA-256 in hex."""

    source: str
    day: date
    folder: str
    path: str
    rows: int
    bytes: int
    sha256: str


def files(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The absolute paths of the archive's files; none where nothing was archived.

    Raises:
        IndexInconsistent: one is gone, or is not named as an archive's are: an index that somebody sends you opens no
            other file.
    """
    if statements.one(connection, _HAS_FILES) is None:
        return []
    rows = connection.execute("SELECT folder, path FROM archive_files ORDER BY ALL").fetchall()
    for folder, path in rows:
        _check(folder, path)
    return [f"{folder}/{path}" for folder, path in rows]


def _check(folder: str, path: str) -> None:
    if not is_file(path):
        raise IndexInconsistent(f"the index names {path!r}, which is no file of an archive")
    try:
        is_regular = stat.S_ISREG(Path(folder, path).lstat().st_mode)
    except FileNotFoundError:
        is_regular = False
    if not is_regular:
        raise IndexInconsistent(f"{folder}/{path} is not there, and the index needs it: put its archive back")


def files_of(connection: duckdb.DuckDBPyConnection, source: str, day: date) -> list[str]:
    """The absolute paths of the files of a source's day."""
    sql = "SELECT folder || '/' || path FROM archive_files WHERE source = $source AND day = $day"
    return _paths(connection, sql, source=source, day=day)


def noted(connection: duckdb.DuckDBPyConnection) -> list[File]:
    """All files of the archive, by source and day."""
    rows = connection.execute("FROM archive_files ORDER BY source, day").fetchall()
    return [File(*row) for row in rows]


def note(connection: duckdb.DuckDBPyConnection, file: File) -> None:
    """Have a file be that of its source's day, and know what it has of each name."""
    forget(connection, file.source, file.day)
    connection.execute("INSERT INTO archive_files VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(file))
    sql = statements.statement("note_archived").replace("{files}", literals([f"{file.folder}/{file.path}"]))
    connection.execute(sql, {"day": file.day})


def rows_of(paths: Sequence[str]) -> str:
    """SQL that gives the rows of some files as ``kept_rows`` has them, without those that were brought back."""
    if not paths:
        return statements.statement("no_archive") + "WHERE false"
    return statements.statement("archived").replace("{files}", literals(paths))


def literals(texts: Sequence[str]) -> str:
    """Texts as an SQL list."""
    return f"[{', '.join(literal(text) for text in texts)}]"


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def show(connection: duckdb.DuckDBPyConnection) -> None:
    """Have ``object_rows`` show what the index keeps and what its archive has."""
    paths = files(connection)
    both = [statements.statement("no_archive"), *([rows_of(paths)] if paths else [])]
    connection.execute(f"CREATE OR REPLACE VIEW object_rows AS {' UNION ALL '.join(both)}")


class Archived:
    """One source's archived objects, beside a load of the source."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._any = statements.one(connection, "SELECT count(*) FROM archive_files WHERE source = ?", [source]) != (0,)

    def meet(self, *, every: bool) -> None:
        """Bring back what the batch says something new of, or, with ``every``, all that it names.

        It reads the tables ``touched``, ``named`` and ``ranges``, and of the archive's files those that may hold what
        these are about; often none. What it learns goes on to ``known`` by ``know``.
        """
        if self._any:
            statements.run(self._connection, "archived_touched")
            self._take_back("known_archived", self._touched_files(), every=every)

    def know(self) -> None:
        """Add to ``known`` what of the batch stays in the archive."""
        if self._any:
            statements.run(self._connection, "know_archived")

    def leave_out(self, prefix: str) -> None:
        """Bring back what is there and does not begin with the prefix: a listing of it does not see these any more."""
        sql = (
            "SELECT count(*) FROM archived_names a JOIN names n ON n.name_id = a.name_id "
            "WHERE n.source = ? AND NOT starts_with(n.front, ?) AND a.present > 0"
        )
        if self._any and statements.one(self._connection, sql, [self._source, prefix]) != (0,):
            self._take_back("all_archived", self._files(), source=self._source, outside=prefix)

    def dissolve(self) -> None:
        """Bring back all of it, as its names are read anew."""
        if self._any:
            self._take_back("all_archived", self._files(), source=self._source, outside=None)
            forget(self._connection, self._source, None)
            show(self._connection)
            self._any = False

    def _take_back(self, statement: str, paths: Sequence[str], **parameters: object) -> None:
        statements.run_filled(self._connection, statement, "archived", rows_of(paths), **parameters)
        if statements.one(self._connection, "SELECT count(*) FROM known_archived WHERE comes_back") != (0,):
            for noted in ("count_archived", "mask_archived", "take_back"):
                statements.run(self._connection, noted)

    def _touched_files(self) -> list[str]:
        return _paths(self._connection, statements.statement("touched_files"), source=self._source)

    def _files(self) -> list[str]:
        sql = "SELECT folder || '/' || path AS file FROM archive_files WHERE source = $source ORDER BY file"
        return _paths(self._connection, sql, source=self._source)


def forget(connection: duckdb.DuckDBPyConnection, source: str, day: date | None) -> None:
    """Drop what is known of a source's day in the archive, or of all its days, before that is told anew."""
    for table in ("archived_names", "brought_back"):
        sql = statements.statement("forget_archived").replace("{table}", table)
        connection.execute(sql, {"source": source, "day": day})
    connection.execute(
        "DELETE FROM archive_files WHERE source = $source AND ($day::DATE IS NULL OR day = $day::DATE)",
        {"source": source, "day": day},
    )


def _paths(connection: duckdb.DuckDBPyConnection, sql: str, **parameters: object) -> list[str]:
    return [path for (path,) in connection.execute(sql, parameters or None).fetchall()]
