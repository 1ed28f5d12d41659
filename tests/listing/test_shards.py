"""Who lists which range of keys: whatever is split and handed over, every key is listed once."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.listings import listing, page_of

from indexer.listing.ranges import WHOLE, KeyRange, untiled
from indexer.listing.shards import Listed, Shard, Shards
from indexer.vendors.base import Position
from listing.buckets import CUTS, KEYS, NOW, Work, covered, keys_of, ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.vendors.base import Page

CHANCE = st.integers(0, 2**32).map(Random)


def page(*keys: str, after: str | None = None, token: str | None = None) -> Page:
    """A page of these keys, and where the next one begins: after a key, by a token or nowhere."""
    objects = page_of(listing(*keys)).objects
    last = objects["key"][-1].as_py() if keys else ""
    following = Position(last if after is None else after, token) if after is not None or token else None
    return type(page_of({}))(objects, following)


def busy(*shards: KeyRange, hints: Sequence[str] = (), splittable: bool = True) -> Shards:
    """Shards that are all being listed."""
    made = Shards(shards or [WHOLE], splittable=splittable, hints=hints)
    while made.take(NOW):
        pass
    return made


@given(KEYS, CUTS, CUTS, CHANCE)
def test_every_key_is_listed_once(keys: set[str], cuts: list[str], hints: list[str], chance: Random) -> None:
    """However pages fall, and whenever shards are split or change hands, the listed ranges tile the key space."""
    shards = Shards(ranges(cuts), splittable=True, hints=hints)
    listed = Work(shards, keys, chance).go_on().listed
    assert sorted(keys_of(listed)) == sorted(keys)
    assert untiled(WHOLE, covered(listed)) == []
    assert untiled(WHOLE, [KeyRange(shard.after, shard.until) for shard in shards.all]) == []
    assert all(shard.finished_at == NOW for shard in shards.all)


@given(KEYS, CUTS, CHANCE)
def test_what_a_page_proves_holds_its_objects(keys: set[str], hints: list[str], chance: Random) -> None:
    """The objects of a page are inside the range that it proves; a page that proves nothing has none."""
    for listed in Work(Shards([WHOLE], splittable=True, hints=hints), keys, chance).go_on().listed:
        assert all(listed.covers is not None and key in listed.covers for key in keys_of([listed]))


@given(KEYS, CUTS, CHANCE)
def test_the_ranges_of_one_shard_follow_each_other(keys: set[str], hints: list[str], chance: Random) -> None:
    """Each range of a shard begins where its last one ended, from the shard's first bound to its last."""
    shards = Shards([WHOLE], splittable=True, hints=hints)
    listed = Work(shards, keys, chance).go_on().listed
    for shard in shards.all:
        own = covered(each for each in listed if each.shard == shard.number)
        bounds = [shard.after, *(each.until for each in own)]
        assert [each.after for each in own] == bounds[:-1]
        assert bounds[-1] == shard.until


@given(keys=KEYS, hints=CUTS, chance=CHANCE, steps=st.integers(0, 60), by_key=st.booleans())
def test_a_listing_that_was_broken_off_goes_on(
    *, keys: set[str], hints: list[str], chance: Random, steps: int, by_key: bool
) -> None:
    """New shards that take over the old ones' progress list the rest, and nothing of what was listed."""
    old = Shards(ranges(hints), splittable=True, hints=hints)
    before = Work(old, keys, chance).go_on(steps).listed
    again = Shards((), splittable=True, hints=hints)
    again.restore(old.all, by_key=by_key)
    listed = before + Work(again, keys, chance).go_on().listed
    assert sorted(keys_of(listed)) == sorted(keys)
    assert untiled(WHOLE, covered(listed)) == []


def test_a_shard_begins_after_its_first_bound_and_ends_with_its_last() -> None:
    """The first bound is where the first page is asked for; a key at the last bound belongs to the shard."""
    shard = Shard(0, "a", "c")
    assert shard.start == Position("a")
    assert shard.take(page("b", "c", "d", after="d"), NOW) == Listed(0, page("b", "c").objects, KeyRange("a", "c"))
    assert (shard.finished_at, shard.last_key) == (NOW, "c")


def test_the_first_shard_begins_at_the_beginning() -> None:
    """A shard without a first bound asks without a position, also for a bucket of one shard alone."""
    assert Shard(0, None, "c").start is None


@pytest.mark.parametrize(
    ("taken", "finished"),
    [
        (page("b", after="b"), False),
        (page("b"), True),
        (page("b", after="c"), True),
        (page("b", after="bb"), False),
        (page("c", after="c"), True),
        (page("d", after="d"), True),
        (page(), True),
        (page(after="c"), True),
        (page(after="bb"), False),
    ],
)
def test_a_shard_is_finished_where_its_bound_is_reached(taken: Page, *, finished: bool) -> None:
    """The last page, a key beyond the bound, and a position at it or behind it end the shard; nothing else does."""
    shard = Shard(0, "a", "c")
    listed = shard.take(taken, NOW)
    assert (shard.finished_at is not None) == finished
    assert (listed.covers == KeyRange("a", "c")) == finished


def test_an_empty_page_moves_the_position_and_proves_nothing() -> None:
    """A page without keys is gone on from by its token; what it passed over is proved by the page after it."""
    shard = Shard(0, None, None)
    assert shard.take(page(after="a", token="x"), NOW).covers is None
    assert (shard.start, shard.last_key, shard.pages) == (Position("a", "x"), None, 1)
    assert shard.take(page("b", after="b"), NOW).covers == KeyRange(None, "b")
    assert shard.take(page(after="b", token="y"), NOW).covers is None
    assert shard.take(page(), NOW).covers == KeyRange("b", None)


def test_a_page_that_was_on_its_way_is_cut_where_its_shard_was_split() -> None:
    """The keys beyond the cut are left to the other half, and the shard is finished."""
    shards = busy(hints=["m"])
    (shard,) = shards.all
    shard.take(page("a", "b", after="b"), NOW)
    assert shards.split("") == (shard, Shard(1, "m", None))
    listed = shard.take(page("c", "m", "n", after="n"), NOW)
    assert (keys_of([listed]), listed.covers) == (["c", "m"], KeyRange("b", "m"))
    assert shard.finished_at == NOW


def test_a_shard_that_ended_is_not_split_any_more() -> None:
    """A shard that listed its last page, and whose worker has not let go of it yet, has nothing to give."""
    shards = busy(hints=["m"])
    (shard,) = shards.all
    shard.take(page("a", "b"), NOW)
    assert not shards.can_give
    assert shards.split("") is None
    assert shard.until is None


def test_hints_are_cut_at_before_anything_is_guessed() -> None:
    """A shard is cut at the middle of the hints ahead of it, and by a guess where none is left."""
    shards = busy(hints=["b", "d", "p", "x"])
    (shard,) = shards.all
    shard.take(page("c", after="c"), NOW)
    assert shards.split("") == (shard, Shard(1, "p", None))
    shard.take(page("c1", after="c1"), NOW)
    assert shards.split("") == (shard, Shard(2, "d", "p"))
    for number in range(2, 9):
        shard.take(page(f"c{number}", after=f"c{number}"), NOW)
    kept, new = shards.split("") or (None, None)
    assert kept is shard
    assert new is not None
    assert new.after is not None
    assert "c8" < new.after < "d"


def test_a_shard_without_a_page_is_not_split() -> None:
    """Before its first key is known nobody knows where a shard's keys are."""
    shards = busy(hints=["m"])
    assert shards.split("") is None
    shards.all[0].take(page(after="a", token="x"), NOW)
    assert shards.split("") is None


def test_the_shard_with_most_ahead_is_split() -> None:
    """Of two shards the one with more hints ahead is halved, else the one that has gone on for longer."""
    shards = busy(KeyRange(None, "m"), KeyRange("m", None), hints=["n", "p"])
    first, second = shards.all
    for number in range(9):
        first.take(page(f"a{number}", after=f"a{number}"), NOW)
    second.take(page("m1", after="m1"), NOW)
    assert shards.split("") == (second, Shard(2, "p", None))
    second.take(page("m2", after="m2"), NOW)
    assert shards.split("") == (second, Shard(3, "n", "p"))
    assert (shards.split("") or (None,))[0] is first


@given(KEYS, CUTS, CHANCE)
def test_a_listing_in_one_stream_is_never_split(keys: set[str], hints: list[str], chance: Random) -> None:
    """Where a vendor cannot start anywhere, one shard lists all, in order."""
    shards = Shards([WHOLE], splittable=False, hints=hints)
    work = Work(shards, keys, chance).go_on()
    assert work.splits == 0
    assert len(shards.all) == 1
    assert keys_of(work.listed) == sorted(keys)


def test_shards_can_give_what_waits_or_what_can_be_split() -> None:
    """There is work for another worker while a shard waits, or one has gone on for long enough to be split."""
    shards = Shards([WHOLE], splittable=True)
    told = [shards.can_give]
    shard = shards.take(NOW)
    assert shard is not None
    told.append(shards.can_give)
    for key in "abcdefgh":
        shard.take(page(key, after=key), NOW)
    assert [*told, shards.can_give] == [True, False, True]


def test_shards_are_done_when_none_waits_and_none_is_listed() -> None:
    """A shard that is put back waits first in the line; when the last one ended all is done."""
    shards = Shards([KeyRange(None, "m"), KeyRange("m", None)], splittable=True)
    first = shards.take(NOW)
    assert first is not None
    shards.put_back(first)
    assert shards.take(NOW) is first
    shards.end(first)
    told = [shards.done]
    second = shards.take(NOW)
    assert second is not None
    assert shards.take(NOW) is None
    told.append(shards.done)
    shards.end(second)
    assert [*told, shards.done] == [False, False, True]
    assert Shards((), splittable=True).done


def test_stopped_shards_give_nothing_any_more() -> None:
    """Once stopped, what waits is not given and what is listed is not split; it is done when the last one ended."""
    shards = Shards([KeyRange(None, "m"), KeyRange("m", None)], splittable=True, hints=["c"])
    shard = shards.take(NOW)
    assert shard is not None
    shard.take(page("a", after="a"), NOW)
    shards.stop()
    assert (shards.take(NOW), shards.split(""), shards.can_give, shards.done) == (None, None, False, False)
    shards.end(shard)
    assert shards.done


@pytest.mark.parametrize(
    ("by_key", "start"), [(True, Position("b")), (False, Position("b", "token"))], ids=["by key", "by token"]
)
def test_a_restored_shard_goes_on_by_its_key_or_by_its_token(start: Position, *, by_key: bool) -> None:
    """Where a listing starts anywhere the old token is dropped, for it may have expired; else it is all there is."""
    shard = Shard(0, None, None)
    shard.take(page("b", after="b", token="token"), NOW)
    shards = Shards((), splittable=by_key)
    shards.restore([shard, Shard(1, "m", None, finished_at=NOW), Shard(2, "x", None)], by_key=by_key)
    taken = [shards.take(NOW) for _ in range(3)]
    assert [each and each.start for each in taken] == [start, Position("x"), None]


@given(
    keys=st.lists(st.text("abc", max_size=3), min_size=1, max_size=8, unique=True), data=st.data(), proves=st.booleans()
)
def test_a_page_can_be_parted(*, keys: list[str], data: st.DataObject, proves: bool) -> None:
    """The two parts of a page have its objects and tile the range that it proves; without a range, neither has one."""
    keys.sort()
    whole = KeyRange(None, "d") if proves else None
    count = data.draw(st.integers(1, len(keys)))
    parts = Listed(3 if proves else None, page(*keys).objects, whole).split(count)
    assert [keys_of([part]) for part in parts] == [keys[:count], keys[count:]]
    if whole:
        assert [part.covers for part in parts] == [KeyRange(None, keys[count - 1]), KeyRange(keys[count - 1], "d")]
    else:
        assert [(part.shard, part.covers) for part in parts] == [(None, None)] * 2
