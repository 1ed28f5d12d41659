"""What people say of findings, in a file beside the index: a person need not wait for a run, and no run loses a word.

A run takes it over into the index. Nothing is ever deleted here; the newest note on a finding counts.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from indexer.errors import IndexerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS acknowledgements (
    finding_id TEXT NOT NULL,
    note TEXT NOT NULL,
    author TEXT NOT NULL,
    acknowledged_at TEXT NOT NULL
)
"""
_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That a person knows of a finding. ``acknowledged_at`` is naive UTC."""

    finding_id: str
    note: str
    author: str
    acknowledged_at: datetime


def notes_of(index: Path) -> Path:
    """Where the words on an index's findings are kept."""
    return index.with_name(index.name + ".notes")


def acknowledge(index: Path, said: Acknowledgement) -> None:
    """Keep what a person says of a finding.

    Raises:
        IndexerError: the file cannot be written.
    """
    with _opened(notes_of(index)) as connection, connection:
        connection.execute(_SCHEMA)
        row = (said.finding_id, said.note, said.author, said.acknowledged_at.isoformat(sep=" "))
        connection.execute("INSERT INTO acknowledgements VALUES (?, ?, ?, ?)", row)


def acknowledgements(index: Path) -> dict[str, Acknowledgement]:
    """The newest word on each finding, by the finding's id."""
    path = notes_of(index)
    if not path.exists():
        return {}
    with _opened(path) as connection:
        rows = connection.execute("SELECT * FROM acknowledgements ORDER BY acknowledged_at, rowid").fetchall()
    return {
        finding: Acknowledgement(finding, note, author, datetime.fromisoformat(moment))
        for finding, note, author, moment in rows
    }


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise IndexerError(f"{path}: {error}") from error
