"""What Spark says when it gives up, without the stack of Java's that it comes with."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException

from indexer.errors import EngineFailed, IndexerError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_LINES = 8
# Spark's client logs what it raises, with the stack.
_LOGGER = "SQLQueryContextLogger"


@contextmanager
def told(kind: type[IndexerError] = EngineFailed) -> Iterator[None]:
    """Raise what Spark raises as an error of ours, in a few lines."""
    logging.getLogger(_LOGGER).disabled = True
    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise kind(f"Spark gave up: {_in_short(str(error))}") from error


def _in_short(text: str) -> str:
    said = takewhile(lambda line: not line.startswith(("\tat ", "JVM stacktrace")), text.splitlines())
    return "\n".join([line for line in said if line.strip()][:_MOST_LINES])
