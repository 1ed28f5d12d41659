"""Makes an index of views over a lake's files, with the tables and views of any other, so that all that reads works.

Its files are those of the lake's manifest as it is now: after an export, attach it again.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import duckdb

from indexer.errors import IndexInconsistent, IndexMissing, UsageError
from indexer.lake.layout import MANIFEST, OBJECTS, check_folder
from indexer.lake.manifest import read_manifest
from indexer.store import archived
from indexer.store.attach import attached
from indexer.store.build import build
from indexer.store.migrations import newest
from indexer.store.outside import lake_of
from indexer.store.statements import statement

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.lake.manifest import Manifest

_PACKAGE = "indexer.lake"
_NAMES, _ROWS = "names", "kept_rows"


def attach(folder: Path, index: Path) -> Manifest:
    """Make an index that shows a lake, in place of one that showed a lake before. Both paths are absolute.

    Raises:
        IndexMissing: there is no lake.
        IndexInconsistent: the lake's manifest is none, or is of another schema, or its files are not what it says.
        UsageError: an index of its own is at the place.
        IndexLocked: a run is at it.
    """
    check_folder(folder)
    manifest = _manifest(folder)
    if index.exists():
        _check_replaceable(index)
    _check_files(folder, manifest)
    with build(index, anew=True) as connection:
        try:
            _show(connection, folder, manifest)
        except duckdb.Error as error:
            raise IndexInconsistent(f"{folder} has a file that is none of a lake: {error}") from error
    return manifest


def _check_files(folder: Path, manifest: Manifest) -> None:
    """Let files through that are as large as the manifest says, and no links: those lead out of the lake."""
    for file in manifest.files:
        path = folder / file.path
        try:
            found = path.lstat()
        except FileNotFoundError:
            raise IndexInconsistent(f"{path} is not there, and the manifest names it: export the lake again") from None
        if not stat.S_ISREG(found.st_mode) or found.st_size != file.bytes:
            raise IndexInconsistent(f"{path} is not the file that the manifest names: export the lake again")


def _manifest(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    if manifest is None:
        raise IndexMissing(f"{folder / MANIFEST} is not there: `indexer export` makes a lake")
    if manifest.schema != newest():
        what = "export it again" if manifest.schema < newest() else "install the newer screenshot-indexer"
        raise IndexInconsistent(f"{folder} has schema {manifest.schema}, and this version reads {newest()}: {what}")
    return manifest


def _check_replaceable(index: Path) -> None:
    # Not as a reader: that one needs files which may be gone by now.
    with attached(index, "READ_ONLY", index) as connection:
        if lake_of(connection) is None:
            raise UsageError(f"{index} is an index of its own: name another with --index, or move it away")


def _show(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest) -> None:
    tables = {table: [str(folder / file.path) for file in manifest.of(table)] for table in _tables(manifest)}
    objects = tables.pop(OBJECTS, [])
    for table, paths in tables.items():
        _replace(connection, table, _typed(connection, table, paths))
    if objects:
        _replace(connection, _ROWS, archived.rows_of(objects))
        connection.execute(f"CREATE OR REPLACE VIEW {OBJECTS} AS {_typed(connection, OBJECTS, objects)}")
    if objects and _NAMES not in tables:
        _replace(connection, _NAMES, statement("names", _PACKAGE).replace("{files}", _read(objects)))
    connection.execute("CREATE TABLE attached_lake AS SELECT ? AS folder, ? AS run", [str(folder), manifest.run])
    connection.execute("CREATE TABLE attached_files AS SELECT unnest(?::VARCHAR[]) AS path", [_paths(manifest)])


def _tables(manifest: Manifest) -> list[str]:
    return sorted({file.table for file in manifest.files})


def _paths(manifest: Manifest) -> list[str]:
    return [file.path for file in manifest.files]


def _replace(connection: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"CREATE VIEW {table} AS {sql}")


def _typed(connection: duckdb.DuckDBPyConnection, table: str, paths: list[str]) -> str:
    """SQL that gives a table's rows with the types that it has in an index of its own."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = current_database() AND table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    if not columns:
        raise IndexInconsistent(f"the lake has a table {table!r}, and an index has none")
    casts = (f'"{name}"::{kind} AS "{name}"' for name, kind in columns)
    return f"SELECT {', '.join(casts)} FROM {_read(paths)}"  # noqa: S608 - the schema's own names


def _read(paths: list[str]) -> str:
    return f"read_parquet({archived.literals(paths)}, hive_partitioning = false)"
