"""The schema's steps: each taken once, in the transaction that records it."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import duckdb
import pytest

from indexer.errors import IndexInconsistent
from indexer.store import build, reading
from indexer.store.migrations import migrate
from store.listings import listing, rows, shot, source, sync

if TYPE_CHECKING:
    from pathlib import Path

STEPS = sorted(step.name for step in resources.files("indexer.store.migrations").iterdir() if step.name[:4].isdigit())
RECORDED = "SELECT version, name FROM schema_migrations ORDER BY version"


def at_schema(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    """Make an index as an older release made it."""
    connection.execute("CREATE TABLE schema_migrations (version INTEGER, name VARCHAR, applied_at TIMESTAMP)")
    for number, name in enumerate(STEPS[:version], start=1):
        connection.execute(resources.files("indexer.store.migrations").joinpath(name).read_text("utf-8"))
        connection.execute("INSERT INTO schema_migrations VALUES (?, ?, '2026-01-01')", [number, name])


def test_steps_are_numbered_without_a_gap() -> None:
    """The n-th step's name begins with n, in four digits."""
    assert [int(name[:4]) for name in STEPS] == list(range(1, len(STEPS) + 1))


def test_every_step_is_recorded_once(tmp_path: Path) -> None:
    """A new index has every step, and a later build takes none again."""
    index = tmp_path / "index.duckdb"
    recorded = []
    for _ in range(2):
        with build(index):
            pass
        with reading(index) as connection:
            recorded.append(rows(connection, "FROM schema_migrations ORDER BY version"))
    assert [(version, name) for version, name, _ in recorded[0]] == list(enumerate(STEPS, start=1))
    assert recorded[0] == recorded[1]


@pytest.mark.parametrize("version", range(len(STEPS)))
def test_an_old_index_is_brought_up_to_date(version: int) -> None:
    """An index of any older schema is left like a new one, with the rows that it had."""
    with duckdb.connect() as old, duckdb.connect() as new:
        at_schema(old, version)
        if version:
            old.execute("INSERT INTO runs VALUES (1, 'sync', '2026-01-01', NULL, 'complete', '0')")
        migrate(old)
        migrate(new)
        assert rows(old, RECORDED) == rows(new, RECORDED)
        columns = "SELECT table_name, column_name, data_type FROM duckdb_columns() ORDER BY ALL"
        assert rows(old, columns) == rows(new, columns)
        assert len(rows(old, "FROM runs")) == (1 if version else 0)
        old.execute("DELETE FROM runs")
        assert sync(old, source(), listing(shot())).added == 1


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """An index that a newer release made is refused with the advice to install it, and stays as it is."""
    index = tmp_path / "index.duckdb"
    with build(index) as connection:
        connection.execute("INSERT INTO schema_migrations VALUES (1000, '1000_later.sql', '2030-01-01')")
    before = index.read_bytes()
    with pytest.raises(IndexInconsistent, match=r"schema 1000 .* install the newer"), build(index):
        pass
    assert index.read_bytes() == before


def test_a_step_that_fails_is_not_recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A step and its record are one transaction: neither is there where the step breaks off."""
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (i INTEGER)")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (i INTEGER); SELECT no_such_column")
    monkeypatch.setattr("indexer.store.migrations.resources.files", lambda _: tmp_path)
    with duckdb.connect() as connection:
        with pytest.raises(duckdb.Error):
            migrate(connection)
        connection.rollback()
        assert rows(connection, RECORDED) == [(1, "0001_good.sql")]
        assert rows(connection, "SELECT table_name FROM duckdb_tables() ORDER BY 1") == [
            ("good",),
            ("schema_migrations",),
        ]
