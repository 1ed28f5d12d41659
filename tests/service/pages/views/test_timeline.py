"""A session's time line as a page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reconcile.building import START, Who, bucket, every, session
from starlette.exceptions import HTTPException

from indexer.errors import UsageError
from indexer.service.pages.data.timeline import CELLS, Window
from indexer.service.pages.views.axis import Axis
from indexer.service.pages.views.timeline import timeline
from indexer.store import build
from indexer.text import escaped
from service.pages.views.conftest import HOSTILE
from service.pages.views.looking import Seen, seen, visited

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ROOM = {"source": "classroom", "channel": "room_1", "sid": "38f8e3", "uid": "7"}
WINDOWS = st.tuples(st.datetimes(), st.datetimes()).map(sorted).map(lambda moments: Window(*moments))
SHARES = st.floats(0, 1)


def line(index: Path, **asked: str) -> Seen:
    """The time line of room_1, or a part of it."""
    return seen(visited(index, timeline, asked={**ROOM, **asked}))


def marks(page: Seen, name: str) -> list[dict[str, str | None]]:
    """The marks of one kind that stand on the axis, those of the legend left out."""
    return [use for use in page.all("use", href=f"#{name}") if "x" in use]


def test_everything_stands_on_one_axis(index: Path) -> None:
    """Shots are ticks, the deleted one hollow; gaps are shaded, the failover marked, and verdicts have their shapes."""
    page = line(index)
    assert len(marks(page, "shot")) == 139
    assert len(marks(page, "deleted")) == 1
    assert len(page.all("rect", class_="gap-critical")) == 2
    assert [text for text in page.text.split() if text == "bak0"] == ["bak0"]
    assert [len(marks(page, shape)) for shape in ("block", "review", "pass")] == [1, 1, 1]


def test_the_same_is_told_in_words(index: Path) -> None:
    """What the axis shows is in tables below it: findings with their explanations, failovers, verdicts, every shot."""
    page = line(index)
    text = page.words
    for said in ("nothing in the index explains it", "recorder 0 took over", "Verdict: block porn at 0.91", "sexy"):
        assert said in text
    assert page.text.count("__uid_e_video_20260105") >= 140
    assert page.text.count("Verdict: pass") == 0


def test_a_part_shows_what_is_inside(index: Path) -> None:
    """Zooming leaves out what is before and after, and offers the way back."""
    page = line(index, **{"from": "2026-01-05T10:00:10Z", "until": "2026-01-05T10:00:20Z"})
    assert len(marks(page, "shot")) + len(marks(page, "deleted")) == 3
    links = [dict(parse_qsl(urlsplit(str(each["href"])).query)) for each in page.all("a", class_="button")]
    assert {"from": "2026-01-05T10:00:00.000Z", "until": "2026-01-05T10:29:05.000Z"}.items() <= links[-1].items()
    assert all(ROOM.items() <= link.items() for link in links)


def test_a_part_beyond_the_session_is_cut_to_it(index: Path) -> None:
    """What a link asks for before the first shot and after the last is not shown, as nothing can be there."""
    page = line(index, **{"from": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"})
    assert len(marks(page, "shot")) == 139


@pytest.mark.parametrize(
    "asked",
    [
        {"from": "soon"},
        {"until": "<script>"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"from": "2027-01-01T00:00:00Z"},
        {"until": "2025-01-01T00:00:00Z"},
        {"from": "2026-01-05T10:10:00Z", "until": "2026-01-05T10:00:00Z"},
        {"uid": "many"},
    ],
)
def test_a_part_that_is_none_is_refused(index: Path, asked: Mapping[str, str]) -> None:
    """Times that are none, that are in the wrong order or outside of the session are told, and are no fault."""
    with pytest.raises(UsageError):
        line(index, **asked)


def test_a_session_of_nobody_is_not_found(index: Path) -> None:
    """A place without shots is a 404."""
    with pytest.raises(HTTPException) as caught:
        line(index, channel="' OR 1=1 --")
    assert caught.value.status_code == 404


def test_a_hostile_channel_stays_text(index: Path) -> None:
    """A channel's name that is markup, with quotes, a line end and marks of direction, is shown as it is spelled."""
    place = {"source": "classroom", "channel": HOSTILE, "sid": "bb22", "uid": "7"}
    page = seen(visited(index, timeline, asked=place))
    assert escaped(HOSTILE) in page.text
    assert "\u202e" not in page.html
    links = [dict(parse_qsl(urlsplit(str(each["href"])).query)) for each in page.all("a", class_="button")]
    assert links
    assert all(place.items() <= link.items() for link in links)


def test_a_day_of_shots_is_a_strip(tmp_path: Path) -> None:
    """The 8,640 shots of a day are drawn as bars, deleted ones hollow, and the page stays small."""
    index = tmp_path / "index.duckdb"
    with build(index) as connection:
        bucket(connection, session(every(10, 8640)))
        bucket(connection, session(every(10, 8640, without=range(4000, 4100))))
    page = line(index)
    assert CELLS / 2 < len(page.all("rect", class_="density")) <= CELLS
    assert 5 <= len(page.all("rect", class_="density-deleted")) <= 9
    assert not marks(page, "shot")
    assert len(page.html) < 400_000


def test_a_single_shot_has_a_page(tmp_path: Path) -> None:
    """An axis of no length holds one tick and nothing to zoom to."""
    index = tmp_path / "index.duckdb"
    with build(index) as connection:
        bucket(connection, session(every(5, 1), Who()))
    page = line(index)
    assert [mark["x"] for mark in marks(page, "shot")] == ["0.000%"]
    assert not page.all("a", class_="button")


@given(WINDOWS)
def test_an_axis_has_few_ticks_inside_of_it(window: Window) -> None:
    """However long a window is, and whatever the year, there is room for its labels, each at its own place."""
    axis = Axis(window)
    ticks = axis.ticks()
    assert len(ticks) <= 7
    assert all(window.since <= tick.moment <= window.until for tick in ticks)
    assert len({axis.x(tick.moment) for tick in ticks}) == len(ticks)


@given(WINDOWS)
def test_the_parts_of_an_axis_tile_it(window: Window) -> None:
    """What one can zoom into leaves no moment out."""
    parts = list(Axis(window).parts())
    edges = [window.since, *(part.until for part in parts)]
    assert [part.since for part in parts] == edges[:-1]
    assert edges[-1] == window.until


@given(WINDOWS, SHARES, SHARES)
def test_every_zoom_stays_within_the_session(whole: Window, one: float, other: float) -> None:
    """No link leads to before the first shot or after the last, to a window that ends before it begins, or nowhere."""
    length = whole.until - whole.since
    since, until = sorted((whole.since + length * one, whole.since + length * other))
    for zoom in Axis(Window(since, until)).zooms(whole.since, whole.until):
        assert whole.since <= zoom.since <= zoom.until <= whole.until
        assert (zoom.since, zoom.until) != (since, until)


def test_a_session_s_edges_are_reached_in_a_few_steps() -> None:
    """Going earlier, again and again, ends at the first shot with a window as long as it was."""
    hour = timedelta(hours=1)
    first, last = START, START + 24 * hour
    window = Window(START + 10 * hour, START + 12 * hour)
    for _ in range(20):
        steps = {zoom.label: zoom for zoom in Axis(window).zooms(first, last)}
        if "Earlier" not in steps:
            break
        window = Window(steps["Earlier"].since, steps["Earlier"].until)
    assert (window.since, window.until) == (first, first + 2 * hour)
