"""Likely cuts part made-up buckets of each layout into shards of about the same size."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.naming.cuts import likely_cuts
from indexer.naming.layout import LAYOUTS, Layout
from indexer.naming.template import Template

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 1, 5)
CHANCE = random.Random(11)
TURN, GOLDEN = count(1), 0.6180339887
NAMES = "0123456789abcdefghijklmnopqrstuvwxyz"


def sid() -> str:
    """A session id, 32 digits of lower-case hex."""
    return CHANCE.randbytes(16).hex()


def word() -> str:
    """A name that a customer may have given."""
    return "".join(CHANCE.choices(NAMES, k=CHANCE.randint(3, 12)))


def moment() -> datetime:
    """A moment of the last 90 days, all of which come equally often."""
    end = datetime(TODAY.year, TODAY.month, TODAY.day) + timedelta(days=1)  # noqa: DTZ001 - naive UTC
    return end - timedelta(days=90) * (next(TURN) * GOLDEN % 1)


def recording() -> str:
    """A key of cloud recording."""
    return f"{sid()}_maths__uid_s_1__uid_e_video_20260105100005000.jpg"


def upper_recording() -> str:
    """The same, with a session id in upper case."""
    return f"{sid().upper()}_maths__uid_s_1__uid_e_video_20260105100005000.jpg"


def upload() -> str:
    """A key of screenshot upload."""
    return f"{moment():%Y%m%d}/{sid().upper()}_lobby__uid_s_91__uid_e_video_20260105100005000.jpg"


def live() -> str:
    """A key of live streaming in a bucket of one's own."""
    return f"live/{word()}/{sid()}_20260105100000000_20260105102000.jpg"


def snapshot() -> str:
    """A key of live streaming in the platform's own storage."""
    return f"snapshot/{live()}"


def dated() -> str:
    """A key of a template with the day in front."""
    return f"shots/{moment():%Y%m%d}/{word()}/{CHANCE.randrange(10**6)}.jpg"


def dashed() -> str:
    """The same, the day spelled with dashes."""
    return f"shots/{moment():%Y-%m-%d}/{word()}/{CHANCE.randrange(10**6)}.jpg"


def stamped() -> str:
    """A key of a template with milliseconds in front."""
    return f"shots/{int((moment() - datetime(1970, 1, 1)).total_seconds() * 1000)}.jpg"  # noqa: DTZ001 - naive UTC


def named() -> str:
    """A key of a template with a name in front."""
    return f"record/{word()}/{word()}/{CHANCE.randrange(10**6)}.jpg"


def of(*texts: str) -> Layout:
    """The layout of these templates."""
    return Layout("template", tuple(map(Template, texts)))


def largest_share(cuts: list[str], keys: list[str]) -> float:
    """The part of the keys that the largest shard holds."""
    shards = Counter(bisect_left(cuts, key) for key in keys)
    return max(shards.values()) / len(keys)


@pytest.mark.parametrize("many", [16, 64])
@pytest.mark.parametrize("prefix", ["", "d/e/"])
@pytest.mark.parametrize(
    ("layout", "key"),
    [
        (Layout("cloud-recording"), recording),
        (Layout("cloud-recording"), upper_recording),
        (Layout("screenshot-upload"), upload),
        (Layout("live-streaming"), live),
        (Layout("live-streaming"), snapshot),
    ],
)
def test_shards_are_of_about_one_size(layout: Layout, key: Callable[[], str], prefix: str, many: int) -> None:
    """The largest shard holds no more than three times its fair share."""
    keys = [prefix + key() for _ in range(20_000)]
    assert largest_share(likely_cuts(layout, prefix, many, TODAY), keys) <= 3 / many


@pytest.mark.parametrize("many", [16, 64])
@pytest.mark.parametrize("prefix", ["", "shots/", "sho", "rec", "record/"])
@pytest.mark.parametrize(
    ("template", "key"),
    [
        ("shots/{Date}/{StreamName}/{Sequence}.jpg", dated),
        ("shots/{Date}/{StreamName}/{Sequence}.jpg", dashed),
        ("shots/{UnixTimestamp}.jpg", stamped),
        ("record/{AppName}/{StreamName}/{Sequence}.jpg", named),
    ],
)
def test_a_template_is_cut_at_its_first_placeholder(
    template: str, key: Callable[[], str], prefix: str, many: int
) -> None:
    """What a template begins with is known, so the cuts are behind it, whatever part of it the prefix already names."""
    keys = [each for each in (key() for _ in range(20_000)) if each.startswith(prefix)]
    if keys:
        assert largest_share(likely_cuts(of(template), prefix, many, TODAY), keys) <= 3 / many


@pytest.mark.parametrize("key", [recording, upper_recording, upload, live, snapshot])
def test_without_a_layout_every_service_is_parted(key: Callable[[], str]) -> None:
    """Where the layout is not known, the cuts are shared among the services, and none is left in one shard."""
    keys = [key() for _ in range(20_000)]
    assert largest_share(likely_cuts(Layout(), "", 64, TODAY), keys) <= 0.16


def test_a_prefix_that_fills_placeholders_is_followed() -> None:
    """Under a prefix that names the app, the cuts are days, which are the next placeholder."""
    cuts = likely_cuts(of("record/{AppName}/{Date}/{Sequence}.jpg"), "record/live/", 8, TODAY)
    assert "record/live/20251026" in cuts
    assert all(cut.startswith("record/live/2") for cut in cuts)


def test_a_prefix_inside_a_placeholder_tells_nothing() -> None:
    """Under a prefix that ends within an app's name, or fits the template nowhere, the cuts are those of any name."""
    layout = of("record/{AppName}/{Date}/{Sequence}.jpg")
    assert "record/lii" in likely_cuts(layout, "record/li", 3, TODAY)
    assert "elsewhere/i" in likely_cuts(layout, "elsewhere/", 3, TODAY)


def test_failovers_have_their_own_cuts() -> None:
    """Names of failovers begin alike, and are parted by the session id that follows when there are cuts to spare."""
    assert [cut for cut in likely_cuts(Layout("cloud-recording"), "", 64, TODAY) if cut.startswith("bak")] == [
        "bak0_",
        "bak0_4",
        "bak0_8",
        "bak0_c",
    ]


def test_many_cuts_part_single_days() -> None:
    """With more cuts than days, recent days are parted by session id."""
    cuts = likely_cuts(Layout("screenshot-upload"), "u/", 480, TODAY)
    ids = [cut.removeprefix("u/20260104/") for cut in cuts if cut.startswith("u/20260104")]
    assert len(ids) == 4
    assert set(ids) <= set("123456789ABCDEF")


@given(
    st.sampled_from([*map(Layout, sorted({*LAYOUTS} - {"template"})), of("{Date}/{Hour}.jpg", "a{AppName}{Sequence}")]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.integers(-1, 5000),
)
def test_cuts_are_in_order_under_the_prefix_and_no_more_than_asked_for(layout: Layout, prefix: str, many: int) -> None:
    """Cuts ascend without a double, begin with the prefix and go on behind it, and are at most as many as asked for."""
    cuts = likely_cuts(layout, prefix, many, TODAY)
    assert len(cuts) <= max(0, many)
    assert cuts == sorted(set(cuts))
    assert all(cut.startswith(prefix) and cut != prefix for cut in cuts)


@pytest.mark.parametrize("name", sorted({*LAYOUTS} - {"template"}))
def test_one_cut_is_one_and_none_is_none(name: str) -> None:
    """Asked for one cut there is one, and asked for none there is none."""
    assert likely_cuts(Layout(name), "", 0, TODAY) == []
    assert len(likely_cuts(Layout(name), "", 1, TODAY)) == 1
