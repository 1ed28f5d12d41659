"""How a lake lies on the disk, and which types its files have.

::

    DIR/manifest.json                                 the commit: which files the lake is made of
    DIR/objects/source=S/day=YYYY-MM-DD/SHA.parquet   objects by the day of captured_at, else of last_modified
    DIR/tables/TABLE/SHA.parquet                      every other table

A file is named after its content and never written again. No key and no other text from outside becomes a path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from indexer.errors import IndexInconsistent, UsageError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1
"""The version of this layout and of the manifest."""

MANIFEST = "manifest.json"
LOCK = ".lock"
STAGING = ".export"
"""Where files are written before they get their names, and where an export spills."""

OBJECTS = "objects"
"""The table whose files are partitioned by source and day."""

ROWS_A_GROUP = 122_880
"""How many rows a row group has at most: DuckDB's own measure, by which its threads share a file."""

# Hive reads a partition of this name as NULL.
_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what the configuration lets a source be called
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TABLE = re.compile(r"[a-z][a-z_]{0,63}")
_CHUNK = re.compile(r"[0-9]{1,18}")
_FILE = r"[A-Za-z0-9_-]{1,128}\.parquet"
_PATH = re.compile(
    rf"objects/source=(?P<source>{_SOURCE.pattern})/day=(?P<day>{_DAY.pattern})/{_FILE}"
    rf"|tables/(?P<table>{_TABLE.pattern})/{_FILE}"
)
# DuckDB takes these for a pattern.
_SPECIAL = frozenset("*?[]{}")
_TYPES = {"UTINYINT": "INTEGER", "USMALLINT": "INTEGER", "UINTEGER": "BIGINT", "UBIGINT": "BIGINT", "UUID": "VARCHAR"}


def partition(source: str, day: str) -> str:
    """The partition of a source's day, as it stands in paths.

    Raises:
        IndexInconsistent: the name or the day would be no path of ours.
    """
    if not _SOURCE.fullmatch(source) or source == _NULL_PARTITION or not _DAY.fullmatch(day):
        raise IndexInconsistent(f"source {source!r} and day {day!r} are no partition of a lake")
    return f"source={source}/day={day}"


def place(table: str, part: str) -> str:
    """The folder of a table's files, relative to the lake's: of objects, that of their partition."""
    return f"{OBJECTS}/{part}" if table == OBJECTS else f"tables/{table}"


def is_path(path: str, table: str, part: str) -> bool:
    """Whether a path is one of this layout for a file of the table and partition; of other tables that is a number."""
    match = _PATH.fullmatch(path)
    if not match:
        return False
    if table == OBJECTS:
        return part == f"source={match['source']}/day={match['day']}"
    return match["table"] == table and _CHUNK.fullmatch(part) is not None


def is_file(path: str) -> bool:
    """Whether a path, relative to a lake's folder, can be one of its files."""
    return _PATH.fullmatch(path) is not None


def check_folder(folder: Path) -> None:
    """Let a lake's absolute folder through where DuckDB takes its path for what it is.

    Raises:
        UsageError: it has a sign that means something in paths of files to read.
    """
    special = sorted(_SPECIAL & set(str(folder)))
    if special or not str(folder).isprintable():
        signs = " ".join(special) or "a control character"
        raise UsageError(f"{str(folder)!r} has {signs} in its path, which means something to DuckDB: choose another")


def lake_type(kind: str, name: str) -> str:
    """The type of an index's column in a lake: signed, and nothing that only DuckDB knows.

    ``key_hash`` is a sum modulo 2^64 and needs all of it; every other count and size fits 63 bits.
    """
    return "DECIMAL(20, 0)" if name == "key_hash" else _TYPES.get(kind, kind)
