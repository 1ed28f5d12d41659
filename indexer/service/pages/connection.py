"""Queries of people at the published index: bounded in time, in memory, and in how many run at once."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from indexer.errors import QueriesBusy, QueryError, QueryStopped
from indexer.store import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_AGAIN_SECONDS = 0.05
# What DuckDB says while rows are read reaches Python through Arrow, as an error of its kinds.
_REFUSALS = (duckdb.Error, pa.ArrowException, OSError)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may take: seconds, memory as DuckDB writes it, and how many run while others wait for so long.

    As many downloads run beside them, which take as long as the other side takes to read.
    """

    seconds: float = 30.0
    memory: str = "512MB"
    at_once: int = 2
    wait_seconds: float = 5.0
    download_seconds: float = 600.0


class Readers:
    """Gives connections to an index: a new one each time, so that a newly published index is seen."""

    def __init__(self, index: Path, limits: Limits) -> None:
        self.limits = limits
        self._index = index
        self._queries = threading.BoundedSemaphore(limits.at_once)
        self._downloads = threading.BoundedSemaphore(limits.at_once)

    def reading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Give a connection, and interrupt what it does once its time is over.

        Raises:
            QueriesBusy: others are at it, and will be for a while.
            QueryError: DuckDB refuses what is asked.
            QueryStopped: it took too long.
            IndexMissing: nothing was published yet.
        """
        return self._bounded(self._queries, self.limits.seconds)

    def downloading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """Give a connection for what is read as slowly as it is sent; otherwise as ``reading``."""
        return self._bounded(self._downloads, self.limits.download_seconds)

    @contextmanager
    def _bounded(self, room: threading.BoundedSemaphore, seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._place(room), reading(self._index, self.limits.memory) as connection:
            watchdog = _Watchdog(connection, seconds)
            try:
                with watchdog:
                    yield connection
            except _REFUSALS as error:
                if watchdog.barked:
                    raise QueryStopped(f"stopped after {seconds:g} s: ask for less at once") from error
                raise QueryError(str(error)) from error

    @contextmanager
    def _place(self, room: threading.BoundedSemaphore) -> Iterator[None]:
        if not room.acquire(timeout=self.limits.wait_seconds):
            raise QueriesBusy("other queries are still running: try again in a moment")
        try:
            yield
        finally:
            room.release()


class _Watchdog:
    """Interrupts a connection after so many seconds, and again until it is told that the work has ended.

    One interruption is not enough: it is lost where it falls between two statements.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.barked = False

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        wait = self._seconds
        while not self._ended.wait(wait):
            self.barked, wait = True, _AGAIN_SECONDS
            self._connection.interrupt()
