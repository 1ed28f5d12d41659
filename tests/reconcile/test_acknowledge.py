"""What people say of findings: kept beside the index, and taken over by every run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from store.listings import rows

from indexer.errors import IndexerError
from indexer.reconcile import reconcile
from indexer.reconcile.acknowledge import Acknowledgement, acknowledge, acknowledgements, notes_of
from indexer.store import build
from reconcile.building import bucket, every, session
from reconcile.told import judge

if TYPE_CHECKING:
    from pathlib import Path

SHOTS = session(every(60, 4))
KEYS = list(SHOTS)
AT = datetime.fromisoformat("2026-11-21 06:00:00.123456")
HOSTILE = "'; DROP TABLE findings; -- {0} $note \x1b[2J\0 中文 <script>"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published index with one piece of evidence that was deleted, and findings."""
    path = tmp_path / "index.duckdb"
    with build(path) as connection:
        bucket(connection, SHOTS)
        judge(connection, KEYS[:1])
    list_again(path, KEYS[1:])
    reconcile(path)
    return path


def list_again(path: Path, keys: list[str]) -> None:
    """A run that finds only these keys."""
    with build(path) as connection:
        bucket(connection, {key: SHOTS[key] for key in keys})


def missing(path: Path) -> dict[str, Any]:
    """The finding of the deleted evidence, resolved or not."""
    columns = ("finding_id", "status", "note", "acknowledged_by", "acknowledged_at")
    with duckdb.connect(str(path), read_only=True) as index:
        (row,) = rows(index, f"SELECT {', '.join(columns)} FROM findings WHERE kind = 'evidence-missing'")
    return dict(zip(columns, row, strict=True))


def test_a_note_is_there_at_once_and_in_the_index_after_the_next_run(published: Path) -> None:
    """Nobody waits for a run to say that they know; and a run takes over who said what, and when."""
    before = missing(published)
    assert (before["status"], before["note"]) == ("new", None)
    said = Acknowledgement(before["finding_id"], HOSTILE, "Ann", AT)
    acknowledge(published, said)
    assert acknowledgements(published) == {before["finding_id"]: said}
    assert missing(published) == before
    reconcile(published)
    expected = {"status": "open", "note": HOSTILE, "acknowledged_by": "Ann", "acknowledged_at": AT}
    assert missing(published) == before | expected


def test_what_was_said_outlives_the_finding(published: Path) -> None:
    """A note stays where its finding is resolved, and is there when the finding comes back."""
    acknowledge(published, Acknowledgement(missing(published)["finding_id"], "known", "Ann", AT))
    list_again(published, KEYS)
    reconcile(published)
    assert (missing(published)["status"], missing(published)["note"]) == ("resolved", "known")
    list_again(published, KEYS[1:])
    reconcile(published)
    assert (missing(published)["status"], missing(published)["note"]) == ("new", "known")


def test_an_acknowledged_finding_fails_no_run(published: Path) -> None:
    """What somebody has taken on counts for no level, and is still counted."""
    summary = reconcile(published)
    assert summary.at_or_above("critical") == 1
    acknowledge(published, Acknowledgement(missing(published)["finding_id"], "known", "Ann", AT))
    acknowledged = reconcile(published)
    assert acknowledged.at_or_above("critical") == 0
    assert [row["acknowledged"] for row in acknowledged.rows if row["kind"] == "evidence-missing"] == [1]


def test_the_newest_word_counts(published: Path) -> None:
    """Whoever spoke last is heard, in whatever order the words were written; of one moment, the one written last."""
    for note, later in (("second", 1), ("first", 0), ("third", 2), ("last", 2)):
        acknowledge(published, Acknowledgement("an id", note, "Ann", AT + later * timedelta(seconds=1)))
    assert acknowledgements(published)["an id"].note == "last"


def test_nobody_has_said_anything_yet(tmp_path: Path) -> None:
    """Without a file there are no words, and looking for them makes none."""
    assert acknowledgements(tmp_path / "index.duckdb") == {}
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_none_is_an_error_that_names_it(tmp_path: Path) -> None:
    """What is no database of notes is said to be none, and left as it is."""
    index = tmp_path / "index.duckdb"
    notes_of(index).write_text("no database, and longer than the header of one" * 10)
    with pytest.raises(IndexerError, match=r"index\.duckdb\.notes: file is not a database"):
        acknowledge(index, Acknowledgement("an id", "known", "Ann", AT))
    with pytest.raises(IndexerError, match=r"index\.duckdb\.notes: file is not a database"):
        acknowledgements(index)
