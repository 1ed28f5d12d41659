"""Processes that run people's statements, one each: started ahead, told one thing, and ended."""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing import Pipe
from subprocess import DEVNULL, Popen
from typing import TYPE_CHECKING

from indexer.service.pages.task import MOST_BYTES, Kind

if TYPE_CHECKING:
    from indexer.service.pages.task import Task

# What some Pythons need to start at all, and in which zone they are. Nothing else of the environment is handed on:
# it holds secrets.
_HANDED_ON = ("LD_LIBRARY_PATH", "TZ")
# Both reserve address space by the gigabyte otherwise, which the limit would have to leave room for.
_SMALL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}


class Process:
    """One process that waits for a statement, or runs it. It holds two pipes to here, and no socket or file of ours."""

    def __init__(self) -> None:
        theirs, self._asked = Pipe(duplex=False)
        self._answers, answering = Pipe(duplex=False)
        with theirs, answering:
            ends = theirs.fileno(), answering.fileno()
            command = [sys.executable, "-P", "-m", "indexer.service.pages.child", *map(str, ends)]
            # In a group of its own: who interrupts the server from a terminal lets what is asked come to its end.
            self._process = Popen(  # noqa: S603 - a command of ours
                command,
                pass_fds=ends,
                env=_environment(),
                process_group=0,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
            )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(self, task: Task) -> None:
        """Tell it what to do.

        Raises:
            BrokenPipeError: it has ended.
        """
        self._asked.send(task)

    def is_heard(self, seconds: float) -> bool:
        """Whether it says something, or has ended, within so long."""
        return self._answers.poll(seconds)

    def hear(self) -> tuple[Kind, bytes]:
        """What it says next.

        Raises:
            EOFError, OSError: it has ended, or says more than it may.
        """
        message = self._answers.recv_bytes(MOST_BYTES)
        return Kind(message[:1]), message[1:]

    def ended(self) -> int:
        """What it ended with, as ``Popen.returncode`` has it."""
        return self._process.wait()

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._asked.close()
        self._answers.close()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    return {**kept, **_SMALL, "PYTHONPATH": os.pathsep.join(sys.path)}


class Spare:
    """Keeps one process that waits, so that a statement does not wait for Python to start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: Process | None = None
        self._is_closed = False

    def warm(self) -> None:
        """Start a process, if none waits."""
        with self._lock:
            if self._spare is None and not self._is_closed:
                self._spare = Process()

    def take(self) -> Process:
        """The process that waits, or a new one. It is the caller's, who closes it."""
        with self._lock:
            spare, self._spare = self._spare, None
        if spare is None:
            return Process()
        if spare.is_alive:
            return spare
        spare.close()
        return Process()

    def close(self) -> None:
        """End the process that waits, and start no other ahead."""
        with self._lock:
            self._is_closed = True
            if self._spare is not None:
                self._spare.close()
                self._spare = None
