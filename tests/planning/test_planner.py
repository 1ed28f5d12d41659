"""When all of a source is listed, and what a listing is said to take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import ceil
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import pytest
from listing.buckets import MemoryLister
from store.listings import source

from indexer.errors import AccessDenied
from indexer.listing.crawl import Clock, Limits
from indexer.listing.journal import journals
from indexer.listing.ranges import WHOLE
from indexer.naming import Layout
from indexer.naming.template import Template
from indexer.planning import Estimate
from indexer.sync import Options, estimates, sync
from planning.runs import AGO, FIRST, HOUR, LONG_AGO, Bucket, shot

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.vendors.base import Position


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """A bucket with a finished session and a live one, not listed yet."""
    made = Bucket(tmp_path / "index.duckdb")
    made.put(*(shot("aa_room", "1", LONG_AGO + timedelta(seconds=number)) for number in range(30)))
    return made.put(*(shot("bb_room", "1", AGO + timedelta(seconds=number)) for number in range(30)), at=AGO)


def mode(bucket: Bucket, **how: Any) -> tuple[str, str]:
    """How a run listed, and why."""
    outcome = bucket.sync(**how)
    assert outcome.listing is not None
    return outcome.listing.mode, outcome.why


def test_a_first_run_lists_everything(bucket: Bucket) -> None:
    """What was never listed is listed in full, and so is what was asked for; other runs list what can be new."""
    assert mode(bucket) == ("full", "not listed to its end before")
    assert mode(bucket, full=True) == ("full", "asked for")
    assert mode(bucket)[0] == "incremental"
    assert bucket.plan(full=True).ranges == (WHOLE,)


@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_every_so_many_runs_list_everything(bucket: Bucket, every: int) -> None:
    """With full_every 3 the first, the fourth and the seventh run are full: no more than so many since the last."""
    bucket.source = replace(bucket.source, full_every=every)
    modes = [mode(bucket)[0] for _ in range(2 * every + 1)]
    assert modes == (["full"] + ["incremental"] * (every - 1)) * 2 + ["full"]


def test_why_it_is_listed_in_full_is_told(bucket: Bucket) -> None:
    """The run that looks for what was deleted says so, and finds it."""
    bucket.source = replace(bucket.source, full_every=2)
    bucket.sync()
    bucket.held.popitem()
    bucket.sync()
    outcome = bucket.sync()
    assert outcome.why == "every 2 runs, to find what was deleted"
    assert outcome.merged is not None
    assert outcome.merged.deleted == 1


def test_a_prefix_that_changed_is_listed_in_full(bucket: Bucket) -> None:
    """Where the source now has another prefix, what is known says nothing of it."""
    bucket.sync()
    bucket.source = replace(bucket.source, storage=replace(bucket.source.storage, prefix="bb"))
    assert mode(bucket) == ("full", "its prefix changed")
    assert mode(bucket)[0] == "incremental"


@pytest.mark.parametrize(
    ("how", "layout", "why"),
    [
        ({"starts_anywhere": False}, Layout("cloud-recording"), "it can be listed in one stream only"),
        ({}, Layout("live-streaming"), "its names tell neither days nor sessions"),
        ({}, Layout("template", (Template("{StreamName}/{Date}.jpg"),)), "its names tell neither days nor sessions"),
        ({"delimiters": "slash"}, Layout("cloud-recording"), "its names tell neither days nor sessions"),
    ],
)
def test_what_cannot_be_told_apart_is_listed_in_full(
    bucket: Bucket, how: dict[str, Any], layout: Layout, why: str
) -> None:
    """One stream, names without days and sessions, and a vendor that takes no such delimiter leave no choice."""
    bucket.source, bucket.how = source(layout=layout), how
    bucket.sync()
    assert mode(bucket) == ("full", why)
    assert bucket.estimate().mode == "full"


def broken_off(bucket: Bucket, *, full: bool = False) -> None:
    """A run whose second request is refused."""

    def before(after: Position | None) -> None:
        if after and after.key > "bb_room__uid_s_1__uid_e_video_2026112006":
            raise AccessDenied("no")

    storage = bucket.source.storage
    lister = MemoryLister(bucket.held, prefix=storage.prefix, host=storage.endpoint, before=before)
    now = FIRST + bucket.runs * HOUR
    bucket.runs += 1
    options = Options(full, limits=Limits(1), connect=lambda *_: lister, clock=Clock(lambda: now))
    assert sync(bucket.index, [bucket.source], options).exit_code == 3


def test_a_first_listing_that_broke_off_is_no_listing(bucket: Bucket) -> None:
    """Without its journal a source that was never listed to its end is listed in full."""
    broken_off(bucket)
    forget(bucket)
    assert mode(bucket) == ("full", "not listed to its end before")
    assert mode(bucket)[0] == "incremental"


def test_a_listing_that_broke_off_for_good_is_made_up_for(bucket: Bucket) -> None:
    """What it took in has gaps that the last keys hide: without its journal all is listed, once."""
    bucket.sync()
    broken_off(bucket, full=True)
    forget(bucket)
    assert mode(bucket) == ("full", "not listed to its end before")
    assert mode(bucket)[0] == "incremental"


def test_a_listing_that_is_gone_on_with_is_no_reason(bucket: Bucket) -> None:
    """A listing that broke off and came to its end in the next run has left no gap."""
    bucket.sync()
    broken_off(bucket, full=True)
    assert mode(bucket) == ("full", "asked for")
    assert mode(bucket)[0] == "incremental"


def forget(bucket: Bucket) -> None:
    """Lose the journals."""
    rmtree(journals(bucket.index))


def test_nothing_is_said_of_what_was_never_listed(tmp_path: Path) -> None:
    """Without an index, and of a source that it does not know, the estimate says that nothing is known."""
    bucket = Bucket(tmp_path / "index.duckdb")
    unknown = Estimate("full", "not listed before", None, None, None)
    assert estimates(bucket.index, [bucket.source]) == [(bucket.source, unknown)]
    bucket.sync()
    bucket.source = source("another")
    assert bucket.estimate() == unknown


@pytest.mark.parametrize("max_keys", [1, 7, 60, 1000])
def test_a_full_listing_takes_a_request_a_page(bucket: Bucket, max_keys: int) -> None:
    """The requests are the known objects by what a page holds; their cost is by the source's price for a thousand."""
    bucket.source = replace(bucket.source, price_per_1000_requests=2.0)
    bucket.sync()
    bucket.how = {"max_keys": max_keys}
    estimate = bucket.estimate(full=True)
    assert (estimate.mode, estimate.why, estimate.requests) == ("full", "asked for", ceil(60 / max_keys))
    assert estimate.cost == pytest.approx(ceil(60 / max_keys) * 0.002)


def test_an_empty_source_takes_one_request(tmp_path: Path) -> None:
    """A bucket that held nothing is asked once."""
    bucket = Bucket(tmp_path / "index.duckdb")
    bucket.sync()
    assert bucket.estimate(full=True).requests == 1


def test_sessions_take_their_prefixes_and_a_request_a_tail(bucket: Bucket) -> None:
    """Two sessions are one page of prefixes; the live one's name is gone on with, before it and behind it."""
    bucket.sync()
    estimate = bucket.estimate()
    assert (estimate.mode, estimate.requests) == ("incremental", 3)
    assert estimate.why == bucket.plan().why
    assert "1 sessions are taken for finished" in estimate.why


def test_seconds_are_by_how_fast_the_last_run_went(bucket: Bucket) -> None:
    """A run of 6 requests in 3 seconds has the next one's 6 requests take 3 seconds."""
    moments = iter([FIRST] * 2)
    lister = bucket.lister()
    times = [FIRST]

    def now() -> Any:
        return next(moments, times[-1])

    def connect(*_: object) -> MemoryLister:
        return lister

    def progress(_: object) -> None:
        times.append(FIRST + timedelta(seconds=3))

    sync(bucket.index, [bucket.source], Options(progress=progress, connect=connect, clock=Clock(now)))
    estimate = bucket.estimate(full=True)
    with bucket.reading() as connection:
        ((requests,),) = connection.sql("SELECT requests FROM run_sources").fetchall()
    assert estimate.requests is not None
    assert estimate.seconds == pytest.approx(3 * estimate.requests / requests)
