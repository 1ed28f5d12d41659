"""The published index in the oldest DuckDB that has to open it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

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
    counts = {name: len(connection.execute(f"FROM {name}").fetchall()) for name in names}
    loaded = connection.execute(
        "SELECT extension_name FROM duckdb_extensions() WHERE loaded AND install_mode <> 'STATICALLY_LINKED'"
    ).fetchall()
    print(json.dumps([duckdb.__version__, counts, loaded]))
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
    """A published index with rows in every table and view."""
    published = tmp_path / "index.duckdb"
    by_stream = Layout("template", (Template("{AppName}/{StreamName}.jpg"),))
    passed = verdict(result_path="/2", key="live/karaoke.jpg", reviewer="human", suggestion="pass")
    for keys in ((shot(1), shot(2), "notes.txt"), (shot(1), "notes.txt")):
        with build(published) as connection:
            sync(connection, source(), listing(*keys))
            sync(connection, source("live", bucket="live", layout=by_stream), listing("live/karaoke.jpg"))
            told = payload(verdict(key=shot(1)), verdict(result_path="/1", key="live/karaoke.jpg"), passed)
            take(connection, replace(told, notifications=(Notification("/3", "stored", key=shot(1)),)))
            match(connection)
            runs.finish(connection, runs.start(connection, "ingest", BEGUN), BEGUN, "complete")
    acknowledge(published, Acknowledgement("0123456789abcdef", "known", "ann", BEGUN))
    reconcile(published, [replace(source(), interval=1.0)])
    return published


def test_every_table_and_view_can_be_read(oldest: Path, index: Path) -> None:
    """Each table and view has the same number of rows, at least one, in the oldest DuckDB and in this one."""
    with reading(index) as connection:
        names = [name for (name,) in rows(connection, "SHOW TABLES")]
        expected = {name: len(rows(connection, f"FROM {name}")) for name in names}
    with started(SELECT_ALL, index, path=str(oldest)) as process:
        version, counts, extensions = _told(ended(process))
    assert version == OLDEST
    assert counts == expected
    assert min(counts.values()) > 0
    assert extensions == []


def _told(output: str) -> tuple[str, dict[str, int], list[Any]]:
    version, counts, extensions = json.loads(output)
    return version, counts, extensions
