"""The charts: what is drawn in which colour, that nothing is loaded, and that no text breaks them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import altair as alt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.report import charts
from indexer.report.charts import dark_colours, missing_step, palette

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime.fromisoformat("2026-01-05 12:00:00")
_TEXT = "{http://www.w3.org/2000/svg}text"


def hour(place: int, channel: str, missing: int, *, at: int = 12) -> dict[str, Any]:
    """One channel's hour of a hundred shots that were due."""
    shown = {"place": place, "source": "live", "channel": channel, "hour": NOON.replace(hour=at)}
    return shown | {"shots": 100 - missing, "missing": missing, "explained": 0}


def labelled(place: int, label: str, violations: int) -> dict[str, Any]:
    """One label's hour."""
    return {"place": place, "label": label, "hour": NOON, "violations": violations}


def texts(svg: str) -> list[str]:
    """The texts of a drawing."""
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(_TEXT)]


def cells(svg: str, group: str) -> Iterator[str]:
    """The roles of the colours in which cells and bars are drawn, in their order."""
    roles = {drawn: role for role, (drawn, _) in palette()[group].items()}
    marks = re.search(r'class="mark-rect role-mark.*?</g>', svg)
    assert marks
    yield from (roles[colour] for colour in re.findall(r'fill="(#[0-9a-f]+)"', marks[0]))


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        (0.0, "nothing"),
        (0.001, "up to 1 %"),
        (0.01, "up to 1 %"),
        (0.05, "up to 5 %"),
        (0.2, "up to 20 %"),
        (1, "more"),
    ],
)
def test_a_step_is_named_by_the_most_that_is_missing_in_it(missing: float, step: str) -> None:
    """One shot that is missing is never drawn as nothing."""
    assert missing_step(missing) == step


def test_the_heat_map_shows_each_hour_in_its_step() -> None:
    """A cell has the colour of what is missing, channels stand in their order, all hours of a day below them."""
    svg = charts.coverage([hour(1, "lobby", 30), hour(1, "lobby", 3, at=13), hour(2, "attic", 0)])
    assert sorted(cells(svg, "missing")) == ["more", "nothing", "up to 5 %"]
    shown = texts(svg)
    assert [text for text in shown if "live" in text] == ["1. live: lobby", "2. live: attic"]
    assert {f"{number:02}" for number in range(24)} <= set(shown)


def test_channels_that_are_cut_alike_stay_apart() -> None:
    """Two long names with one beginning are two rows."""
    svg = charts.coverage([hour(1, "a" * 99 + "1", 30), hour(2, "a" * 99 + "2", 0)])
    assert len([text for text in texts(svg) if "aaa" in text]) == 2


def test_violations_stand_in_numbers() -> None:
    """Each cell says how many, in thousands where there are many, and the most have the last colour."""
    svg = charts.violations([labelled(1, "porn", 45_678), labelled(2, "gore", 7)])
    assert {"1. porn", "45k", "2. gore", "7"} <= set(texts(svg))
    assert list(cells(svg, "many")) == ["4", "1"]


def test_bars_say_their_numbers() -> None:
    """Every state of evidence and every step of latency has its bar and its number."""
    evidence = charts.evidence([{"evidence": name, "of_all": 1000} for name in palette()["evidence"]])
    assert list(cells(evidence, "evidence")) == list(palette()["evidence"])
    latency = charts.latency([{"within": "up to 2 s", "of_day": 1234}])
    assert texts(latency) == ["up to 2 s", "1,234"]


def test_every_colour_is_of_the_palette() -> None:
    """What is drawn in a colour that the palette lacks would be lost on a dark page."""
    drawn = charts.coverage([hour(1, "lobby", 30)]) + charts.violations([labelled(1, "porn", 3)])
    drawn += charts.evidence([{"evidence": "present", "of_all": 1}]) + charts.latency([{"within": "a", "of_day": 1}])
    colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn))
    assert colours <= {colour for colour, _ in dark_colours()} | {"none", "transparent"}


def test_no_two_roles_share_a_colour() -> None:
    """A colour of the drawing is one role, so that it has one colour in the dark."""
    drawn = [colour for colour, _ in dark_colours()]
    assert len(drawn) == len(set(drawn))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "]]>", "\"&'", "</svg>", "\x00\x01", "\ufffe\uffff"])
def test_a_text_that_would_break_the_drawing_is_text(text: str) -> None:
    """Markup and control characters in a channel or a label add no element."""
    plain = [element.tag for element in ET.fromstring(charts.coverage([hour(1, "plain", 3)])).iter()]
    assert [element.tag for element in ET.fromstring(charts.coverage([hour(1, text, 3)])).iter()] == plain
    assert "script" not in {element.tag for element in ET.fromstring(charts.violations([labelled(1, text, 1)])).iter()}


@settings(max_examples=15)
@given(st.lists(st.text(), min_size=1, max_size=10))
def test_any_texts_can_be_drawn(names: list[str]) -> None:
    """Whatever channels are called, the drawing is XML with a row each."""
    svg = charts.coverage([hour(place, name, 3) for place, name in enumerate(names, start=1)])
    assert len([text for text in texts(svg) if "live" in text]) == len(names)


def test_the_same_rows_make_the_same_drawing() -> None:
    """A chart depends on its rows alone."""
    rows = [hour(place, f"channel {place}", place) for place in range(1, 20)]
    assert charts.coverage(rows) == charts.coverage(rows)


def test_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A specification that names an address is refused: no chart could load anything."""
    loading = alt.Chart(alt.UrlData(url="http://127.0.0.1:9/rows.json")).mark_bar().encode(x="a:Q")
    monkeypatch.setattr(charts, "_bars", lambda *_: charts._svg(loading, 1))  # noqa: SLF001 - as every chart is drawn
    with pytest.raises(ValueError, match="External data url not allowed"):
        charts.latency([{"within": "a", "of_day": 1}])
