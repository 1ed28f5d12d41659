"""The first page's figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from reconcile.building import Who, bucket, every, expecting, reconcile, session, standing
from store.listings import BEGUN, listing
from store.payloads import payload, take, verdict

from indexer.reconcile import checks
from indexer.service.pages.data.overview import Coverage, overview
from indexer.store import runs

if TYPE_CHECKING:
    import duckdb


def test_an_empty_index_has_no_figures(index: duckdb.DuckDBPyConnection) -> None:
    """Before the first run there is no day and no reconciliation, and nothing waits for anybody."""
    told = overview(index, [])
    assert (told.reconciled, told.day, told.kinds, told.sources, told.waiting("critical")) == (None, None, [], [], 0)


def test_a_long_gap_waits_as_critical_until_somebody_notes_it(index: duckdb.DuckDBPyConnection) -> None:
    """A finding that a person acknowledged since the index was made stands, and waits for nobody."""
    bucket(index, session(every(5, 300, without=range(20, 200))))
    reconcile(index)
    finding = standing(index, "coverage-gap")[0]
    assert overview(index, []).waiting("critical") == 1
    noted = overview(index, [finding["finding_id"]])
    assert noted.waiting("critical") == 0
    assert [(kind.standing, kind.waiting, kind.new) for kind in noted.kinds if kind.severity == "critical"] == [
        (1, 0, 1)
    ]


def test_the_worst_kinds_come_first(index: duckdb.DuckDBPyConnection) -> None:
    """What is critical stands above what is a warning, however many of those there are."""
    short = [session(every(5, 60, without=range(20, 30)), Who(uid=uid)) for uid in range(3)]
    bucket(index, session(every(5, 300, without=range(20, 200)), Who(sid="aa11")), *short)
    reconcile(index)
    gaps = [(kind.severity, kind.standing) for kind in overview(index, []).kinds if kind.kind == "coverage-gap"]
    assert gaps == [("critical", 1), ("warning", 3)]


def test_the_newest_day_is_counted(index: duckdb.DuckDBPyConnection) -> None:
    """Shots, sessions, bytes and violations of the newest day, and nothing of the days before."""
    early = every(5, 10, start=datetime.fromisoformat("2026-01-04 10:00:00"))
    late = [session(every(5, 10), Who(uid=uid), size=100) for uid in (7, 8)]
    bucket(index, session(early), *late)
    key = next(iter(late[0]))
    take(index, payload(verdict(key=key, captured_at=every(5, 1)[0])))
    reconcile(index)
    day = overview(index, []).day
    assert day is not None
    assert (day.day, day.screenshots, day.sessions, day.size) == (date(2026, 1, 5), 20, 2, 2000)
    assert (day.violations, day.blocks) == (1, 1)


def test_a_name_of_the_far_future_is_no_newest_day(index: duckdb.DuckDBPyConnection) -> None:
    """One key that claims the year 2099 does not hide what came in today."""
    wrong = session([datetime.fromisoformat("2099-01-01 00:00:00")], Who(uid=9))
    bucket(index, session(every(5, 10)), wrong)
    day = overview(index, []).day
    assert day is not None
    assert day.day == date(2026, 1, 5)


def test_a_source_tells_when_it_was_listed_and_that_it_failed_since(index: duckdb.DuckDBPyConnection) -> None:
    """The newest complete listing counts for freshness, and a later failure is told beside it."""
    bucket(index, session(every(5, 10)))
    index.execute(
        "INSERT INTO run_sources BY NAME SELECT * REPLACE (2 AS run, 'failed' AS status, 'no route' AS error) "
        "FROM run_sources"
    )
    [fresh] = overview(index, []).sources
    assert (fresh.run, fresh.tried_run, fresh.tried_status, fresh.error) == (1, 2, "failed", "no route")
    assert (fresh.mode, fresh.held) == ("full", 10)


def test_coverage_counts_what_is_explained_as_not_due(index: duckdb.DuckDBPyConnection) -> None:
    """A failover's missing shots lower no share."""
    assert Coverage("a", 90, 20, 10).share == 0.9
    assert Coverage("a", 0, 0, 0).share == 1.0
    bucket(index, session(every(5, 60, without=range(20, 30))))
    reconcile(index)
    assert overview(index, []).coverage == [Coverage("classroom", 50, 10, 0)]


def test_what_cannot_be_told_is_told_with_its_reason(index: duckdb.DuckDBPyConnection) -> None:
    """A source without an interval has no gaps, and the page says why."""
    bucket(index, session(every(5, 10)), of=replace(expecting(), interval=None))
    reconcile(index)
    gaps = [untold for untold in overview(index, []).untold if untold.title == checks()["coverage-gap"].title]
    assert [(untold.sources, untold.reason) for untold in gaps] == [(["classroom"], "no interval is configured")]


def test_a_sync_after_the_reconciliation_is_told(index: duckdb.DuckDBPyConnection) -> None:
    """Findings are of what was known then, and the page can say that more is known now."""
    bucket(index, session(every(5, 10)))
    run = reconcile(index)
    told = overview(index, []).reconciled
    assert told is not None
    assert (told.run, told.later_run) == (run, None)
    runs.start(index, "sync", BEGUN)
    told = overview(index, []).reconciled
    assert told is not None
    assert told.later_run == run + 1


def test_other_objects_are_no_screenshots(index: duckdb.DuckDBPyConnection) -> None:
    """An index without a single screenshot has no newest day."""
    bucket(index, listing("a.m3u8"))
    assert overview(index, []).day is None
