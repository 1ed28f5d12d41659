"""What becomes of findings from run to run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from store.listings import Listing, rows

from indexer.errors import IndexInconsistent, IndexMissing
from indexer.reconcile import Check, Options, Range, checks
from indexer.reconcile import reconcile as reconcile_file
from indexer.store import build
from indexer.store.migrations import migrate
from reconcile.building import START, Who, bucket, every, expecting, reconcile, session, standing
from reconcile.told import TAKEN_IN, announce, count, good, judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Index = duckdb.DuckDBPyConnection

SHOTS = session(every(60, 20))
KEYS = list(SHOTS)
HOUR = timedelta(hours=1)
EXPECTED = expecting(interval=60.0, moderated=True)
NOW = datetime.fromisoformat("2026-11-21 06:00:00")


def without(*numbers: int) -> Listing:
    """The bucket without some of its shots."""
    return {key: found for number, (key, found) in enumerate(SHOTS.items()) if number not in numbers}


def everything_wrong(index: Index) -> None:
    """A bucket in which many kinds of things are wrong at once."""
    bucket(index, SHOTS, session(every(60, 20, without=range(5, 15)), Who(uid=8)), of=EXPECTED)
    good(index, KEYS[::2])
    judge(index, [KEYS[1], "gone.jpg"])
    good(index, ["gone.jpg"])
    announce(index, [*KEYS[::3], *session(every(60, 2), Who(uid=9))], notified_at=TAKEN_IN)
    count(index, "38f8e3", [0, 2])
    bucket(index, without(1), session(every(60, 20, without=range(5, 15)), Who(uid=8)), of=EXPECTED)


def known(index: Index, columns: str = "*") -> list[tuple[Any, ...]]:
    """What the index knows of all findings."""
    return rows(index, f"SELECT {columns} FROM finding_rows ORDER BY finding_id")


def statuses(index: Index, kind: str) -> dict[str | None, tuple[str, int | None]]:
    """The status of each finding of a kind, and the run that resolved it, by key."""
    told = rows(index, f"SELECT key, status, resolved_run FROM findings WHERE kind = '{kind}'")
    return {key: (status, run) for key, status, run in told}


def test_a_second_run_says_nothing_new(index: Index) -> None:
    """Over the same index, all that was new is open, no finding is resolved, and nothing else of one changes."""
    everything_wrong(index)
    reconcile(index)
    told = "* EXCLUDE (status, last_found_run)"
    before = known(index, told)
    kinds = {kind for (kind,) in rows(index, "SELECT kind FROM finding_rows")}
    assert kinds > {"coverage-gap", "evidence-missing", "unmoderated", "stored-not-notified", "time-to-action"}
    assert set(known(index, "status")) == {("new",)}
    second = reconcile(index)
    assert known(index, told) == before
    assert set(known(index, "status, last_found_run")) == {("open", second)}


def test_what_is_gone_is_resolved_by_its_run_and_comes_back_as_new(index: Index) -> None:
    """A finding ends in the run that does not find it any more, and is new with its first run when it is back."""
    bucket(index, SHOTS)
    judge(index, KEYS[:1])
    bucket(index, without(0))
    first = reconcile(index)
    assert statuses(index, "evidence-missing") == {KEYS[0]: ("new", None)}
    bucket(index, SHOTS)
    second = reconcile(index)
    assert statuses(index, "evidence-missing") == {KEYS[0]: ("resolved", second)}
    reconcile(index)
    assert statuses(index, "evidence-missing") == {KEYS[0]: ("resolved", second)}
    bucket(index, without(0))
    last = reconcile(index)
    assert statuses(index, "evidence-missing") == {KEYS[0]: ("new", None)}
    runs = "SELECT first_found_run, last_found_run FROM findings WHERE kind = 'evidence-missing'"
    assert rows(index, runs) == [(first, last)]


def test_a_check_that_cannot_be_made_resolves_nothing(index: Index) -> None:
    """Once no interval is configured any more, nobody can say that the gap is closed; of other sources one can."""
    for name in ("classroom", "other"):
        bucket(index, without(*range(5, 15)), of=expecting(name, interval=60.0))
    reconcile(index)
    for name, interval in (("classroom", None), ("other", 60.0)):
        bucket(index, SHOTS, of=expecting(name, interval=interval))
        index.execute("UPDATE sources SET interval_seconds = ? WHERE source = ?", [interval, name])
    reconcile(index)
    told = "SELECT source, status FROM findings WHERE kind = 'coverage-gap' ORDER BY source"
    assert rows(index, told) == [("classroom", "open"), ("other", "resolved")]


def test_a_check_that_is_no_more_leaves_its_findings(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody looks for is not resolved by not being found."""
    everything_wrong(index)
    reconcile(index)
    before = standing(index, "coverage-gap")
    fewer = {kind: check for kind, check in checks().items() if kind != "coverage-gap"}
    monkeypatch.setattr("indexer.reconcile.engine.checks", lambda: fewer)
    monkeypatch.setattr("reconcile.building.checks", lambda: fewer)
    reconcile(index)
    assert rows(index, "SELECT status FROM finding_rows WHERE kind = 'coverage-gap'") == [("open",)] * len(before)


LATER = session(every(60, 20, start=START + 3 * HOUR), Who(sid="bb"))
PLACES = {
    "before": Range(until=START),
    "the first": Range(START - HOUR, START + HOUR),
    "the second": Range(START + 2 * HOUR),
    "part of the first": Range(START + timedelta(minutes=3), START + HOUR),
}


@pytest.mark.parametrize(
    ("between", "resolved"),
    [("before", set()), ("the first", {"38f8e3"}), ("the second", {"bb"}), ("part of the first", set())],
)
def test_what_is_outside_the_range_stays_as_it_is(index: Index, between: str, resolved: set[str]) -> None:
    """Only what lies inside the time that is looked at can be resolved, whatever has become of the rest."""
    bucket(index, SHOTS, LATER)
    first, *_, last = LATER
    announce(index, [KEYS[0], KEYS[19], first, last], notified_at=TAKEN_IN)
    reconcile(index)
    told = "SELECT sid, status FROM findings WHERE kind = 'stored-not-notified' ORDER BY sid"
    assert rows(index, told) == [("38f8e3", "new"), ("bb", "new")]
    announce(index, [*KEYS, *LATER], event_id="all of them")
    reconcile(index, between=PLACES[between])
    expected = [(sid, "resolved" if sid in resolved else "open") for sid in ("38f8e3", "bb")]
    assert rows(index, told) == expected


@pytest.mark.parametrize(
    ("between", "found"),
    [("before", []), ("the first", ["38f8e3"]), ("the second", ["bb"]), ("part of the first", ["38f8e3"])],
)
def test_what_reaches_into_the_range_is_found_whole(index: Index, between: str, found: list[str]) -> None:
    """A finding is of all its rows, or not made; so that the next run with another range does not shrink it."""
    bucket(index, {})
    announce(index, [*SHOTS, *LATER], notified_at=TAKEN_IN)
    reconcile(index, between=PLACES[between])
    assert [(one["sid"], one["rows"]) for one in standing(index, "notified-not-stored")] == [(sid, 20) for sid in found]


def test_ids_are_those_of_another_index_of_the_same_bucket() -> None:
    """A finding's id is made of what it is about alone: whoever indexes the bucket anew can go on from there."""
    ids = []
    for extra in ([], [expecting("first")]):
        with duckdb.connect() as index:
            migrate(index)
            for source in extra:
                bucket(index, session(every(5, 3), Who(sid="cc")), of=source)
            everything_wrong(index)
            reconcile(index)
            reconcile(index)
            # What vanished is told by the listing that did not find it, and another index has other listings.
            told = "SELECT finding_id, kind FROM findings WHERE source IS DISTINCT FROM 'first' AND kind <> 'vanished'"
            ids.append(sorted(rows(index, told)))
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0]) > 5


def test_no_two_findings_have_one_id(index: Index) -> None:
    """Kind, place and subject tell findings apart, where a text ends and the next begins too."""
    everything_wrong(index)
    reconcile(index)
    assert rows(index, "SELECT count(*) = count(DISTINCT finding_id) FROM findings") == [(True,)]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A published index in which things are wrong."""
    path = tmp_path / "index.duckdb"
    with build(path) as connection:
        everything_wrong(connection)
    return path


def finding(sql: str) -> Callable[[], dict[str, Check]]:
    """Checks of which the last finds what this SQL selects."""
    last = replace(checks()["vanished"], kind="zzz", finds=sql, not_computable=None)
    return lambda: checks() | {"zzz": last}


TWICE = "SELECT 'info' AS severity, 'twice' AS subject, 1 AS rows, 'it' AS explanation FROM range(2)"


@pytest.mark.parametrize(("sql", "error"), [("SELECT * FROM nowhere", duckdb.Error), (TWICE, IndexInconsistent)])
def test_a_check_that_fails_publishes_nothing(
    published: Path, monkeypatch: pytest.MonkeyPatch, sql: str, error: type[Exception]
) -> None:
    """What the other checks found before it is not published either: readers have the index as it was."""
    for module in ("engine", "run"):
        monkeypatch.setattr(f"indexer.reconcile.{module}.checks", finding(sql))
    before = published.read_bytes()
    with pytest.raises(error, match=r"nowhere|check zzz found the same thing twice: nothing was published"):
        reconcile_file(published)
    assert published.read_bytes() == before
    assert sorted(path.name for path in published.parent.iterdir()) == ["index.duckdb", "index.duckdb.lock"]


def test_what_is_found_is_published(published: Path) -> None:
    """A reconciliation is a run of the index, which readers see with its findings, or not at all."""
    summary = reconcile_file(published, [EXPECTED], Options(clock=lambda: NOW))
    with duckdb.connect(str(published), read_only=True) as index:
        told = "SELECT command, status, started_at, finished_at FROM runs ORDER BY run DESC LIMIT 1"
        assert rows(index, told) == [("reconcile", "complete", NOW, NOW)]
        assert rows(index, "SELECT count(*) FROM findings") == [(sum(row["new"] for row in summary.rows),)]


def test_there_must_be_an_index(tmp_path: Path) -> None:
    """Nothing is found in what was never published."""
    with pytest.raises(IndexMissing, match="run `indexer sync`"):
        reconcile_file(tmp_path / "index.duckdb")
