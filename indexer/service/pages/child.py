"""A process that runs one statement of people's, under limits of the operating system, and ends.

``python -m indexer.service.pages.child IN OUT``: a ``Task`` comes in through one pipe, and messages go out through the
other. DuckDB's own memory limit does not count the strings and lists that a function is building: under 512 MB
``repeat('x', 1000000000)`` took 4 GB, and lists took 10 GB for minutes in which no interruption reached them. What
happens here happens to this process alone.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from indexer.errors import IndexInconsistent, IndexMissing, QueryError
from indexer.queries import check_reads
from indexer.service.pages.result import FORMATS, answer, file_parts, packed
from indexer.service.pages.task import MOST_BYTES, Kind, needed_more, packed_error
from indexer.store import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.service.pages.task import Task

_MEMORY = re.compile(r"^([0-9]+) ?([MG]i?B)$")
_UNITS = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
# Queries that used up the memory that DuckDB counts had mapped 35 to 136 MiB beside it when it refused them.
_MARGIN_BYTES = 192 * 2**20
_MOST_CHARACTERS_OF_AN_ERROR = 4000
# While rows are read, what DuckDB says reaches Python through Arrow, as an error of its kinds. Python itself refuses
# dates after the year 9999, and lists in lists in lists.
_REFUSALS = (MemoryError, duckdb.Error, pa.ArrowException, OSError, ValueError, ArithmeticError, RecursionError)
_OUT_OF_MEMORY = "Out of Memory Error"


def main() -> None:
    """Wait for a task, and do it. The process ends when it is done, or nobody is there any more to want it."""
    asked, answers = (Connection(int(number)) for number in sys.argv[1:])
    try:
        answers.send_bytes(Kind.READY.value)
        task: Task = asked.recv()
        threading.Thread(target=_end_with, args=(asked,), daemon=True).start()
        for kind, content in messages(task):
            answers.send_bytes(kind.value + content)
    except (EOFError, BrokenPipeError):
        # Nobody waits: the server has ended, or has given up.
        sys.exit(1)


def _end_with(asked: Connection) -> None:
    """End this process as soon as the server has closed its end of the pipe, or has ended itself, however it did."""
    asked.poll(None)
    os._exit(1)


def messages(task: Task) -> Iterator[tuple[Kind, bytes]]:
    """Yield what a task comes to: its parts and an end, or what is wrong."""
    try:
        for part in _parts(task):
            yield Kind.PART, part
        yield Kind.END, b""
    except (QueryError, IndexMissing, IndexInconsistent) as error:
        yield Kind.WRONG, packed_error(error)
    except _REFUSALS as error:
        yield Kind.WRONG, packed_error(_refused(error, task.memory))


def _parts(task: Task) -> Iterator[bytes]:
    check_reads(task.sql)
    with reading(task.index, task.memory) as connection:
        # What DuckDB starts with stands by now, and is not counted against the query.
        _limit(task)
        if task.form is None:
            yield _page(connection, task)
        else:
            yield from file_parts(connection, task.sql, task.parameters, FORMATS[task.form])


def _page(connection: duckdb.DuckDBPyConnection, task: Task) -> bytes:
    page = packed(answer(connection, task.sql, task.parameters))
    if len(page) >= MOST_BYTES:
        raise QueryError("a row is too wide to be shown: ask for fewer columns, or download it")
    return page


def _limit(task: Task) -> None:
    """Let the operating system hold this process to its task's memory and time.

    On macOS only the time is held to: its kernel takes RLIMIT_AS and does not mind it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (task.cpu_seconds, task.cpu_seconds))
    if sys.platform == "linux":
        most = _mapped_bytes() + memory_bytes(task.memory) + _MARGIN_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _mapped_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def memory_bytes(text: str) -> int:
    """The number of bytes that DuckDB understands by "512MB"."""
    number, unit = _MEMORY.findall(text)[0]
    return int(number) * _UNITS[unit]


def _refused(error: Exception, memory: str) -> QueryError:
    said = str(error)[:_MOST_CHARACTERS_OF_AN_ERROR]
    if isinstance(error, MemoryError) or said.startswith(_OUT_OF_MEMORY):
        return QueryError(needed_more(memory))
    return QueryError(said)


if __name__ == "__main__":
    main()
