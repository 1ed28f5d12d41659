"""Flat layouts: new sessions are listed whole, live ones from their last keys, finished ones not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from store.listings import source

from indexer.listing.ranges import overlaps
from planning.runs import AGO, FIRST, HOUR, LONG_AGO, Bucket, shot

if TYPE_CHECKING:
    from indexer.planning import Plan

SOON = FIRST + timedelta(minutes=5)
OLD, LIVE = "aa_room", "cc_room"


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    """A bucket with a finished and a live session of two users each, listed once."""
    made = Bucket(tmp_path / "index.duckdb")
    for session, at in ((OLD, LONG_AGO), (LIVE, AGO)):
        made.put(*(shot(session, uid, at + timedelta(seconds=n)) for uid in ("20", "40") for n in range(3)), at=at)
    made.sync()
    return made


def added(bucket: Bucket, *keys: str) -> list[str]:
    """What the next run adds to the index when these keys are new in the bucket."""
    before = bucket.known()
    outcome = bucket.put(*keys, at=SOON).sync()
    assert outcome.listing is not None
    assert outcome.listing.mode == "incremental"
    assert bucket.rows() == whole(bucket).rows()
    return sorted({*bucket.known()} - {*before})


def whole(bucket: Bucket) -> Bucket:
    """An index of the bucket that a first run made."""
    other = bucket.anew()
    other.index.unlink(missing_ok=True)
    other.sync(at=FIRST + timedelta(days=1))
    return other


def test_nothing_new_is_nothing_listed(bucket: Bucket) -> None:
    """A run that finds nothing new takes no key of a finished session, nor of a live one what is known."""
    assert added(bucket) == []
    assert bucket.listed == 0


@pytest.mark.parametrize("session", ["a", "bb_room", "zz_room", "cc_room2", "cc_roo", "AA_é", "中文"])
def test_a_new_session_is_listed_whole(bucket: Bucket, session: str) -> None:
    """A session that was not known is found wherever it stands among the known ones, and nothing else is listed."""
    keys = [shot(session, uid, LONG_AGO) for uid in ("1", "9")]
    assert added(bucket, *keys) == keys
    assert bucket.listed == len(keys)


def test_new_sessions_beside_each_other_are_one_range(bucket: Bucket) -> None:
    """Sessions with no finished one between them are listed in one go."""
    keys = [shot(f"bb_{number:03}", "1", SOON) for number in range(50)]
    plan = bucket.put(*keys, at=SOON).plan()
    assert len([each for each in plan.ranges if "bb_049__uid_s_1__" in each or keys[0] in each]) == 1
    assert added(bucket) == keys


def test_a_finished_session_is_passed_over(bucket: Bucket) -> None:
    """What comes to a session that nothing was written to for days is found by the next full run."""
    late = shot(OLD, "20", LONG_AGO + timedelta(hours=1))
    bucket.put(late, at=SOON).sync()
    assert late not in bucket.known()
    bucket.sync(full=True)
    assert late in bucket.known()


def test_a_live_session_is_listed_from_its_last_keys(bucket: Bucket) -> None:
    """Of each of its users what follows the last known picture is found, and no known picture is listed again."""
    keys = [shot(LIVE, uid, SOON) for uid in ("20", "40")]
    assert added(bucket, *keys) == keys
    assert bucket.listed == len(keys)


@pytest.mark.parametrize("uid", ["0", "3", "200", "30", "5", "20__uid_e_audio"])
def test_a_new_user_of_a_live_session_is_found(bucket: Bucket, uid: str) -> None:
    """A user that was not known is found before, between and after the known ones, with pictures of any time."""
    keys = [shot(LIVE, uid, at) for at in (LONG_AGO, SOON)]
    assert added(bucket, *keys) == keys


def test_a_session_that_went_on_is_live_again(bucket: Bucket) -> None:
    """What was written late but before the last run keeps a session live, however old its pictures are."""
    key = shot("bb_room", "1", LONG_AGO)
    bucket.put(key, at=FIRST - timedelta(hours=47)).sync()
    assert added(bucket, follower := shot("bb_room", "1", LONG_AGO + timedelta(hours=1))) == [follower]


def test_late_hours_are_the_sources_own(bucket: Bucket) -> None:
    """Where nothing is expected after an hour, a session that is older than that is finished."""
    bucket.source = replace(bucket.source, late_hours=0)
    bucket.put(key := shot(LIVE, "20", SOON), at=SOON).sync()
    assert key not in bucket.known()


def test_what_was_on_its_way_when_the_last_run_began_is_found(bucket: Bucket) -> None:
    """Pictures and slices that arrive after later ones are found, for an hour: so much is listed again."""
    bucket.put(last := shot(LIVE, "20", FIRST), at=FIRST).sync(at=FIRST + timedelta(minutes=1))
    assert last in bucket.known()
    late = [shot(LIVE, "20", FIRST - timedelta(minutes=minutes), end) for minutes in (50, 1) for end in (".jpg", ".ts")]
    assert added(bucket, *late) == late
    assert bucket.listed == len(late) + 1


def test_a_picture_that_is_left_to_the_next_run_is_found_by_it(bucket: Bucket) -> None:
    """What was written after the run began is not taken, also where a later picture was written before it."""
    first, second = (shot(LIVE, "20", FIRST + timedelta(minutes=55, seconds=second)) for second in range(2))
    bucket.put(first, at=FIRST + timedelta(minutes=61)).put(second, at=FIRST + timedelta(minutes=59)).sync()
    assert [key in bucket.known() for key in (first, second)] == [False, True]
    bucket.sync()
    assert first in bucket.known()


def test_what_stands_beside_sessions_is_loaded_once(bucket: Bucket) -> None:
    """Keys without the delimiter are found wherever they stand, inside of what is listed anew and outside of it."""
    keys = ["!", "aa_room.m3u8", "bb", "bb_room.m3u8", "cc_room.m3u8", f"{LIVE}__uid_s", f"{LIVE}__uid_sz", "dd", "中"]
    sessions = [shot(session, "1", SOON) for session in ("bb_room", "bc")]
    assert added(bucket, *keys, *sessions) == sorted(keys + sessions)
    plan = bucket.plan()
    beside = [key for objects in plan.beside for key in objects["key"].to_pylist()]
    assert sorted(beside + [key for key in keys if inside(plan, key)]) == keys


def inside(plan: Plan, key: str) -> bool:
    """Whether one of a plan's ranges holds the key."""
    return any(key in each for each in plan.ranges)


def test_an_object_beside_that_was_written_again_is_seen(bucket: Bucket) -> None:
    """A playlist grows while its recording goes on: every run takes its new size."""
    bucket.put("cc_room.m3u8", at=AGO).sync()
    bucket.held["cc_room.m3u8"] = bucket.held["cc_room.m3u8"]._replace(size=7)
    assert added(bucket) == []


def test_a_channel_may_hold_the_delimiter(bucket: Bucket) -> None:
    """A channel's name can be anything: sessions are told apart by the first delimiter, and all keys are found."""
    odd = "bb__uid_s_x"
    assert added(bucket, first := shot(odd, "1", SOON)) == [first]
    later = [shot(odd, uid, SOON + timedelta(hours=1)) for uid in ("1", "2")]
    assert added(bucket, *later) == later


@pytest.mark.parametrize("prefix", ["shots/", "sh", "a__uid_s_b/", "é/"])
def test_a_source_below_a_prefix_is_planned_inside_of_it(tmp_path: Path, prefix: str) -> None:
    """Sessions are told apart after the prefix, also where that holds the delimiter; what is beside is not listed."""
    bucket = Bucket(tmp_path / "index.duckdb", source(prefix=prefix))
    bucket.put(*(prefix + shot(session, "1", at) for session, at in ((OLD, LONG_AGO), (LIVE, AGO))), at=LONG_AGO)
    bucket.put(prefix + shot(LIVE, "2", AGO), "other", shot(LIVE, "3", AGO), at=AGO).sync()
    keys = [prefix + shot(session, uid, SOON) for session in ("bb_room", LIVE) for uid in ("1", "3")]
    assert added(bucket, *keys) == sorted(keys)
    assert bucket.listed == len(keys)


def test_a_session_that_was_deleted_is_no_harm(bucket: Bucket) -> None:
    """Where nothing of a known session is left, the others are found as before; the next full run notes it."""
    bucket.put(*(shot("bb_room", "1", AGO + timedelta(seconds=number)) for number in range(3)), at=AGO).sync()
    bucket.held = {key: found for key, found in bucket.held.items() if not key.startswith("bb_room")}
    bucket.put(key := shot(LIVE, "20", SOON), at=SOON).sync()
    assert key in bucket.known()
    merged = bucket.sync(full=True).merged
    assert merged is not None
    assert merged.deleted == 3


@pytest.mark.parametrize("max_keys", [1, 2, 10])
def test_prefixes_are_asked_for_page_by_page(tmp_path: Path, max_keys: int) -> None:
    """However few prefixes a page holds, all sessions are told apart."""
    bucket = Bucket(tmp_path / "index.duckdb", how={"max_keys": max_keys})
    for number in range(6):
        at = LONG_AGO if number % 2 else AGO
        bucket.put(shot(f"{number}_room", "1", at), at=at)
    bucket.sync()
    keys = [shot(f"{number}_room", "1", SOON) for number in (0, 2, 4, 7)]
    assert added(bucket, *keys, "3_room.m3u8") == sorted([*keys, "3_room.m3u8"])


def test_what_is_skipped_is_counted(bucket: Bucket) -> None:
    """The objects that are known and in none of the ranges, beside none either, are as many as the plan says."""
    bucket.put("cc_room.m3u8", shot("bb_room", "40", AGO, ".ts"), f"{LIVE}__uid_s_20__uid_e_video.m3u8", at=AGO).sync()
    bucket.put(shot("bc_room", "1", SOON), at=SOON)
    plan = bucket.plan()
    looked_at = {key for objects in plan.beside for key in objects["key"].to_pylist()}
    assert plan.skipped == len([key for key in bucket.known() if key not in looked_at and not inside(plan, key)])


NAMES = st.sampled_from(
    ["a", "a_r", "a_r_", "ab", "b", "b__uid_s_", "b__uid_s0", "b__uid_s1", "b__uid_s_1", "é", "文", "~", "A b/c"]
)
UIDS = st.sampled_from(["0", "1", "10", "2", "b__uid_s_1", "é"])
LAGS = {".jpg": timedelta(0), ".ts": timedelta(minutes=15)}
"""A slice is written when it ends, and named by when it began."""
SHOTS = st.lists(st.tuples(NAMES, UIDS, st.integers(0, 40), st.sampled_from([*LAGS])), max_size=8)
BESIDE = st.text("ab_~.!é/", min_size=1, max_size=4) | NAMES.map("{}.m3u8".format) | NAMES.map("{}__uid_s".format)


def shots(taken: list[tuple[str, str, int, str]], since: datetime) -> list[str]:
    """The keys of what was taken so many seconds after a moment."""
    return [shot(name, uid, since + timedelta(seconds=at) - LAGS[end], end) for name, uid, at, end in taken]


def session(key: str) -> str:
    """What a key begins with, up to the delimiter; all of a key without."""
    return key.partition("__uid_s_")[0]


@dataclass(frozen=True)
class Made:
    """A bucket by chance: sessions that are over, live ones, and what comes before each of two more runs."""

    prefix: str
    max_keys: int
    finished: list[str]
    live: list[str]
    more: list[list[str]]


@st.composite
def made(draw: st.DrawFn) -> Made:
    """Any bucket whose finished sessions nothing is written to any more."""
    live = shots(draw(SHOTS), AGO) + draw(st.lists(BESIDE, max_size=3))
    finished = shots(draw(SHOTS), LONG_AGO)
    over = {session(key) for key in finished} - {session(key) for key in live if "__uid_s_" in key}
    more = [
        [key for key in shots(draw(SHOTS), SOON + number * HOUR) if session(key) not in over]
        + [key for key in draw(st.lists(BESIDE, max_size=3)) if "__uid_s_" not in key]
        for number in range(2)
    ]
    prefix, max_keys = draw(st.sampled_from(["", "p/", "x__uid_s_"])), draw(st.sampled_from([1, 3, 100]))
    return Made(prefix, max_keys, finished, live, more)


@settings(max_examples=15)
@given(made())
@example(
    Made("", 100, shots([("b__uid_s0", "1", 0, ".jpg")], LONG_AGO), [], [shots([("b__uid_s", "1", 0, ".jpg")], SOON)])
)
def test_what_is_added_is_found(made: Made) -> None:
    """New sessions, what live ones go on with and keys beside them are all found: the index is that of a full run."""
    with TemporaryDirectory() as folder:
        bucket = Bucket(Path(folder) / "i.duckdb", source(prefix=made.prefix), how={"max_keys": made.max_keys})
        bucket.put(*(made.prefix + key for key in made.finished), at=LONG_AGO)
        bucket.put(*(made.prefix + key for key in made.live), at=AGO).sync()
        for number, keys in enumerate(made.more):
            bucket.put(*(made.prefix + key for key in keys), at=SOON + number * HOUR)
            plan = bucket.plan()
            assert overlaps(plan.ranges) == []
            bucket.sync()
        assert bucket.rows() == whole(bucket).rows()
