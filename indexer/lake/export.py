"""One export, top to bottom: tell which parts have changed, write those, and replace the manifest, which is the commit.

A reader has the lake of before or the new one: files never change, and those of the manifest before stay until the next
export. One that is killed leaves the old lake, and files that the next one clears away.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from indexer.errors import IndexInconsistent, IndexMissing
from indexer.lake.files import write_parquet
from indexer.lake.layout import LOCK, MANIFEST, OBJECTS, STAGING, check_folder, is_file, place
from indexer.lake.manifest import File, Manifest, read_manifest, sync_folder, write_manifest
from indexer.lake.parts import Part, parts, rows_of
from indexer.store.attach import attached
from indexer.store.lock import locked
from indexer.store.migrations import newest, version_of
from indexer.store.outside import check_own
from indexer.store.statements import one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

MEMORY_LIMIT = "512MB"
"""What an export may hold at once in DuckDB; what does not fit is spilled into the lake's folder."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one table: how many files it has and how many of these are new, its rows, and its bytes."""

    table: str
    files: int
    written: int
    rows: int
    bytes: int


def export(index: Path, folder: Path, now: datetime) -> list[Exported]:
    """Bring a lake up to what a published index holds. ``now`` is naive UTC.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexAttached: the index is made of a lake itself.
        IndexInconsistent: the index needs a run first, or the lake's manifest is none.
        IndexLocked: another export is at it.
    """
    check_folder(folder)
    with opened(index, folder) as connection:
        before = read_manifest(folder)
        files = tuple(_files(connection, folder, before))
        write_manifest(folder, Manifest(newest(), last_run(connection), now, files))
    _clear(folder, {file.path for manifest in (before,) if manifest for file in manifest.files} | _paths(files))
    new = _paths(files) - (_paths(before.files) if before else set())
    return [_told(table, files, new) for table in dict.fromkeys(file.table for file in files)]


@contextmanager
def opened(index: Path, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a published index for an export into a folder, which is held meanwhile, and spill into that.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexAttached: the index is made of a lake itself.
        IndexInconsistent: the index needs a run first.
        IndexLocked: another export is at it.
    """
    if not index.exists():
        raise IndexMissing(f"{index} is not there yet: run `indexer sync`")
    (folder / STAGING).parent.mkdir(parents=True, exist_ok=True)
    with locked(folder / LOCK):
        staging = _emptied(folder / STAGING)
        try:
            with attached(index, "READ_ONLY", index) as connection:
                connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
                # Each thread of a join and a sort takes memory that it does not give back to spill into.
                connection.execute("SET threads = 1")
                connection.execute("SET temp_directory = ?", [str(staging)])
                _check(connection, index)
                yield connection
        except duckdb.Error as error:
            raise IndexInconsistent(f"{index} cannot be exported: {error}") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def last_run(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of an index's last run, 0 before the first."""
    row = one(connection, "SELECT coalesce(max(run), 0) FROM runs")
    return int(row[0]) if row else 0


def _check(connection: duckdb.DuckDBPyConnection, index: Path) -> None:
    check_own(connection, index)
    if (version := version_of(connection)) != newest():
        raise IndexInconsistent(
            f"{index} has schema {version}, and a lake is made of {newest()}: run `indexer sync` or `indexer ingest`, "
            "which bring it up"
        )


def _emptied(staging: Path) -> Path:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    return staging


def _files(connection: duckdb.DuckDBPyConnection, folder: Path, before: Manifest | None) -> Iterator[File]:
    """Yield the files of the new lake: those that stand, and those that are written now."""
    known = _known(folder, before)
    wanted = list(parts(connection, newest()))
    made = _written(connection, folder, [part for part in wanted if part not in known])
    for part in wanted:
        yield from known[part] if part in known else [made[part]]


def _known(folder: Path, before: Manifest | None) -> dict[Part, list[File]]:
    """The files of a lake by the part that they hold, of those parts whose files are all there."""
    known: dict[Part, list[File]] = {}
    for (table, name, state), files in _grouped(before.files if before else ()).items():
        if state and all((folder / file.path).is_file() for file in files):
            known[Part(table, name, sum(file.rows for file in files), state)] = files
    return known


def _grouped(files: Sequence[File]) -> dict[tuple[str, str, str | None], list[File]]:
    grouped: dict[tuple[str, str, str | None], list[File]] = {}
    for file in files:
        grouped.setdefault((file.table, file.partition, file.state), []).append(file)
    return grouped


def _written(connection: duckdb.DuckDBPyConnection, folder: Path, changed: Sequence[Part]) -> dict[Part, File]:
    made = {}
    for part, schema, batches in rows_of(connection, changed):
        written = write_parquet(folder / STAGING, schema, batches)
        path = f"{place(part.table, part.partition)}/{written.sha256}.parquet"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        written.path.replace(folder / path)
        made[part] = File(part.table, part.partition, path, written.rows, written.bytes, written.sha256, part.state)
    _sync_folders(folder, [file.path for file in made.values()])
    return made


def _sync_folders(folder: Path, paths: Sequence[str]) -> None:
    """Have the disk keep the names of new files, and of the folders that may be new with them."""
    holders = {holder for path in paths for holder in (folder / path).relative_to(folder).parents}
    for holder in sorted(holders):
        sync_folder(folder / holder)


def _paths(files: Sequence[File]) -> set[str]:
    return {file.path for file in files}


def _clear(folder: Path, kept: set[str]) -> None:
    """Remove what exports before the last one left, and what one that was killed did."""
    spared = {path.casefold() for path in kept}  # a disk may take source=A and source=a for one folder
    for path in sorted((*folder.glob(f"{OBJECTS}/*/*/*.parquet"), *folder.glob("tables/*/*.parquet"))):
        name = path.relative_to(folder).as_posix()
        if is_file(name) and name.casefold() not in spared:
            path.unlink()
            _remove_empty(path.parent, folder)
    for path in folder.glob(f"{MANIFEST}.*"):
        path.unlink()


def _remove_empty(path: Path, folder: Path) -> None:
    while path != folder and not any(path.iterdir()):
        path.rmdir()
        path = path.parent


def _told(table: str, files: Sequence[File], new: set[str]) -> Exported:
    of = [file for file in files if file.table == table]
    written = sum(file.path in new for file in of)
    return Exported(table, len(of), written, sum(file.rows for file in of), sum(file.bytes for file in of))
