"""Runs what people ask in processes of their own: what a statement does to its process, it does to nothing else."""

from __future__ import annotations

import logging
import math
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect

from indexer.errors import QueriesBusy, QueryError, QueryStopped
from indexer.service.pages.connection import Places, took_too_long
from indexer.service.pages.processes import Spare
from indexer.service.pages.result import unpacked
from indexer.service.pages.task import Kind, Task, needed_more, unpacked_error

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from indexer.errors import IndexerError
    from indexer.service.pages.connection import Limits
    from indexer.service.pages.processes import Process
    from indexer.service.pages.result import Result

_log = logging.getLogger(__name__)
# How soon it is seen that a person has left, or that the time is over.
_LOOK_SECONDS = 0.1
_CPU_SECONDS_TO_START = 10
_SECONDS_TO_START = 60
# How a process ends for which there is no memory: the system ends it, or it ends itself.
_WITHOUT_MEMORY = {-signal.SIGKILL, -signal.SIGABRT, -signal.SIGBUS}


class Runner:
    """Runs statements of people's, SQL of any kind, over one index.

    ``places`` is shared with what else may run at once; as many downloads run beside that. All that is asked takes
    ``left``, which is set when the person who asks has left.
    """

    def __init__(self, index: Path, limits: Limits, places: Places) -> None:
        self._index = index
        self._limits = limits
        self._places = places
        self._downloads = Places(limits)
        self._spare = Spare()
        self._is_closed = threading.Event()

    def warm(self) -> None:
        """Be ready for a statement that is about to come."""
        self._spare.warm()

    def page(self, sql: str, parameters: Mapping[str, Any], left: threading.Event) -> Result:
        """What a page shows of a statement's rows.

        Raises:
            QueriesBusy: others are at it, and will be for a while.
            QueryError: it is no single statement that reads, DuckDB refuses it, or it needs more memory than it may.
            QueryStopped: it took too long.
            IndexMissing: nothing was published yet.
            ClientDisconnect: the person has left.
        """
        with self._places.one():
            return unpacked(b"".join(self._parts(sql, parameters, None, self._limits.seconds, left)))

    def file(
        self, sql: str, parameters: Mapping[str, Any], form: str, left: threading.Event
    ) -> Generator[bytes, None, None]:
        """Yield all rows of a statement as a file, one of ``FORMATS``; raises what ``page`` raises."""
        with self._downloads.one():
            yield from self._parts(sql, parameters, form, self._limits.download_seconds, left)

    def close(self) -> None:
        """End all processes, those at work too."""
        self._is_closed.set()
        self._spare.close()

    def _parts(
        self, sql: str, parameters: Mapping[str, Any], form: str | None, seconds: float, left: threading.Event
    ) -> Iterator[bytes]:
        task = Task(self._index, sql, dict(parameters), form, self._limits.memory, _cpu_seconds(seconds))
        process = self._spare.take()
        try:
            for kind, content in self._messages(process, task, seconds, left):
                if kind is Kind.WRONG:
                    raise unpacked_error(content)
                yield content
        finally:
            process.close()
            self._spare.warm()

    def _messages(
        self, process: Process, task: Task, seconds: float, left: threading.Event
    ) -> Iterator[tuple[Kind, bytes]]:
        """Yield what a process says, up to its end, as long as somebody wants it and there is time."""
        try:
            # Its start is none of the query's time: on a busy machine it can be the longer part.
            self._next(process, _SECONDS_TO_START, QueriesBusy("the machine is too busy: try again later"), left)
            process.ask(task)
            until = time.monotonic() + seconds
            while True:
                rest = until - time.monotonic()
                kind, content = self._next(process, rest, QueryStopped(took_too_long(seconds)), left)
                if kind is Kind.END:
                    return
                yield kind, content
        except (EOFError, OSError) as error:
            raise _broken_off(process.ended(), task.memory, seconds) from error

    def _next(
        self, process: Process, seconds: float, too_late: IndexerError, left: threading.Event
    ) -> tuple[Kind, bytes]:
        """What a process says next, within so long; nothing is waited for when nobody wants it."""
        until = time.monotonic() + seconds
        while True:
            if left.is_set():
                raise ClientDisconnect
            if self._is_closed.is_set():
                raise QueriesBusy("the server is about to end: try again in a moment")
            if time.monotonic() > until:
                raise too_late
            if process.is_heard(_LOOK_SECONDS):
                return process.hear()


def _cpu_seconds(seconds: float) -> int:
    """More than all cores can work in so long: whoever uses it up was to be ended before."""
    return math.ceil(seconds) * (os.cpu_count() or 1) + _CPU_SECONDS_TO_START


def _broken_off(code: int, memory: str, seconds: float) -> QueryError:
    """What a process that ended without a word means to whoever asked."""
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    _log.warning("a query's process ended with %s", name)
    if code == -signal.SIGXCPU:
        return QueryStopped(took_too_long(seconds))
    if code in _WITHOUT_MEMORY:
        return QueryError(needed_more(memory))
    return QueryError(f"the query broke what runs it ({name}): write it in another way")
