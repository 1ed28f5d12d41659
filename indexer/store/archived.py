"""The archive as the index knows it: which files have what left it, and what of that is brought back.

An archived object that is there was seen by its source's last complete run. What another run meets of them, and what a
complete one finds changed or gone, is brought back: the index has it again as it is now, and the files' row is masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.store import statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


def files(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The absolute paths of the archive's files; none where nothing was archived."""
    known = statements.one(connection, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'archive_files'")
    rows = connection.execute("SELECT path FROM archive_files ORDER BY path").fetchall() if known != (0,) else []
    return [path for (path,) in rows]


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
        rows = self._connection.execute(statements.statement("touched_files"), {"source": self._source}).fetchall()
        return [path for (path,) in rows]

    def _files(self) -> list[str]:
        sql = "SELECT path FROM archive_files WHERE source = ? ORDER BY path"
        return [path for (path,) in self._connection.execute(sql, [self._source]).fetchall()]


def forget(connection: duckdb.DuckDBPyConnection, source: str, day: str | None) -> None:
    """Drop what is known of a source's day in the archive, or of all its days, before that is told anew."""
    for table in ("archived_names", "brought_back"):
        sql = statements.statement("forget_archived").replace("{table}", table)
        connection.execute(sql, {"source": source, "day": day})
    connection.execute(
        "DELETE FROM archive_files WHERE source = $source AND ($day::DATE IS NULL OR day = $day::DATE)",
        {"source": source, "day": day},
    )
