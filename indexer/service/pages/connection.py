"""Connections of the pages to the published index: bounded in time, in memory, and in how many there are at once."""

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


class Places:
    """As many places as there may be queries at once."""

    def __init__(self, limits: Limits) -> None:
        self._free = threading.BoundedSemaphore(limits.at_once)
        self._wait_seconds = limits.wait_seconds

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold one of them, which may have to be waited for.

        Raises:
            QueriesBusy: others are at it, and will be for a while.
        """
        if not self._free.acquire(timeout=self._wait_seconds):
            raise QueriesBusy("other queries are still running: try again in a moment")
        try:
            yield
        finally:
            self._free.release()


class Readers:
    """Gives connections for SQL of ours to an index: a new one each time, so that a newly published index is seen.

    What people write is run by ``Runner``: a statement can take more memory than DuckDB counts.
    """

    def __init__(self, index: Path, limits: Limits) -> None:
        self.limits = limits
        self.places = Places(limits)
        self._index = index

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection, and interrupt what it does once its time is over.

        Raises:
            QueriesBusy: others are at it, and will be for a while.
            QueryError: DuckDB refuses what is asked.
            QueryStopped: it took too long.
            IndexMissing: nothing was published yet.
        """
        with self.places.one(), reading(self._index, self.limits.memory) as connection:
            watchdog = _Watchdog(connection, self.limits.seconds)
            try:
                with watchdog:
                    yield connection
            except _REFUSALS as error:
                if watchdog.barked:
                    raise QueryStopped(took_too_long(self.limits.seconds)) from error
                raise QueryError(str(error)) from error


def took_too_long(seconds: float) -> str:
    """What is said of a query that was stopped."""
    return f"the query took longer than {seconds:g} s: ask for less at once"


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
