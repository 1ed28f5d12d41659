"""One export as Iceberg tables: each table gets one snapshot, which replaces the files of changed parts and no others.

A data file's path tells its part and what tells that part's rows from others, so that nothing but the catalog need be
asked what has changed. Files of older snapshots stay until somebody expires these.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from indexer.errors import EngineMissing, IndexerError
from indexer.lake.export import Exported, last_run, opened
from indexer.lake.files import write_parquet
from indexer.lake.layout import OBJECTS, STAGING, check_folder
from indexer.lake.parts import arrow_schema, parts, rows_of, tables
from indexer.store.migrations import newest

try:
    from pyiceberg.catalog import load_catalog
    from pyiceberg.exceptions import CommitFailedException
    from pyiceberg.io.pyarrow import parquet_file_to_data_file
    from pyiceberg.table import TableProperties
except ImportError as error:
    raise EngineMissing("pyiceberg is not installed: pip install 'screenshot-indexer[iceberg]'") from error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    import pyarrow as pa
    from pyiceberg.catalog import Catalog
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table

    from indexer.config.lake import Lake
    from indexer.lake.parts import Part

RUN = "screenshot-indexer.run"
"""What a snapshot's summary calls the index's run that it shows."""

CATALOG = "screenshot-indexer"
"""The name under which a catalog in SQLite, or another database, keeps the tables: who reads them names it too.

pyiceberg takes what the user's own ``.pyiceberg.yaml`` says of a catalog of this name beside what it is given.
"""

_DATA = "/data/"


def export_iceberg(index: Path, folder: Path, lake: Lake) -> list[Exported]:
    """Bring Iceberg tables up to what a published index holds. ``folder`` is absolute: it is spilled into.

    The tables lie in the folder, in a catalog of SQLite, unless ``lake`` names another one.

    Raises:
        IndexMissing: nothing was published there yet.
        IndexAttached: the index is made of a lake itself.
        IndexInconsistent: the index needs a run first.
        IndexLocked: another export is at it.
        CredentialsError: a reference in the configuration points at nothing.
        IndexerError: another writer was faster, and the table is as that one left it.
    """
    check_folder(folder)
    with opened(index, folder) as connection:
        catalog = load_catalog(CATALOG, **_properties(folder, lake))
        catalog.create_namespace_if_not_exists(lake.namespace)
        wanted = list(parts(connection, newest()))
        names = [OBJECTS, *tables(connection)]
        return [
            _replaced(connection, _table(connection, catalog, (lake.namespace, name)), folder, _of(wanted, name))
            for name in names
        ]


def _properties(folder: Path, lake: Lake) -> dict[str, str]:
    own = {"type": "sql", "uri": f"sqlite:///{folder / 'catalog.db'}", "warehouse": folder.as_uri()}
    return lake.properties() or own


def _of(wanted: Sequence[Part], table: str) -> list[Part]:
    return [part for part in wanted if part.table == table]


def _table(connection: duckdb.DuckDBPyConnection, catalog: Catalog, name: tuple[str, str]) -> Table:
    """The table of a name, with the columns that the index has now."""
    schema = arrow_schema(connection, name[1])
    if not catalog.table_exists(name):
        return _created(catalog, name, schema)
    table = catalog.load_table(name)
    with table.update_schema() as update:
        update.union_by_name(schema)
    return table


def _created(catalog: Catalog, name: tuple[str, str], schema: pa.Schema) -> Table:
    """A new table, in one commit with what makes it whole: one that is half made would be taken for what it is not."""
    with catalog.create_table_transaction(name, schema) as creating:
        if name[1] == OBJECTS:
            with creating.update_spec() as spec:
                spec.add_identity("source").add_identity("day")
        mapping = creating.table_metadata.schema().name_mapping.model_dump_json()
        creating.set_properties({TableProperties.DEFAULT_NAME_MAPPING: mapping})
    return catalog.load_table(name)


def _replaced(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, wanted: Sequence[Part]) -> Exported:
    files = {_told(file): file for file in (task.file for task in table.scan().plan_files())}
    kept = {(part.partition, part.state) for part in wanted} & files.keys()
    new = _written(connection, table, folder, [part for part in wanted if (part.partition, part.state) not in kept])
    gone = [file for told, file in files.items() if told not in kept]
    if new or gone:
        _commit(table, new, gone, last_run(connection))
    now = [*(files[told] for told in kept), *new]
    rows, size = sum(file.record_count for file in now), sum(file.file_size_in_bytes for file in now)
    return Exported(table.name()[-1], len(now), len(new), rows, size)


def _told(file: DataFile) -> tuple[str, str]:
    """The partition and state that a data file's path tells."""
    place, _, name = file.file_path.rpartition(_DATA)[2].rpartition("/")
    return place, name.partition(".")[0]


def _written(
    connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, changed: Sequence[Part]
) -> list[DataFile]:
    made = []
    for part, schema, batches in rows_of(connection, changed):
        written = write_parquet(folder / STAGING, schema, batches)
        path = f"{table.location()}{_DATA}{part.partition}/{part.state}.{written.sha256}.parquet"
        with written.path.open("rb") as source, table.io.new_output(path).create(overwrite=True) as target:
            shutil.copyfileobj(source, target)
        written.path.unlink()
        made.append(parquet_file_to_data_file(table.io, table.metadata, path))
    return made


def _commit(table: Table, new: Sequence[DataFile], gone: Sequence[DataFile], run: int) -> None:
    try:
        with (
            table.transaction() as transaction,
            transaction.update_snapshot(snapshot_properties={RUN: str(run)}).overwrite() as snapshot,
        ):
            for file in gone:
                snapshot.delete_data_file(file)
            for file in new:
                snapshot.append_data_file(file)
    except CommitFailedException as error:
        raise IndexerError(f"table {'.'.join(table.name())}: another writer was faster: export again") from error
