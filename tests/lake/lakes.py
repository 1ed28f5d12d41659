"""Looks into lakes, and changes indexes so that only a part of a lake is to change."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq

from indexer.lake.manifest import Manifest, read_manifest
from indexer.store import build, reading

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.fromisoformat("2026-11-21 08:00:00")
_LIVE = "name_id IN (SELECT name_id FROM names WHERE source = 'live')"
DELETED = f"UPDATE kept_rows SET deleted_at = TIMESTAMP '2026-01-09' WHERE {_LIVE}"
GONE = f"DELETE FROM kept_rows WHERE {_LIVE}"
CHANGED = "source=live/day=2026-01-05"
"""The only partition that these change."""


def manifest_of(folder: Path) -> Manifest:
    """A lake's manifest, which is there."""
    manifest = read_manifest(folder)
    assert manifest is not None
    return manifest


def names_of(folder: Path) -> set[str]:
    """The Parquet files of a lake's folder, by their paths from there."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")}


def paths_of(manifest: Manifest) -> set[str]:
    """The files that a manifest names."""
    return {file.path for file in manifest.files}


def change(index: Path, sql: str) -> None:
    """Publish an index with a change."""
    with build(index) as connection:
        connection.execute(sql)


def rows(index: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a reader of an index is answered."""
    with reading(index) as connection:
        return connection.execute(sql).fetchall()


def whole(folder: Path) -> Manifest:
    """A lake's manifest, all of whose files are there and are what it says."""
    manifest = manifest_of(folder)
    for file in manifest.files:
        content = (folder / file.path).read_bytes()
        found = (len(content), hashlib.sha256(content).hexdigest(), pq.read_metadata(folder / file.path).num_rows)
        assert found == (file.bytes, file.sha256, file.rows)
    return manifest


def keys_in(folder: Path) -> list[str]:
    """The keys in a lake's files, in the order of the files."""
    paths = [str(folder / file.path) for file in manifest_of(folder).of("objects")]
    with duckdb.connect() as connection:
        return [key for (key,) in connection.execute("SELECT key FROM read_parquet(?)", [paths]).fetchall()]
