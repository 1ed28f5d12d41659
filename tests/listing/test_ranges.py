"""The key space: what tiles it, what is left of it, and where a slow range is cut."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.listing.ranges import WHOLE, KeyRange, after_all, middle, overlaps, tile, untiled, without

# Text at the edges of the code points, of the surrogates and of UTF-8's lengths, and what names are made of.
ODD = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "\0 !/_.-09afAF~\x7f\x80\u07ff\ud7ff\ue000\uffff\U0010ffff"
)
GREATEST = "\U0010ffff"
# A row of the greatest one, which is no character, is what bounds are made of.
KEY = (st.text(ODD, max_size=6) | st.text("/_09afAFz", max_size=6)).filter(lambda key: 4 * GREATEST not in key)
RANGE = st.builds(KeyRange, st.none() | KEY, st.none() | KEY)
SID, NEXT_SID = "38f8e3cfdc474cd56fc1ceba380d7e1b", "38f8e3cfdc474cd56fc1ceba380d7e1c"
SHOT = f"d/{SID}_maths__uid_s_91__uid_e_video_20260105100005000.jpg"


def held(ranges: list[KeyRange], key: str) -> int:
    """How many of the ranges hold the key."""
    return sum(key in each for each in ranges)


def test_a_range_begins_behind_its_first_bound_and_ends_with_its_last() -> None:
    """The bounds are those of a listing: after one key, up to and with another."""
    assert [key in KeyRange("b", "d") for key in ("a", "b", "b\0", "d", "d\0")] == [False, False, True, True, False]
    assert "" in WHOLE
    assert "\U0010ffff" in WHOLE


def test_cuts_tile_a_range() -> None:
    """Cuts come in any order, twice or outside, and leave ranges in order without a gap."""
    assert tile(KeyRange("b", "y"), ["m", "c", "m", "a", "b", "y", "z"]) == [
        KeyRange("b", "c"),
        KeyRange("c", "m"),
        KeyRange("m", "y"),
    ]
    assert tile(WHOLE, []) == [WHOLE]


@given(RANGE, st.lists(KEY, max_size=8), KEY)
def test_every_key_is_in_exactly_one_tile(whole: KeyRange, cuts: list[str], key: str) -> None:
    """The tiles hold each key of the whole once and no other, are as many as they need be, and stand in byte order."""
    tiles = tile(whole, cuts)
    assert held(tiles, key) == (key in whole)
    assert untiled(whole, tiles) == []
    bounds = [each.until.encode() for each in tiles[:-1] if each.until is not None]
    assert bounds == sorted(set(bounds))


@given(RANGE, st.lists(RANGE, max_size=6), KEY)
@example(WHOLE, [WHOLE], "a")
@example(KeyRange("a", "b"), [KeyRange(None, "a"), KeyRange("b", None)], "b")
def test_what_is_left_is_the_complement(whole: KeyRange, skipped: list[KeyRange], key: str) -> None:
    """A key of the whole is left, once, unless a skipped range holds it; what is skipped twice does no harm."""
    left = without(whole, skipped)
    assert held(left, key) == (key in whole and not held(skipped, key))
    assert without(whole, [*left, *skipped]) == []
    assert untiled(whole, [*left, *without(whole, left)]) == []


@given(st.lists(RANGE, max_size=5), KEY)
def test_a_key_in_two_ranges_is_in_an_overlap(ranges: list[KeyRange], key: str) -> None:
    """Overlaps hold the keys that more than one range holds, and no others."""
    assert (held(overlaps(ranges), key) > 0) == (held(ranges, key) > 1)


def test_gaps_and_overlaps_are_told() -> None:
    """A listing whose ranges leave a gap is not complete, and one whose ranges overlap is a mistake."""
    assert untiled(WHOLE, [KeyRange("m", None), KeyRange(None, "a")]) == [KeyRange("a", "m")]
    with pytest.raises(ValueError, match="keys in two ranges"):
        untiled(WHOLE, [KeyRange(None, "m"), KeyRange("a", None)])


@given(KEY, KEY, KEY)
@example("", 3 * GREATEST + "z", "")
@example("a", 4 * GREATEST, "b")
def test_after_all_bounds_what_begins_with_a_text(text: str, rest: str, other: str) -> None:
    """All keys that begin with a text lie up to the bound, and greater ones that do not lie behind it."""
    assert text + rest <= after_all(text)
    if other > text and not other.startswith(text):
        assert other > after_all(text)


@pytest.mark.parametrize(
    ("last", "until", "cut"),
    [
        (SHOT, None, "d/9"),
        (SHOT, "d/4", "d/3c"),
        (SHOT, "d/38f9", "d/38f8f1"),
        (SHOT, "d/A", "d/6c"),
        (SHOT, SHOT.replace("05100005", "05120005"), SHOT.replace("00005000.jpg", "10")),
        ("d/ffff" + SHOT[6:], None, "d/fffff1"),
        ("d/F96E79FF11174D318A17016C0B6762EA_x.jpg", None, "d/FCB"),
        (None, None, "d/V"),
        ("d/3", "d/4", "d/35"),
        ("d/stage/1767607260389.jpg", None, "d/w"),
        ("d/中/a", "d/文/b", "d/姚"),
    ],
)
def test_a_range_is_cut_in_the_alphabet_of_its_names(last: str | None, until: str | None, cut: str) -> None:
    """The first word that differs is halved: in hex or digits where it looks so, else in what can be printed."""
    assert middle(last, until, "d/") == cut


def test_a_session_is_not_cut_while_others_follow() -> None:
    """Between two neighbouring sessions the cut is at a word below; it never falls into the last key's time."""
    cut = middle(SHOT, f"d/{NEXT_SID}", "d/")
    assert cut is not None
    assert cut.startswith(f"d/{SID}_")
    assert "video" not in cut


@pytest.mark.parametrize(
    ("last", "until", "cut"),
    [
        ("u/20260131/73DF770A_x.jpg", "u/20260301", "u/20260214"),
        ("u/20260131/73DF770A_x.jpg", None, "u/20260208"),
        ("u/20260131/73DF770A_x.jpg", "u/2027", "u/20260717"),
        ("u/20260131/73DF770A_x.jpg", "u/A", "u/20260208"),
        ("u/2026-01-31/73DF770A_x.jpg", "u/2026-03-01", "u/2026-02-14"),
        ("u/20260105/73DF770A_x.jpg", "u/20260106", "u/20260105/B"),
        ("u/20260105/73DF770A_x.jpg", "u/20260106/9", "u/20260105/B"),
        ("u/99991231/73DF770A_x.jpg", None, "u/99991231/B"),
    ],
)
def test_days_are_halved_as_days(last: str, until: str | None, cut: str) -> None:
    """Folders of days are parted by the calendar, and one day by the names in it."""
    assert middle(last, until, "u/") == cut


@pytest.mark.parametrize(
    ("last", "until", "prefix"),
    [("b", "a", ""), ("a", "a", ""), ("a", "a\0", ""), ("d/", "d/0", "d/"), ("e/a", None, "d/"), ("e/a", "e/z", "d/")],
)
def test_where_no_name_lies_between_there_is_no_cut(last: str, until: str | None, prefix: str) -> None:
    """Neighbours, an empty range and a range outside of the prefix cannot be cut."""
    assert middle(last, until, prefix) is None


@given(st.none() | KEY, st.none() | KEY, KEY)
def test_a_cut_lies_strictly_between(last: str | None, until: str | None, prefix: str) -> None:
    """Whatever the bounds, a cut is after the last key, before the bound, under the prefix, and text."""
    for low, high in ((last, until), (prefix + (last or ""), until), (prefix + (last or ""), prefix + (until or ""))):
        cut = middle(low, high, prefix)
        if cut is not None:
            assert low is None or low < cut
            assert high is None or cut < high
            assert cut.startswith(prefix)
            assert cut.encode()


@given(KEY | st.just(SHOT), st.none() | KEY, st.lists(st.booleans(), min_size=1, max_size=5))
def test_cutting_again_and_again_comes_to_an_end(last: str, until: str | None, sides: list[bool]) -> None:
    """Whichever half is cut again, words are only so long, and then nothing is left to cut."""
    for turn in range(3000):
        cut = middle(last, until, "")
        if cut is None:
            return
        last, until = (last, cut) if sides[turn % len(sides)] else (cut, until)
    pytest.fail(f"still cutting between {last!r} and {until!r}")


@pytest.mark.parametrize("day", ["", "20260105/"])
def test_cutting_halves_sessions(day: str) -> None:
    """Cut in the middle, what is left of many sessions falls into halves that are no worse than one to three."""
    chance = random.Random(5)
    keys = sorted(
        f"d/{day}{chance.randbytes(16).hex()}_a__uid_s_1__uid_e_video_20260105100005000.jpg" for _ in range(4096)
    )
    for at in range(0, 3900, 100):
        cut = middle(keys[at], None if not day else "d/20260106", "d/")
        assert cut is not None
        share = sum(key > cut for key in keys[at:]) / len(keys[at:])
        assert 0.25 <= share <= 0.75
