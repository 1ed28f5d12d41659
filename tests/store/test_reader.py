"""Reading the published index: as it is now, and nothing else on this machine."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

from indexer.errors import IndexInconsistent, IndexMissing
from indexer.store import build, reading
from store.listings import listing, rows, shot, source, sync


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index of one object, to be copied."""
    index = tmp_path_factory.mktemp("published") / "index.duckdb"
    publish(index, shot(1))
    return index


@pytest.fixture
def index(published: Path, tmp_path: Path) -> Path:
    """A published index of one object."""
    return Path(shutil.copy(published, tmp_path))


def publish(index: Path, *keys: str) -> None:
    """Publish what one run finds."""
    with build(index) as connection:
        sync(connection, source(), listing(*keys))


def present(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The keys that a reader sees."""
    return [key for (key,) in rows(connection, "SELECT key FROM screenshots WHERE deleted_at IS NULL ORDER BY key")]


def test_no_index_is_told_with_what_to_do(tmp_path: Path) -> None:
    """Where nothing was published yet, the reader is told how to, and nothing is made there."""
    with pytest.raises(IndexMissing, match="indexer sync") as caught, reading(tmp_path / "index.duckdb"):
        pass
    assert caught.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"hello", b"no database\n" * 10_000], ids=["empty", "short", "long"])
def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    """A file that DuckDB does not know is told by its path."""
    index = tmp_path / "index.duckdb"
    index.write_bytes(content)
    with pytest.raises(IndexInconsistent, match=r"index.duckdb cannot be opened"), reading(index):
        pass


FORBIDDEN = (
    "FROM read_csv('{other}')",
    "FROM read_text('{other}')",
    "FROM '{other}'",
    "FROM glob('{folder}/*')",
    "COPY runs TO '{folder}/copy.csv'",
    "COPY runs TO '{index}' (FORMAT csv)",
    "COPY runs TO '{index}' (FORMAT csv, USE_TMP_FILE false)",
    "COPY runs TO '{index}.wal' (FORMAT csv, USE_TMP_FILE false)",
    "COPY runs TO '{index}.tmp' (FORMAT csv, USE_TMP_FILE false)",
    "COPY runs FROM '{other}'",
    "EXPORT DATABASE '{folder}/export'",
    "ATTACH '{folder}/attached.duckdb'",
    "ATTACH '{index}' AS again (READ_WRITE)",
    "INSTALL httpfs",
    "INSTALL '{other}'",
    "LOAD '{other}'",
    "FROM read_csv('http://127.0.0.1:1/a.csv')",
    "SET enable_external_access = true",
    "SET disabled_filesystems = ''",
    "SET temp_directory = '{folder}'",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "PRAGMA threads = 1",
    "INSERT INTO runs FROM runs",
    "DELETE FROM objects",
    "DROP VIEW screenshots",
    "CREATE TABLE mine AS FROM runs",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_reader_touches_nothing_else(index: Path, statement: str) -> None:
    """A statement that would read, write or load anything but the index, or change it, is refused and does nothing."""
    other = index.with_name("other.csv")
    other.write_text("secret\n1\n")
    before = {path: path.read_bytes() for path in index.parent.iterdir()}
    with reading(index) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement.format(other=other, folder=index.parent, index=index)).fetchall()
    assert {path: path.read_bytes() for path in index.parent.iterdir()} == before


def test_a_reader_has_its_own_tables_in_memory(index: Path) -> None:
    """Temporary tables are a reader's own, and go away with it."""
    with reading(index) as connection:
        connection.execute("CREATE TEMP TABLE mine AS FROM screenshots")
        assert len(rows(connection, "FROM mine")) == 1
    with reading(index) as connection, pytest.raises(duckdb.CatalogException):
        connection.execute("FROM mine")


def test_the_index_is_the_database_in_use(index: Path) -> None:
    """Tables and views are found by their names alone, and are the only ones to be shown."""
    with reading(index) as connection:
        shown = {name for (name,) in rows(connection, "SHOW TABLES")}
    assert {"screenshots", "other_objects", "sessions", "payloads", "verdicts", "violations", "runs"} <= shown


def test_a_reader_keeps_its_rows_while_another_is_published(index: Path) -> None:
    """A reader that is open sees the rows it saw before, though a later index is published, and a new one the new."""
    with reading(index) as early:
        assert present(early) == [shot(1)]
        publish(index, shot(1), shot(2))
        assert present(early) == [shot(1)]
        with reading(index) as late:
            assert present(late) == [shot(1), shot(2)]
        assert present(early) == [shot(1)]


def test_one_process_reads_many_times_at_once(index: Path) -> None:
    """Any number of readers of one process are open at a time, each with the index of when it was opened."""
    with ExitStack() as stack:
        readers = []
        for number in range(2, 6):
            publish(index, *(shot(one) for one in range(1, number)))
            readers.append(stack.enter_context(reading(index)))
        assert [len(present(reader)) for reader in readers] == [1, 2, 3, 4]


def test_readers_of_one_file_do_not_hinder_each_other(index: Path) -> None:
    """Two readers of a process, and a notebook's own connection beside them, read the same file at the same time."""
    with duckdb.connect(str(index), read_only=True) as notebook, reading(index) as one, reading(index) as two:
        assert present(notebook) == present(one) == present(two) == [shot(1)]


def test_reading_makes_no_file(index: Path) -> None:
    """A reader needs no place to write: there is no file beside the index while it is open, nor after."""
    before = sorted(index.parent.iterdir())
    with reading(index) as connection:
        assert len(rows(connection, "SELECT * FROM screenshots ORDER BY key")) == 1
        assert sorted(index.parent.iterdir()) == before
    assert sorted(index.parent.iterdir()) == before
