"""The published index in the oldest DuckDB that has to open it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from indexer.lake.archive import archive
from indexer.lake.attach import attach
from indexer.lake.export import export
from indexer.moderation import Notification
from indexer.naming import Layout, Template
from indexer.reconcile import reconcile
from indexer.reconcile.acknowledge import Acknowledgement, acknowledge
from indexer.store import build, match, reading, runs
from store.listings import BEGUN, listing, rows, shot, source, sync
from store.payloads import payload, take, verdict
from store.processes import ended, started

if TYPE_CHECKING:
    from pathlib import Path

OLDEST = "1.2.0"

SELECT_ALL = """
import json
import sys

import duckdb

with duckdb.connect(sys.argv[1], read_only=True) as connection:
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    names = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
    found = {name: sorted(map(repr, connection.execute(f"FROM {name}").fetchall())) for name in names}
    loaded = connection.execute(
        "SELECT extension_name FROM duckdb_extensions() WHERE loaded AND install_mode <> 'STATICALLY_LINKED'"
    ).fetchall()
    print(json.dumps([duckdb.__version__, found, loaded]))
"""


@pytest.fixture(scope="session")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to import the oldest DuckDB from."""
    folder = tmp_path_factory.mktemp("oldest")
    command = [sys.executable, "-m", "pip", "install", "--target", str(folder), "--no-deps", "-q"]
    subprocess.run([*command, "--disable-pip-version-check", f"duckdb=={OLDEST}"], check=True)
    return folder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A published index with rows in every table and view: its old days are archived, and a shot of them came back."""
    published = tmp_path / "index.duckdb"
    _take_in(published, shot(1), shot(2), "notes.txt")
    archive(published, tmp_path / "archive", BEGUN)
    _take_in(published, shot(1), "notes.txt")
    acknowledge(published, Acknowledgement("0123456789abcdef", "known", "ann", BEGUN))
    reconcile(published, [replace(source(), interval=1.0)])
    return published


def _take_in(index: Path, *keys: str) -> None:
    """A run of two sources, with what was said of their objects."""
    by_stream = Layout("template", (Template("{AppName}/{StreamName}.jpg"),))
    passed = verdict(result_path="/2", key="live/karaoke.jpg", reviewer="human", suggestion="pass")
    with build(index) as connection:
        sync(connection, source(), listing(*keys))
        sync(connection, source("live", bucket="live", layout=by_stream), listing("live/karaoke.jpg"))
        told = payload(verdict(key=shot(1)), verdict(result_path="/1", key="live/karaoke.jpg"), passed)
        take(connection, replace(told, notifications=(Notification("/3", "stored", key=shot(1)),)))
        match(connection)
        runs.finish(connection, runs.start(connection, "ingest", BEGUN), BEGUN, "complete")


def test_every_table_and_view_can_be_read(oldest: Path, index: Path) -> None:
    """Each table and view has the same rows, at least one, in the oldest DuckDB and in this one."""
    found = _read_alike(oldest, index)
    assert min(map(len, found.values())) > 0


def test_an_index_that_shows_a_lake_can_be_read(oldest: Path, index: Path, tmp_path: Path) -> None:
    """The views over a lake's files show the same rows in the oldest DuckDB and in this one."""
    export(index, tmp_path / "lake", BEGUN)
    attach(tmp_path / "lake", tmp_path / "attached.duckdb")
    found = _read_alike(oldest, tmp_path / "attached.duckdb")
    assert len(found["objects"]) == len(_read_here(index)["objects"])


def _read_alike(oldest: Path, index: Path) -> dict[str, list[str]]:
    """The rows of every table and view, which are the same in both, and for which the oldest loads no extension."""
    with started(SELECT_ALL, index, path=str(oldest)) as process:
        version, found, extensions = json.loads(ended(process))
    assert (version, extensions) == (OLDEST, [])
    assert found == _read_here(index)
    return dict(found)


def _read_here(index: Path) -> dict[str, list[str]]:
    with reading(index) as connection:
        names = [name for (name,) in rows(connection, "SHOW TABLES")]
        return {name: sorted(map(repr, rows(connection, f"FROM {name}"))) for name in names}
