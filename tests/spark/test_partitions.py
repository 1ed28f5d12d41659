"""A day's file is what the lake held of it and what a listing says. It is made of files alone: no Spark is started."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet as pq
import pytest

from spark.clusters import need_spark

need_spark()

from indexer.spark.merge import KNOWN_SCHEMA, MARKS_SCHEMA, STAGED_SCHEMA  # noqa: E402
from indexer.spark.partitions import Making, Part, parts_of, write_part  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

MONDAY, TUESDAY = date(2026, 1, 5), date(2026, 1, 6)
LATER = "2026-01-09 00:00:00"


@pytest.fixture
def making(tmp_path: Path) -> Making:
    """A lake of two days, and a listing that changes, deletes, moves and adds some of its objects."""
    staged = [
        _listed("changed", MONDAY, name_id=2, size=20),
        _listed("moved", TUESDAY, name_id=3, size=30),
        _listed("new", MONDAY, name_id=7, size=70),
        _listed("back too late", MONDAY, name_id=5, size=50, late_hash=1),
        _listed("late", MONDAY, name_id=8, size=80, late_hash=1),
    ]
    marks = [
        _mark("changed", MONDAY, MONDAY, "changed", name_id=2),
        _mark("moved", TUESDAY, MONDAY, "changed", name_id=3),
        _mark("new", MONDAY, None, "added", name_id=7, first_seen_run=2),
        _mark("gone", MONDAY, MONDAY, "deleted", last_seen_run=1, deleted_at=LATER),
        _mark("back too late", MONDAY, MONDAY, "left out", last_seen_run=1, deleted_at=LATER),
        _mark("late", None, None, "left out", first_seen_run=2),
    ]
    files = (_file(tmp_path, "staged", STAGED_SCHEMA, staged),), (_file(tmp_path, "marks", MARKS_SCHEMA, marks),)
    return Making("shots", 2, *files, str(tmp_path / "made"))


@pytest.fixture
def monday(tmp_path: Path) -> Part:
    """The day of which the lake holds something."""
    keys = ("changed", "gone", "kept", "moved")
    known = [_known(key, name_id) for key, name_id in zip(keys, (2, 4, 1, 3), strict=True)]
    deleted = _known("back too late", 5) | {"last_seen_run": 1, "deleted_at": LATER}
    return Part(MONDAY, (_file(tmp_path, "known", KNOWN_SCHEMA, [*known, deleted]),), 0, 1)


def test_a_day_has_what_stays_what_changed_and_what_came_and_nothing_that_left_it_or_is_late(
    making: Making, monday: Part
) -> None:
    """A changed object is the listing's, a deleted one is kept as deleted, and one of another day is not there."""
    assert _rows(making, monday) == [
        ("back too late", 10, 1, True),
        ("changed", 20, 1, False),
        ("gone", 10, 1, True),
        ("kept", 10, 1, False),
        ("new", 70, 2, False),
    ]


def test_an_object_that_moved_comes_to_its_new_day_with_the_run_that_first_saw_it(making: Making) -> None:
    """The day need not be in the lake before."""
    assert _rows(making, Part(TUESDAY, (), 0, 1)) == [("moved", 30, 1, False)]


def test_where_the_lake_held_nothing_a_day_is_what_was_listed_in_time(making: Making) -> None:
    """No marks are needed: all of it is added by this run, and what is late is not."""
    first = replace(making, marks=None)
    assert _rows(first, Part(MONDAY, (), 0, 1)) == [("changed", 20, 2, False), ("new", 70, 2, False)]


def test_parts_of_a_day_share_its_objects_out_and_two_tries_write_two_files_that_are_the_same(
    making: Making, monday: Part
) -> None:
    """Each object is in one of them, by its name; no try writes over another's file."""
    whole = _rows(making, monday)
    parts = [_rows(making, replace(monday, part=part, parts=2)) for part in range(2)]
    assert sorted(parts[0] + parts[1]) == whole
    assert all(parts)
    tries = [write_part(making, monday) for _ in range(2)]
    assert tries[0].path != tries[1].path
    assert tries[0][1:] == tries[1][1:]


def test_a_large_day_has_several_files_and_an_empty_one_has_none() -> None:
    """A file has about two million rows at most."""
    parts = parts_of({MONDAY: 4_000_001, TUESDAY: 0}, {MONDAY: ["a"], TUESDAY: ["b"]})
    assert [(each.day, each.known, each.part, each.parts) for each in parts] == [
        (MONDAY, ("a",), part, 3) for part in range(3)
    ]


def _rows(making: Making, part: Part) -> list[tuple[Any, ...]]:
    table = pq.read_table(write_part(making, part).path, partitioning=None)
    assert table["source"].unique().to_pylist() == ["shots"]
    assert table["day"].unique().to_pylist() == [part.day]
    chosen = ("key", "size", "first_seen_run", "deleted_at")
    rows = zip(*(table[name].to_pylist() for name in chosen), strict=True)
    return [(key, size, run, deleted_at is not None) for key, size, run, deleted_at in rows]


def _listed(key: str, day: date, **more: object) -> dict[str, object]:
    return {"key": key, "kind": "unparsed", "day": day, "shard": 0} | more


def _known(key: str, name_id: int) -> dict[str, object]:
    return {"key": key, "kind": "unparsed", "day": MONDAY, "size": 10, "name_id": name_id, "first_seen_run": 1}


def _mark(key: str, day: date | None, known_day: date | None, became: str, **more: object) -> dict[str, object]:
    is_taken = became in {"added", "changed"}
    told = {"key": key, "day": day, "known_day": known_day, "became": became, "is_taken": is_taken}
    return told | {"first_seen_run": 1} | more


def _file(folder: Path, name: str, schema: str, rows: list[dict[str, object]]) -> str:
    """Rows as a Parquet file with the columns that Spark is told of."""
    path = str(folder / f"{name}.parquet")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE written ({schema.replace('TIMESTAMP_NTZ', 'TIMESTAMP')})")
        for row in rows:
            columns, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO written ({columns}) VALUES ({marks})", list(row.values()))
        connection.table("written").write_parquet(path)
    return path
