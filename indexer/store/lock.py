"""One writer at a time: a lock that the operating system takes back from a dead process."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from indexer.errors import IndexLocked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_lent: ContextVar[frozenset[Path]] = ContextVar("lent", default=frozenset())


def lock_of(index: Path) -> Path:
    """Where the lock of an index is."""
    return index.with_name(index.name + ".lock")


@contextmanager
def held(index: Path) -> Iterator[None]:
    """Hold an index over several runs of this thread, one after the other; every other run is refused meanwhile.

    Raises:
        IndexLocked: another run holds it.
    """
    index.parent.mkdir(parents=True, exist_ok=True)
    lock = lock_of(index)
    with locked(lock), _lending(_lent.get() | {lock}):
        yield


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock at ``path``, whose text tells which process holds it.

    Raises:
        IndexLocked: another process holds it.
    """
    if path in _lent.get():
        with _lending(_lent.get() - {path}):
            yield
    else:
        with _taken(path):
            yield


@contextmanager
def _lending(paths: frozenset[Path]) -> Iterator[None]:
    token = _lent.set(paths)
    try:
        yield
    finally:
        _lent.reset(token)


@contextmanager
def _taken(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 100).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise IndexLocked(
            f"another run holds the index ({holder or 'process unknown'}): wait for it; its lock is {path}"
        ) from None
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
