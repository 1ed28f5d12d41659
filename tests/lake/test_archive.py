"""Old days leave the index's file for an archive, and nothing that an analyst sees changes."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from demo.pipeline import indexed, reconciled
from questions.sample import given
from store.listings import Found, listing, rows, shot, source
from store.listings import sync as listed
from store.processes import started

from indexer.config import load_config
from indexer.demo import make_sample
from indexer.errors import IndexInconsistent, IndexLocked, IndexMissing, UsageError
from indexer.lake.archive import archive
from indexer.lake.manifest import read_manifest
from indexer.listing.ranges import KeyRange
from indexer.queries import library
from indexer.status import describe
from indexer.store import archived, build, reading
from indexer.store.lock import lock_of, locked
from indexer.sync import sync
from lake.test_archive_model import listing as ranged

if TYPE_CHECKING:
    from indexer.demo import Sample

FEBRUARY = datetime.fromisoformat("2026-02-01")
KEPT = "SELECT count(*) FROM kept_rows"
OBJECTS = "SELECT * EXCLUDE (last_seen_run) FROM objects ORDER BY source, key"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample, indexed and reconciled."""
    sample = make_sample(tmp_path_factory.mktemp("archive") / "sample", 0)
    reconciled(indexed(sample))
    return sample


@pytest.fixture
def sample(night: Sample, tmp_path: Path) -> Path:
    """The sample's folder, to be changed."""
    return Path(shutil.copytree(night.folder, tmp_path / "sample", copy_function=shutil.copy2))


@pytest.fixture
def index(sample: Path) -> Path:
    """The sample's index, and beside it what was archived of it."""
    return sample / "index.duckdb"


@pytest.fixture
def folder(index: Path) -> Path:
    """Where the archive's files are."""
    return index.with_name("index.duckdb.archive")


def asked(index: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a reader is answered."""
    with reading(index) as connection:
        return rows(connection, sql)


def answers(index: Path, night: Sample) -> dict[str, list[tuple[Any, ...]]]:
    """What every query of the library answers but the one that tells of runs."""
    parameters = given(night)
    with reading(index) as connection:
        return {
            name: connection.execute(query.sql, query.bind(parameters.get(name, {})) or None).fetchall()
            for name, query in library().items()
            if name != "runs"
        }


def files(folder: Path) -> set[str]:
    """The archive's files."""
    return {str(path) for path in folder.glob("objects/*/*/*.parquet")}


def changed_in_a_run(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """What the last run of each source changed."""
    return rows(
        connection,
        "SELECT source, listed, added, changed, deleted, held FROM run_sources "
        "QUALIFY row_number() OVER (PARTITION BY source ORDER BY run DESC) = 1 ORDER BY source",
    )


def test_every_query_answers_as_before(night: Sample, index: Path, folder: Path) -> None:
    """What the queries, the status and the account say is the same but for the run, though most objects have left."""
    before = answers(index, night)
    with reading(index) as connection:
        told = describe(connection)
    ((objects,),) = asked(index, KEPT)
    days = archive(index, folder, FEBRUARY)
    with reading(index) as connection:
        status = describe(connection)
    assert answers(index, night) == before
    assert (status.sources, status.lines[:-1]) == (told.sources, told.lines[:-1])
    assert asked(index, KEPT) == [(objects - sum(day.objects for day in days),)]
    assert sum(day.objects for day in days) > objects / 2


def test_reconciling_finds_the_same(sample: Path, index: Path, folder: Path) -> None:
    """No finding appears or is resolved because its objects were archived, and evidence stays what it was."""
    config = load_config(sample / "indexer.toml")
    reconciled(config)
    told = "SELECT * EXCLUDE (first_found_run, last_found_run, resolved_run) FROM findings ORDER BY ALL"
    evidence = "SELECT verdict_id, evidence, source, key FROM violations ORDER BY ALL"
    before = asked(index, told), asked(index, evidence)
    archive(index, folder, FEBRUARY)
    reconciled(config)
    assert (asked(index, told), asked(index, evidence)) == before
    assert ("present",) in asked(index, "SELECT evidence FROM violations")


def test_a_second_archiving_has_nothing_to_do(index: Path, folder: Path) -> None:
    """What is archived is not archived again: no run is made, and no file is touched."""
    assert archive(index, folder, FEBRUARY)
    before = index.read_bytes(), files(folder)
    assert archive(index, folder, FEBRUARY) == []
    assert (index.read_bytes(), files(folder)) == before


def test_a_full_run_knows_what_is_archived(sample: Path, index: Path, folder: Path) -> None:
    """A bucket that is listed whole again changes nothing of what is archived, and brings nothing back."""
    config = load_config(sample / "indexer.toml")
    sync(config.index, config.sources)
    archive(index, folder, FEBRUARY)
    before = asked(index, OBJECTS), asked(index, KEPT)
    sync(config.index, config.sources)
    assert (asked(index, OBJECTS), asked(index, KEPT)) == before
    with reading(index) as connection:
        assert all(told[2:5] == (0, 0, 0) for told in changed_in_a_run(connection))


def test_what_changed_or_is_gone_comes_back_and_leaves_again(sample: Path, index: Path, folder: Path) -> None:
    """An archived object that is deleted or written anew comes back with its new state, and may be archived again."""
    config = load_config(sample / "indexer.toml")
    sync(config.index, config.sources)
    archive(index, folder, FEBRUARY)
    first = files(folder)
    ((kept,),) = asked(index, KEPT)
    deleted, rewritten = (
        key for (key,) in asked(index, "SELECT key FROM screenshots WHERE source = 'seminar' LIMIT 2")
    )
    paths = {path.name: path for path in (sample / "bucket").rglob("*.jpg")}
    paths[Path(deleted).name].unlink()
    paths[Path(rewritten).name].write_bytes(b"another picture")
    sync(config.index, config.sources)
    state = (
        f"SELECT key, size, deleted_at IS NULL FROM screenshots WHERE key IN ('{deleted}', '{rewritten}') ORDER BY size"
    )
    expected = asked(index, state)
    assert (rewritten, 15, True) in expected
    assert [(key, there) for key, _, there in expected if key == deleted] == [(deleted, False)]
    assert asked(index, KEPT) == [(kept + 2,)]
    moved = archive(index, folder, FEBRUARY)
    assert [(day.source, day.objects) for day in moved] == [("seminar", 2)]
    assert asked(index, state) == expected
    assert asked(index, "FROM brought_back") == []
    assert len(files(folder) - first) == 1
    assert first <= files(folder), "a reader of the index before still needs its files"


def test_days_leave_one_after_the_other(tmp_path: Path) -> None:
    """A later archiving adds the days since, and leaves the files of those before as they are."""
    index, folder = tmp_path / "index.duckdb", tmp_path / "archive"
    second = shot(1).replace("20260105", "20260106")
    with build(index) as connection:
        listed(connection, source(), listing(shot(1), second))
    assert [day.day.day for day in archive(index, folder, datetime.fromisoformat("2026-01-06"))] == [5]
    first = files(folder)
    assert [day.day.day for day in archive(index, folder, datetime.fromisoformat("2026-01-07"))] == [6]
    assert first < files(folder)
    assert asked(index, "SELECT key FROM objects ORDER BY key") == [(shot(1),), (second,)]
    assert asked(index, KEPT) == [(0,)]


def test_a_day_stays_until_its_source_was_listed_whole_after_it(tmp_path: Path) -> None:
    """A day goes that was over a day before the last whole listing began, whatever is asked for; a later one stays."""
    index, folder = tmp_path / "index.duckdb", tmp_path / "archive"
    keys = [shot(1).replace("20260105", f"202611{day}") for day in (17, 18, 19)]
    with build(index) as connection:
        listed(connection, source(), listing(*keys))
    days = archive(index, folder, datetime.fromisoformat("2026-12-24"))
    assert [day.day.day for day in days] == [17, 18], "the listing began on the 20th"


def test_keys_that_hold_their_time_elsewhere_stay(tmp_path: Path) -> None:
    """Objects whose whole key is their name stay in the file, where that name stays."""
    index, folder = tmp_path / "index.duckdb", tmp_path / "archive"
    with build(index) as connection:
        listed(connection, source(), listing("notes.txt", shot(1)))
    archive(index, folder, FEBRUARY)
    assert asked(index, KEPT) == [(1,)]


def test_the_file_gets_smaller(tmp_path: Path) -> None:
    """The room of what left is given back."""
    index, folder = tmp_path / "index.duckdb", tmp_path / "archive"
    first = datetime.fromisoformat("2026-01-05")
    session = "38f8e3_room__uid_s_7__uid_e_video"
    moments = (first + timedelta(seconds=number) for number in range(50_000))
    keys = [f"{session}_{moment:%Y%m%d%H%M%S}000.jpg" for moment in moments]
    found = {key: Found(etag=hashlib.sha256(key.encode()).hexdigest()[:32]) for key in keys}
    with build(index) as connection:
        listed(connection, source(), found)
    before = index.stat().st_size
    archive(index, folder, FEBRUARY)
    assert index.stat().st_size < before
    assert asked(index, "SELECT count(*) FROM objects") == [(50_000,)]


def test_an_incremental_run_needs_no_file_of_the_archive(tmp_path: Path) -> None:
    """What follows an archived session is listed while the archive's files are out of reach."""
    index, folder = tmp_path / "index.duckdb", tmp_path / "archive"
    with build(index) as connection:
        listed(connection, source(), listing(shot(1), shot(2)))
    archive(index, folder, FEBRUARY)
    folder.rename(tmp_path / "elsewhere")
    following = shot(3).replace("20260105", "20260301")
    with build(index) as connection:
        merged = ranged(connection, source(), listing(following), KeyRange(shot(2), None), full=False)
    assert (merged.added, merged.deleted, merged.held) == (1, 0, 3)


def test_a_file_that_is_gone_is_named(index: Path, folder: Path) -> None:
    """Where the archive is not any more, a reader is told what the index needs, and nothing is missing silently."""
    archive(index, folder, FEBRUARY)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(IndexInconsistent, match=r"\.parquet is not there"), reading(index):
        pass


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "objects/source=a/day=2026-01-05/../../x.parquet"])
def test_an_index_from_elsewhere_opens_no_other_file(tmp_path: Path, path: str) -> None:
    """What an index takes for its archive is believed only where it is named as an archive's files are."""
    index = tmp_path / "index.duckdb"
    with build(index) as connection:
        connection.execute("INSERT INTO archive_files VALUES ('a', '2026-01-05', '/', ?, 1, 1, '')", [path])
    with pytest.raises(IndexInconsistent, match="no file of an archive"), reading(index):
        pass


def test_a_reader_of_an_archived_index_reads_nothing_else(index: Path, folder: Path) -> None:
    """The archive's files are open to a reader, and no other file is."""
    archive(index, folder, FEBRUARY)
    other = folder / "objects" / "other.csv"
    other.write_text("secret\n")
    with reading(index) as connection:
        for statement in (
            f"FROM read_text('{other}')",
            f"FROM glob('{folder}/*')",
            "LOAD httpfs",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement).fetchall()


def test_what_was_asked_wrong_is_told(index: Path, tmp_path: Path) -> None:
    """There is nothing to archive without an index, into a folder that DuckDB takes for a pattern, or beside a run."""
    with pytest.raises(IndexMissing):
        archive(tmp_path / "none.duckdb", tmp_path / "archive", FEBRUARY)
    with pytest.raises(UsageError):
        archive(index, tmp_path / "a*", FEBRUARY)
    with locked(lock_of(index)), pytest.raises(IndexLocked):
        archive(index, tmp_path / "archive", FEBRUARY)


# Where an archiving is killed: before each of these, the first that is told.
STEPS = (
    "indexer.lake.archive.write_parquet",
    "indexer.lake.archive.archived.note",
    "indexer.lake.archive.write_manifest",
    "indexer.lake.archive.archived.show",
    "indexer.store.build._copy",
    "indexer.store.build._publish",
    "indexer.lake.archive._clear",
)
KILLED = """
import importlib, os, signal, sys
from datetime import datetime
from pathlib import Path
from indexer.lake.archive import archive

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

target, name = importlib.import_module("indexer"), sys.argv[3]
module, attributes = name, []
while True:
    try:
        target = importlib.import_module(module)
        break
    except ImportError:
        module, _, last = module.rpartition(".")
        attributes.insert(0, last)
for attribute in attributes[:-1]:
    target = getattr(target, attribute)
assert callable(getattr(target, attributes[-1]))
setattr(target, attributes[-1], die)
archive(Path(sys.argv[1]), Path(sys.argv[2]), datetime(2026, 2, 1))
"""


@pytest.mark.parametrize("step", STEPS)
def test_killed_anywhere_nothing_is_lost_or_doubled(index: Path, folder: Path, step: str) -> None:
    """An archiving that is killed leaves all objects once, and the next one clears away what it left."""
    before = asked(index, "FROM objects ORDER BY source, key")
    with started(KILLED, index, folder, step) as process:
        process.communicate(timeout=60)
    assert process.returncode == -9, "nothing was killed"
    assert asked(index, "FROM objects ORDER BY source, key") == before
    archive(index, folder, FEBRUARY)
    assert asked(index, "FROM objects ORDER BY source, key") == before
    assert not list(index.parent.glob("index.duckdb.[bc]*"))
    with reading(index) as connection:
        assert files(folder) == set(archived.files(connection))
    manifest = read_manifest(folder)
    assert manifest is not None
    assert {str(folder / file.path) for file in manifest.files} == files(folder)
