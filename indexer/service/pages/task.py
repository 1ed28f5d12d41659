"""What is said between the pages and a process that runs one statement of people's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from indexer.errors import IndexInconsistent, IndexMissing, QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PART_BYTES = 64 * 2**10
"""As much of a file as one message holds."""
MOST_BYTES = 16 * 2**20
"""As much as a message may hold: the rows of a page. Whoever sends more is not read on."""


@dataclass(frozen=True, slots=True)
class Task:
    """One statement: what it is run with, and what becomes of its rows.

    ``form`` is one of ``result.FORMATS``, or ``None`` for what a page shows. ``memory`` is as DuckDB writes it. After
    ``cpu_seconds``, of all its threads together, the operating system ends the process.
    """

    index: Path
    sql: str
    parameters: Mapping[str, Any]
    form: str | None
    memory: str
    cpu_seconds: int


class Kind(Enum):
    """The first byte of a message from the process. The first message says that it is ready."""

    READY = b"?"
    PART = b"+"
    END = b"."
    WRONG = b"!"


_ERRORS = {each.__name__: each for each in (QueryError, IndexMissing, IndexInconsistent)}


def packed_error(error: QueryError | IndexMissing | IndexInconsistent) -> bytes:
    """An error as the content of a message."""
    return json.dumps([type(error).__name__, str(error)]).encode()


def unpacked_error(content: bytes) -> QueryError | IndexMissing | IndexInconsistent:
    """The error that a message tells of."""
    name, said = json.loads(content)
    return _ERRORS[name](said)


def needed_more(memory: str) -> str:
    """What is said to whoever asked for too much."""
    return f"the query needed more than {memory}: ask for less at once"
