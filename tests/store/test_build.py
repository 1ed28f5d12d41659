"""Building beside the published index: it is published whole, or not at all, and leaves nothing lying about."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, NoReturn

import duckdb
import pytest

from indexer.errors import IndexInconsistent
from indexer.store import build, reading
from store.listings import BEGUN, rows
from store.processes import line_of, started

if TYPE_CHECKING:
    from pathlib import Path

WRITE = """
import sys
from pathlib import Path
from indexer.store import build

with build(Path(sys.argv[1])) as connection:
    connection.execute("INSERT INTO runs VALUES (1, 'sync', now()::TIMESTAMP, NULL, 'running', '0')")
    connection.execute("FORCE CHECKPOINT")
    connection.execute("CREATE TABLE unfinished AS FROM range(1000)")
    print("building", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Where an index is to be, in a folder that is not there yet."""
    return tmp_path / "new folder" / "o'hara's index.duckdb"


def add_run(connection: duckdb.DuckDBPyConnection) -> None:
    """Write something that can be told later."""
    connection.execute("INSERT INTO runs SELECT count(*) + 1, 'sync', ?, NULL, 'complete', '0' FROM runs", [BEGUN])


def break_off(index: Path, error: type[BaseException]) -> NoReturn:
    """Write something, and end with an exception."""
    with build(index) as connection:
        add_run(connection)
        raise error


def run_count(index: Path) -> int:
    """How many runs a published index holds."""
    with reading(index) as connection:
        return len(rows(connection, "FROM runs"))


def names(index: Path) -> list[str]:
    """The files beside an index, itself included."""
    return sorted(path.name.removeprefix(index.name) for path in index.parent.iterdir())


def test_what_was_built_is_published(index: Path) -> None:
    """What a block writes is in the published file when it ends, and nothing of the building is left but the lock."""
    with build(index) as connection:
        add_run(connection)
    assert run_count(index) == 1
    assert names(index) == ["", ".lock"]


def test_an_index_grows(index: Path) -> None:
    """A second build goes on from what the first one published."""
    for _ in range(3):
        with build(index) as connection:
            add_run(connection)
    assert run_count(index) == 3


def test_nothing_is_published_before_the_end(index: Path) -> None:
    """Until its block ends a build is nowhere to be seen in the published file."""
    with build(index) as connection:
        add_run(connection)
        assert not index.exists()
    with build(index) as connection:
        add_run(connection)
        assert run_count(index) == 1
    assert run_count(index) == 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_publishes_nothing(index: Path, error: type[BaseException]) -> None:
    """A block that ends with an exception leaves the published file byte for byte, and nothing beside it."""
    with build(index) as connection:
        add_run(connection)
    before = index.read_bytes()
    with pytest.raises(error):
        break_off(index, error)
    assert index.read_bytes() == before
    assert names(index) == ["", ".lock"]


def test_a_first_build_that_fails_publishes_nothing(index: Path) -> None:
    """Where there was no index there is none after an exception."""
    with pytest.raises(ValueError, match="of the block"), build(index):
        raise ValueError("of the block")
    assert names(index) == [".lock"]


def test_an_open_transaction_is_not_published(index: Path) -> None:
    """What a block did not commit is an error and is not published."""
    with pytest.raises(duckdb.TransactionException), build(index) as connection:
        add_run(connection.begin())
    assert names(index) == [".lock"]


def test_a_full_disk_publishes_nothing(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the disk does not keep is not published."""

    def full(_: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    with build(index) as connection:
        add_run(connection)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"), build(index) as connection:
        add_run(connection)
    assert run_count(index) == 1
    assert names(index) == ["", ".lock"]


def test_the_published_file_is_on_disk_before_it_is_published(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's content is made to last before its name is changed, and the name after it."""
    order: list[str] = []
    monkeypatch.setattr("os.fsync", lambda _: order.append("new name" if index.exists() else "content"))
    with build(index):
        pass
    assert order == ["content", "new name"]


def test_the_published_file_is_read_only(index: Path) -> None:
    """Everybody may read a published index and nobody may write it, the first one and every later one."""
    for _ in range(2):
        with build(index):
            pass
        assert stat.S_IMODE(index.stat().st_mode) == 0o444


def test_leftovers_of_a_killed_run_are_cleared(index: Path) -> None:
    """What a run leaves that was killed in the middle does not come into the next one."""
    with started(WRITE, index) as process:
        assert line_of(process) == "building"
        process.kill()
    assert names(index) == [".build", ".build.wal", ".lock"]
    (index.parent / f"{index.name}.build.tmp").mkdir()
    (index.parent / f"{index.name}.build.tmp" / "duckdb_temp_block-1.block").write_bytes(b"spilled")
    with build(index) as connection:
        add_run(connection)
    assert run_count(index) == 1
    assert names(index) == ["", ".lock"]


def test_a_file_that_is_no_index_is_not_overwritten(index: Path) -> None:
    """A file of something else at the index's place is an error that names it, and stays as it is."""
    index.parent.mkdir()
    index.write_text("the only copy of something\n" * 1000)
    with pytest.raises(IndexInconsistent, match=r"o'hara's index.duckdb cannot be opened") as caught, build(index):
        pass
    assert ".build" not in str(caught.value)
    assert index.read_text().startswith("the only copy")


def test_no_extension_is_loaded(index: Path) -> None:
    """A build neither fetches nor loads extensions by itself."""
    with build(index) as connection:
        settings = "current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions')"
        assert rows(connection, f"SELECT {settings}") == [(False, False)]
