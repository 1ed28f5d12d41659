"""Layouts with a folder a day: days that are over are passed over, all else is listed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from store.listings import source

from indexer.listing.ranges import KeyRange
from indexer.naming import Layout
from indexer.naming.template import Template
from planning.runs import FIRST, Bucket

if TYPE_CHECKING:
    from pathlib import Path

UPLOAD = Layout("screenshot-upload")
TODAY = FIRST.date()
SID = "73DF770A0F7E4A0DA7C1E3A4B0B0C0D0"


def shot(day: date, number: int = 0, prefix: str = "") -> str:
    """The key of an uploaded screenshot."""
    return f"{prefix}{day:%Y%m%d}/{SID}_room__uid_s_1__uid_e_video_{day:%Y%m%d}1000{number:02}000.jpg"


def days(first: int, last: int) -> list[date]:
    """The days so many days ago, from the first to the last."""
    return [TODAY - timedelta(number) for number in range(first, last - 1, -1)]


def noon(day: date) -> datetime:
    """Noon of a day."""
    return datetime.combine(day, datetime.min.time()) + timedelta(hours=12)


def made(tmp_path: Path, layout: Layout = UPLOAD, prefix: str = "", start: str = "") -> Bucket:
    """A bucket with two objects of each of twenty days, listed once."""
    bucket = Bucket(tmp_path / "index.duckdb", source(layout=layout, prefix=prefix))
    for day in days(20, 1):
        bucket.put(shot(day, prefix=start or prefix), shot(day, 1, start or prefix), at=noon(day))
    bucket.sync()
    return bucket


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """A bucket of screenshot uploads."""
    return made(tmp_path)


def test_days_that_are_over_are_passed_over(bucket: Bucket) -> None:
    """The days up to four before the last run are over: two of late uploads, and one for the clock's time zone."""
    plan = bucket.plan()
    first_open = TODAY - timedelta(3)
    assert plan.mode == "incremental"
    assert plan.why == f"the days from {first_open:%Y%m%d} on; 17 days before are taken for finished"
    assert plan.skipped == 34
    last_over = first_open - timedelta(1)
    assert plan.ranges == (
        KeyRange(None, f"{TODAY - timedelta(20):%Y%m%d}"),
        KeyRange(f"{last_over:%Y%m%d}/~", None),
    )


def test_what_is_listed_again_and_what_is_not(bucket: Bucket) -> None:
    """A late upload is found for three days; after that the next full run finds it."""
    late = [shot(day, 2) for day in days(5, 1)]
    merged = bucket.put(*late, at=FIRST + timedelta(minutes=5)).sync().merged
    assert merged is not None
    assert (merged.added, merged.listed) == (3, 9)
    merged = bucket.sync(full=True).merged
    assert merged is not None
    assert merged.added == 2


@pytest.mark.parametrize(
    "key", ["!", "19991231/x.jpg", "2026", "recordings/x", "~", "é", f"{TODAY:%Y%m%d}", "20991231/x"]
)
def test_what_is_no_day_that_is_over_is_found(bucket: Bucket, key: str) -> None:
    """Keys before the first of the known days and after the last one that is over are found, days or not."""
    bucket.put(key, at=FIRST).sync()
    assert key in bucket.known()


def test_what_stands_between_days_is_passed_over_with_them(bucket: Bucket) -> None:
    """An odd key between two days that are over is known from the first run, counted, and not looked at again."""
    odd = f"{TODAY - timedelta(10):%Y%m%d} notes.txt"
    bucket.put(odd, at=FIRST).sync()
    assert odd not in bucket.known()
    bucket.sync(full=True)
    assert odd in bucket.known()
    plan = bucket.plan()
    known = bucket.known()
    assert plan.skipped == len([key for key in known if not any(key in each for each in plan.ranges)])


def test_the_estimate_adds_up(bucket: Bucket) -> None:
    """Of 40 known objects 34 are passed over: with 2 keys a page the other 6 take three requests, and one to begin."""
    bucket.how = {"max_keys": 2}
    estimate = bucket.estimate()
    assert (estimate.mode, estimate.requests, estimate.why) == ("incremental", 4, bucket.plan().why)


@pytest.mark.parametrize("prefix", ["uploads/", "up"])
def test_days_stand_below_a_prefix(tmp_path: Path, prefix: str) -> None:
    """The folders of days are looked for behind the source's prefix."""
    plan = made(tmp_path, prefix=prefix).plan()
    assert plan.skipped == 34
    assert plan.ranges[0].until == f"{prefix}{TODAY - timedelta(20):%Y%m%d}"


@pytest.mark.parametrize("hours", [-12, 0, 8, 14])
def test_a_day_is_over_wherever_its_clock_is(tmp_path: Path, hours: int) -> None:
    """Whatever the template's time zone, no picture of a skipped day can have been taken after the cutoff."""
    layout = Layout("template", (Template("snap/{Date}/{StreamName}-{UnixTimestamp}.jpg", hours * 60),))
    bucket = Bucket(tmp_path / "index.duckdb", source(layout=layout))
    cutoff = FIRST - timedelta(hours=48)
    for at in (FIRST - number * timedelta(hours=1) for number in range(24 * 8)):
        local = at + timedelta(hours=hours)
        bucket.put(f"snap/{local:%Y%m%d}/room-{int((at - datetime(1970, 1, 1)).total_seconds())}.jpg", at=at)  # noqa: DTZ001
    bucket.sync()
    plan = bucket.plan()
    assert plan.mode == "incremental"
    passed = [found for key, found in bucket.held.items() if not any(key in each for each in plan.ranges)]
    assert plan.skipped == len(passed)
    newest = max(found.last_modified for found in passed)
    assert datetime(1970, 1, 1) + timedelta(microseconds=newest) < cutoff  # noqa: DTZ001


def test_two_templates_of_one_start_are_one_layout_of_days(tmp_path: Path) -> None:
    """Days are told where all templates have their folders in one place, and are not where they differ."""
    alike = Layout("template", (Template("a/{Date}/{StreamName}.jpg"), Template("a/{Date}/x/{StreamName}.jpg")))
    assert made(tmp_path, alike, start="a/").plan().skipped == 34
    unlike = Layout("template", (Template("a/{Date}/{StreamName}.jpg"), Template("b/{Date}/{StreamName}.jpg")))
    bucket = made(tmp_path / "other", unlike, start="a/")
    assert bucket.plan().why == "its names tell neither days nor sessions"


def test_folders_that_are_no_days_are_listed(tmp_path: Path) -> None:
    """Eight digits that are no date, and words of that length, are no days that could be over."""
    bucket = Bucket(tmp_path / "index.duckdb", source(layout=UPLOAD, prefix="p/"))
    odd = [f"p/{name}/x.jpg" for name in ("20260230", "20261301", "abcdefgh", "0", "2026-01-05")]
    bucket.put(*odd).sync()
    assert bucket.plan().mode == "full" or not bucket.plan().skipped


def test_where_no_day_is_over_sessions_are_told_apart(tmp_path: Path) -> None:
    """A source that is some days old is planned by its sessions, which stand in the folders of days too."""
    bucket = Bucket(tmp_path / "index.duckdb", source(layout=UPLOAD))
    bucket.put(shot(TODAY), at=noon(TODAY) - timedelta(hours=6)).sync()
    bucket.put(new := shot(TODAY, 5), at=FIRST + timedelta(minutes=1))
    assert bucket.plan().why.startswith("new sessions")
    bucket.sync()
    assert new in bucket.known()
