"""The index's schema as numbered steps, each recorded in the transaction that takes it."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING

from indexer.errors import IndexInconsistent

if TYPE_CHECKING:
    import duckdb


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring the connection's database to the newest schema.

    Raises:
        IndexInconsistent: the index was made by a newer version of this package.
    """
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER, name VARCHAR, applied_at TIMESTAMP)"
    )
    done, steps = version_of(connection), _steps()
    if done > len(steps):
        raise IndexInconsistent(
            f"the index has schema {done} and this version knows {len(steps)}: install the newer screenshot-indexer"
        )
    for version, name in enumerate(steps[done:], start=done + 1):
        connection.begin()
        connection.execute(resources.files(__name__).joinpath(name).read_text("utf-8"))
        connection.execute(
            "INSERT INTO schema_migrations VALUES (?, ?, ?)", [version, name, datetime.now(UTC).replace(tzinfo=None)]
        )
        connection.commit()


def newest() -> int:
    """The schema that this version of the package writes."""
    return len(_steps())


def version_of(connection: duckdb.DuckDBPyConnection) -> int:
    """The schema of an index, 0 before its first step."""
    row = connection.execute("SELECT coalesce(max(version), 0) FROM schema_migrations").fetchone()
    return int(row[0]) if row else 0


def _steps() -> list[str]:
    return sorted(step.name for step in resources.files(__name__).iterdir() if step.name.endswith(".sql"))
