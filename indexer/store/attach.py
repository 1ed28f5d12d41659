"""Opens one DuckDB file in an instance of its own, which loads no extension.

DuckDB gives all connections of a process to one path the same instance, with the file and the settings that it had when
it was first opened. A file that is attached is opened anew each time, so that a reader sees what was published since.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from indexer.errors import IndexInconsistent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def attached(path: Path, option: str, index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that uses the file at ``path``, and spills beside it. ``option`` is one of ATTACH's.

    ``index`` is what the file is called in an error.

    Raises:
        IndexInconsistent: the file is no DuckDB database.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": f"{path}.tmp",
    }
    connection = duckdb.connect(config=config)
    try:
        _attach(connection, path, option, index)
        yield connection
    finally:
        connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, option: str, index: Path) -> None:
    quoted = str(path).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS index ({option})")
    except duckdb.Error as error:
        reason = str(error).replace(str(path), str(index))
        raise IndexInconsistent(f"{index} cannot be opened: {reason}") from error
    connection.execute("USE index")
