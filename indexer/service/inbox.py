"""The inbox: callbacks as they came, in one SQLite file, until they are in the index.

It is written ahead and synced at every commit: what was committed survives the loss of power. Two processes may use it
at once, the receiver that writes and the ingest that drains it.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from indexer.errors import InboxUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

_OURS = 0x53494258
"""``SIBX``: what SQLite keeps in the file's head to tell what it is for."""
# The receiver must answer within five seconds, whoever else writes.
_LOCK_SECONDS = 2.0
_PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA trusted_schema = OFF;
"""


@dataclass(frozen=True, slots=True)
class Callback:
    """One accepted callback. Times are microseconds since 1970, UTC.

    ``identity`` is what the platform calls the notice by, else the SHA-256 of the body. Two bodies of one identity are
    two callbacks. ``signature_ok`` is ``None`` where nothing signs.
    """

    provider: str
    received_at: int
    body: bytes
    body_hash: bytes
    headers: str
    identity: str
    signature_ok: bool | None
    is_test: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a commit made of a callback: its row, and whether it is ``new``, a ``retry``, a ``variant`` or a ``test``.

    A variant is a new body of an identity that is there with another body.
    """

    row: int
    kind: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A callback that waits to be drained. ``place`` is that of its last delivery in the order of all of them."""

    row: int
    place: int
    provider: str
    received_at: int
    body: bytes
    headers: str
    signature_ok: int | None
    is_test: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class Level:
    """How full the inbox is: its rows, those that wait to be drained, and since when the first of these waits."""

    rows: int
    waiting: int
    oldest: int | None


class Inbox:
    """One connection to an inbox. It belongs to the thread that opened it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._file = path.stat().st_ino
        self._connection = connection

    def receive(self, callbacks: Sequence[Callback]) -> list[Receipt]:
        """Commit these, all or none. When this returns, they are durable.

        Raises:
            InboxUnavailable: the file was moved away or deleted: what is written to it now is lost.
        """
        if not self._path.exists() or self._path.stat().st_ino != self._file:
            raise InboxUnavailable(f"{self._path} is no longer the file that was opened")
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            return [self._receive(callback) for callback in callbacks]

    def _receive(self, callback: Callback) -> Receipt:
        values = {name: getattr(callback, name) for name in callback.__slots__}
        ((row, deliveries),) = self._connection.execute(_sql("receive"), values).fetchall()
        if callback.is_test:
            return Receipt(row, "test")
        if deliveries > 1:
            return Receipt(row, "retry")
        return Receipt(row, "variant" if self._others(callback, row) else "new")

    def _others(self, callback: Callback, row: int) -> bool:
        sql = "SELECT 1 FROM callbacks WHERE provider = ? AND identity = ? AND id <> ? LIMIT 1"
        return bool(self._connection.execute(sql, (callback.provider, callback.identity, row)).fetchall())

    def check(self, now: int) -> None:
        """Commit something, to see whether that can be done."""
        with self._connection:
            self._connection.execute("UPDATE state SET checked_at = ?", (now,))

    def level(self) -> Level:
        """How full the inbox is now."""
        ((rows, waiting, oldest),) = self._connection.execute(_sql("level")).fetchall()
        return Level(rows, waiting, oldest)

    def waiting(self) -> Iterator[Kept]:
        """What was there at the beginning and waits to be drained, in the order of the last deliveries.

        It reads some rows at a time: a long reading would keep SQLite from clearing away what it wrote ahead.
        """
        at = self._number("SELECT drained_to FROM state")
        last = self._number("SELECT coalesce(max(place), 0) FROM callbacks")
        while rows := [Kept(*row) for row in self._connection.execute(_sql("waiting"), (at, last)).fetchall()]:
            yield from rows
            at = rows[-1].place

    def mark_drained(self, place: int) -> None:
        """Note that everything up to this place is in the published index."""
        with self._connection:
            self._connection.execute("UPDATE state SET drained_to = max(drained_to, ?)", (place,))

    def forget(self, before: datetime) -> int:
        """Delete what is drained and was last received before this time; gives how many rows that were."""
        sql = "DELETE FROM callbacks WHERE place <= (SELECT drained_to FROM state) AND last_received_at < ?"
        with self._connection:
            return self._connection.execute(sql, (int(before.timestamp() * 1_000_000),)).rowcount

    def _number(self, sql: str) -> int:
        ((number,),) = self._connection.execute(sql).fetchall()
        return int(number)


@contextmanager
def opened_inbox(path: Path, *, create: bool = False) -> Iterator[Inbox]:
    """Open an inbox; ``create`` makes it where there is none, readable by nobody else.

    Raises:
        InboxUnavailable: it is not there, is no inbox, or cannot be read or written, at opening or later in the block.
    """
    if create:
        _create(path)
    elif not path.exists():
        raise InboxUnavailable(f"{path} is not there: `indexer serve` makes it")
    try:
        with closing(sqlite3.connect(path, timeout=_LOCK_SECONDS, isolation_level=None)) as connection:
            _check(connection, path, create=create)
            yield Inbox(path, connection)
    except sqlite3.Error as error:
        raise InboxUnavailable(f"the inbox {path} cannot be used: {error}") from error


def inbox_of(index: Path) -> Path:
    """Where an index's inbox is, unless the configuration says otherwise."""
    return index.with_name(f"{index.name}.inbox")


def _create(path: Path) -> None:
    """Make the file. Bodies hold what platforms send in them, push keys among it: it is nobody else's to read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        _sync_folder(path.parent)
    except OSError as error:
        raise InboxUnavailable(f"the inbox {path} cannot be made: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    """Have the disk keep the new file's name: SQLite sees to the names of its own files only."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(connection: sqlite3.Connection, path: Path, *, create: bool) -> None:
    ((application,), (tables,)) = (
        connection.execute(sql).fetchone() for sql in ("PRAGMA application_id", "SELECT count(*) FROM sqlite_schema")
    )
    if application != _OURS and (tables or not create):
        raise InboxUnavailable(f"{path} is no inbox")
    connection.executescript(_PRAGMAS)
    if create:
        connection.executescript(f"BEGIN IMMEDIATE; PRAGMA application_id = {_OURS}; {_sql('schema')} COMMIT;")


@cache
def _sql(name: str) -> str:
    return resources.files("indexer.service").joinpath(f"{name}.sql").read_text("utf-8")
