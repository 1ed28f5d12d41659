"""Writes rows as one Parquet file, a batch at a time, and says what it holds."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

_READ_ONLY = 0o444
_CHUNK = 2**20
# Their values hardly ever repeat, so that a dictionary would be built and thrown away.
_DISTINCT = frozenset({"key", "etag", "verdict_id", "notification_id", "finding_id", "raw_text", "raw_bytes"})


class Written(NamedTuple):
    """A file that has no name of its own yet; its size in bytes, and its SHA-256 in hex."""

    path: Path
    rows: int
    bytes: int
    sha256: str


def write_parquet(folder: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Written:
    """Write a Parquet file into a folder, a row group a batch, which lasts when this returns.

    Raises:
        OSError: the disk is full.
    """
    path, rows = _nameless(folder), 0
    repeated = [column for column in schema.names if column not in _DISTINCT]
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=repeated) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return settled(path, rows)


def settled(path: Path, rows: int) -> Written:
    """Measure a file of so many rows that is written, once the disk keeps it and nobody may write it any more."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), _READ_ONLY)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Written(path, rows, size, digest.hexdigest())


def _nameless(folder: Path) -> Path:
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".parquet")
    os.close(descriptor)
    return Path(name)
