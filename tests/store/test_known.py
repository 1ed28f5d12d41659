"""What the index knows of a source, for the next listing of it."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from indexer.store import Merged, runs
from indexer.store.known import KnownName, day_folders, history, known_names, quantiles, was_finished
from store.listings import Found, begun, shot, source, sync

if TYPE_CHECKING:
    import duckdb

DELIMITER = "__uid_s_"
SHOT_AT = datetime.fromisoformat("2026-01-05 10:00:00")
WRITTEN = datetime.fromisoformat("2026-11-19 08:00:00")


def written(*keys: str, at: datetime = WRITTEN) -> dict[str, Found]:
    """Objects that were written at a moment, before the first run."""
    return dict.fromkeys(keys, Found(last_modified=int(at.replace(tzinfo=UTC).timestamp()) * 1_000_000))


def known(
    index: duckdb.DuckDBPyConnection, arrived: datetime = WRITTEN, prefix: str = "", name: str = "classroom"
) -> list[KnownName]:
    """The names that are known of a source."""
    return list(known_names(index, name, prefix, DELIMITER, arrived))


def note(
    index: duckdb.DuckDBPyConnection, *, mode: str, began_at: datetime, error: str | None = None, requests: int = 1
) -> None:
    """Record a run that listed, and changed nothing."""
    run = runs.start(index, "sync", began_at)
    told = runs.Listing(mode, began_at, began_at + timedelta(seconds=10), requests, 0, error)
    runs.note_listing(index, run, "classroom", told, Merged(0, 0, 0, 0))


def test_nothing_is_known_of_a_source_that_was_never_listed(index: duckdb.DuckDBPyConnection) -> None:
    """There is no history, no name and no cut of a source that another one's listing says nothing of."""
    sync(index, source("other"), written(shot()))
    assert history(index, "classroom") is None
    assert (known(index), quantiles(index, "classroom", 9), day_folders(index, "classroom", "", 8)) == ([], [], [])


def test_a_full_listing_is_remembered(index: duckdb.DuckDBPyConnection) -> None:
    """Its prefix, its beginning, its speed and what it holds are known; what was deleted is not held."""
    sync(index, source(prefix="p/"), written("p/a", "p/b"))
    sync(index, source(prefix="p/"), written("p/a", "p/c", "p/d"))
    found = history(index, "classroom")
    assert found is not None
    assert (found.prefix, found.complete, found.listed_at, found.incremental_runs) == ("p/", True, begun(2), 0)
    assert found.requests_per_second == pytest.approx(1 / 60)
    assert (found.objects, found.broken_off) == (3, False)


def test_incremental_runs_are_counted_since_the_last_full_one(index: duckdb.DuckDBPyConnection) -> None:
    """Complete ones count, and tell when the source was listed last and how fast; broken-off ones do not."""
    sync(index, source(), written("a"))
    for number in range(3):
        note(index, mode="incremental", began_at=begun(2 + number), requests=40 + number)
    note(index, mode="incremental", error="no", began_at=begun(5), requests=1000)
    found = history(index, "classroom")
    assert found is not None
    assert (found.incremental_runs, found.listed_at, found.requests_per_second) == (3, begun(4), 4.2)
    sync(index, source(), written("a"))
    found = history(index, "classroom")
    assert found is not None
    assert found.incremental_runs == 0


def test_a_listing_that_broke_off_is_told_until_it_is_made_up_for(index: duckdb.DuckDBPyConnection) -> None:
    """It is by the run that goes on with it and keeps its beginning, or by a full one; not by an incremental one."""
    told: list[bool] = []
    for mode, error, began_at in (
        ("incremental", None, begun(2)),
        ("incremental", "no", begun(3)),
        ("incremental", None, begun(4)),
        ("incremental", None, begun(3)),
        ("full", "no", begun(5)),
    ):
        if not told:
            sync(index, source(), written("a"))
        note(index, mode=mode, error=error, began_at=began_at)
        found = history(index, "classroom")
        assert found is not None
        told.append(found.broken_off)
    sync(index, source(), written("a"))
    found = history(index, "classroom")
    assert found is not None
    assert [*told, found.broken_off] == [False, True, True, False, True, False]


def test_whether_a_listing_is_part_of_the_index_is_told_by_its_beginning(index: duckdb.DuckDBPyConnection) -> None:
    """A listing that came to its end is; one that broke off, of another source or moment is not."""
    sync(index, source(), written("a"))
    note(index, mode="full", error="no", began_at=begun(7))
    assert was_finished(index, "classroom", begun(1))
    assert not was_finished(index, "classroom", begun(7))
    assert not was_finished(index, "classroom", begun(1) + timedelta(microseconds=1))
    assert not was_finished(index, "other", begun(1))


@pytest.mark.parametrize("parts", [1, 2, 7, 50])
def test_quantiles_cut_in_parts_of_about_one_size(index: duckdb.DuckDBPyConnection, parts: int) -> None:
    """A cut stands before about every so many keys, in order, and none beyond the number of parts."""
    keys = sorted(shot(number % 60, sid=f"{number // 10:06x}") for number in range(1000))
    sync(index, source(), written(*keys))
    cuts = quantiles(index, "classroom", parts)
    assert cuts == sorted({*cuts})
    assert len(cuts) <= parts
    places = [bisect_left(sorted({*keys}), cut) for cut in cuts] + [len({*keys})]
    assert max(after - before for before, after in pairwise(places)) <= len({*keys}) // parts + 2 * 10


def test_names_of_sessions_are_known_with_what_is_theirs(index: duckdb.DuckDBPyConnection) -> None:
    """Each name has its session, its last key, how many objects it holds, and when the session was written to last."""
    found = written(shot(1), shot(2), shot(3, uid=9)) | written(shot(1, sid="f"), at=WRITTEN - timedelta(days=1))
    sync(index, source(), found | written("beside", "38f8e3_room_1.m3u8"))
    head, other = f"38f8e3_room_1{DELIMITER}", f"f_room_1{DELIMITER}"
    assert known(index) == [
        KnownName(head, f"{head}7__uid_e_video_", shot(2), WRITTEN, 2, 2),
        KnownName(head, f"{head}9__uid_e_video_", shot(3, uid=9), WRITTEN, 1, 1),
        KnownName(other, f"{other}7__uid_e_video_", shot(1, sid="f"), WRITTEN - timedelta(days=1), 1, 1),
    ]


def test_what_may_not_all_have_arrived_is_no_last_key(index: duckdb.DuckDBPyConnection) -> None:
    """The last key is the last one up to a moment; a name whose pictures are all later has none."""
    sync(index, source(), written(*(shot(number) for number in (1, 3, 5)), shot(9, uid=9)))
    told = [
        [(name.last_key, name.arrived, name.objects) for name in known(index, SHOT_AT + timedelta(seconds=second))]
        for second in (0, 3, 4, 9)
    ]
    nothing = (None, 0, 1)
    assert told == [
        [(None, 0, 3), nothing],
        [(shot(3), 2, 3), nothing],
        [(shot(3), 2, 3), nothing],
        [(shot(5), 3, 3), (shot(9, uid=9), 1, 1)],
    ]


def test_names_without_a_time_have_no_last_key(index: duckdb.DuckDBPyConnection) -> None:
    """A playlist is one object, and is not sorted by time."""
    key = f"38f8e3_room_1{DELIMITER}7__uid_e_video.m3u8"
    sync(index, source(), written(key))
    assert known(index) == [KnownName(f"38f8e3_room_1{DELIMITER}", key, None, WRITTEN, 1, 0)]


def test_what_was_deleted_holds_nothing_and_is_still_known(index: duckdb.DuckDBPyConnection) -> None:
    """A deleted picture tells how far a name has come, and is no object of it."""
    sync(index, source(), written(shot(1), shot(2)))
    sync(index, source(), written(shot(1)))
    assert [(name.last_key, name.objects, name.arrived) for name in known(index)] == [(shot(2), 1, 1)]


@pytest.mark.parametrize("cname", ["课堂_é\U0001f600", f"a{DELIMITER}b", "__", DELIMITER * 2, "e\u0301"])
@pytest.mark.parametrize("prefix", ["", "é/", f"p{DELIMITER}/"])
def test_a_session_ends_with_the_first_delimiter_after_the_prefix(
    index: duckdb.DuckDBPyConnection, cname: str, prefix: str
) -> None:
    """Whatever a channel is called, and whatever the prefix holds, the session is what a vendor rolls up."""
    key = prefix + shot(1, cname=cname)
    sync(index, source(prefix=prefix), written(key))
    ((session, last_key),) = [(name.session, name.last_key) for name in known(index, prefix=prefix)]
    assert session == key[: key.index(DELIMITER, len(prefix)) + len(DELIMITER)]
    assert last_key == key


def test_days_are_counted_by_their_folders(index: duckdb.DuckDBPyConnection) -> None:
    """What names begin with below a start is told apart by whether it is a folder; deleted objects do not count."""
    sync(index, source(), written("p/20260105/a", "p/20260105/b", "p/20260105x", "p/20260106/a", "q/20260105/a", "p/1"))
    sync(index, source(), written("p/20260105/a", "p/20260105/b", "p/20260105x", "q/20260105/a", "p/1"))
    assert day_folders(index, "classroom", "p/", 8) == [("1", False, 1), ("20260105", False, 1), ("20260105", True, 2)]
