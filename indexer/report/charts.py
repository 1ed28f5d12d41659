"""The charts of a report, as SVG that stands in a page: drawn once, in colours that its style turns for the dark.

Nothing here goes to a network: the data stand in the specification, and no address may be loaded from.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert as vlc
from markupsafe import Markup

from indexer.report.sentences import hour_share
from indexer.report.text import count, label

if TYPE_CHECKING:
    Row = dict[str, Any]

_WIDTH = 580
_NAMES = 230
_NAME_CHARACTERS = 30
_ROW = 20
_HOURS = [f"{hour:02}" for hour in range(24)]
_SHADES = 4

# The least that may be missing for a step of the palette, the most severe step first.
_MISSING = ((0.2, "more"), (0.05, "up to 20 %"), (0.01, "up to 5 %"), (0.0, "up to 1 %"))


@cache
def palette() -> dict[str, dict[str, list[str]]]:
    """The colours of ``palette.toml``: by group and role, the one that is drawn and the one for dark pages."""
    return tomllib.loads(resources.files(__package__).joinpath("palette.toml").read_text("utf-8"))


def dark_colours() -> list[tuple[str, str]]:
    """Each colour that is drawn, with what stands for it on a dark page."""
    return [(drawn, dark) for group in palette().values() for drawn, dark in group.values()]


def coverage(rows: list[Row]) -> Markup:
    """A heat map of what is missing, a row a channel, a column an hour. ``rows`` are of ``coverage.sql``, and some."""
    drawn = [
        {"name": _numbered(row["place"], f"{row['source']}: {row['channel'] or '-'}"), "hour": f"{row['hour']:%H}"}
        | {"missing": missing_step(1 - hour_share(row))}
        for row in rows
    ]
    colour = alt.Color(
        "missing:N", scale=_scale("missing"), legend=alt.Legend(title="missing of what was due", symbolStrokeWidth=0)
    )
    return _svg(_grid(drawn).mark_rect(aria=False).encode(color=colour), len({row["name"] for row in drawn}))


def missing_step(missing: float) -> str:
    """The step of the palette for a share that is missing, from 0 to 1."""
    return next((step for least, step in _MISSING if missing > least), "nothing")


def violations(rows: list[Row]) -> Markup:
    """How many violations each label has in each hour, in numbers. ``rows`` are of ``violations.sql``, and some."""
    most = max(row["violations"] for row in rows)
    drawn = [
        {"name": _numbered(row["place"], row["label"]), "hour": f"{row['hour']:%H}"}
        | {"count": _short(row["violations"]), "shade": str(math.ceil(_SHADES * row["violations"] / most))}
        for row in rows
    ]
    grid = _grid(drawn)
    cells = grid.mark_rect(aria=False).encode(color=alt.Color("shade:N", scale=_scale("many"), legend=None))
    texts = grid.mark_text(aria=False, fontSize=10).encode(
        text="count:N", color=alt.Color("shade:N", scale=_scale("many_ink"), legend=None)
    )
    layered = alt.layer(cells, texts).resolve_scale(color="independent")
    return _svg(layered, len({row["name"] for row in drawn}))


def evidence(rows: list[Row]) -> Markup:
    """How many violations have their evidence, and how many have lost it and why. ``rows`` are of ``evidence.sql``."""
    drawn = [{"name": row["evidence"], "count": row["of_all"]} for row in rows]
    colour = alt.Color("name:N", scale=_scale("evidence"), legend=None)
    return _bars(drawn, colour)


def latency(rows: list[Row]) -> Markup:
    """How many objects were written how long after their shot. ``rows`` are of ``latency.sql``, and some."""
    drawn = [{"name": row["within"], "count": row["of_day"]} for row in rows]
    return _bars(drawn, alt.value(palette()["bars"]["day"][0]))


def _grid(drawn: list[Row]) -> alt.Chart:
    """A chart with a column for each hour of a day, and a row for each name in the order in which they come."""
    names = list(dict.fromkeys(row["name"] for row in drawn))
    return alt.Chart(alt.InlineData(values=drawn)).encode(
        x=alt.X("hour:O", title="hour, UTC", scale=alt.Scale(domain=_HOURS), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("name:N", title=None, sort=names),
    )


def _bars(drawn: list[Row], colour: Any) -> Markup:  # noqa: ANN401 - a channel or a value of Altair's
    """Horizontal bars in the order in which they come, each with its number."""
    names = [row["name"] for row in drawn]
    data = alt.InlineData(values=[row | {"told": count(row["count"])} for row in drawn])
    bars = alt.Chart(data).encode(
        x=alt.X("count:Q", title=None, axis=None),
        y=alt.Y("name:N", title=None, sort=names),
    )
    told = bars.mark_text(aria=False, align="left", dx=5, color=palette()["ink"]["text"][0]).encode(text="told:N")
    return _svg(alt.layer(bars.mark_bar(aria=False, height=14).encode(color=colour), told), len(drawn))


def _scale(group: str) -> alt.Scale:
    colours = palette()[group]
    return alt.Scale(domain=list(colours), range=[drawn for drawn, _ in colours.values()])


def _legend(title: str) -> alt.Legend:
    return alt.Legend(title=title, symbolStrokeWidth=0)


def _numbered(place: int, name: str) -> str:
    """A name that no other row has, however they are cut: with the row's number in the table."""
    return f"{place}. {label(name, _NAME_CHARACTERS)}"


def _short(number: int) -> str:
    """A number that fits into a cell."""
    for limit, unit, sign in ((1000, 1, ""), (1_000_000, 1000, "k")):
        if number < limit:
            return f"{number // unit}{sign}"
    return f"{number // 1_000_000}M"


def _svg(chart: Any, rows: int) -> Markup:  # noqa: ANN401 - any chart of Altair's
    """Draw a chart of so many rows."""
    sized = chart.properties(width=_WIDTH, height=_ROW * rows, background="transparent").configure(**_look())
    return Markup(vlc.vegalite_to_svg(sized.to_dict(), allowed_base_urls=[]))  # noqa: S704 - Vega escapes its texts


def _look() -> dict[str, Any]:
    """Plain axes with a fixed room for names, so that charts stand below one another and no font moves them."""
    ink = {role: drawn for role, (drawn, _) in palette()["ink"].items()}
    texts = {"labelColor": ink["text"], "titleColor": ink["quiet"], "titleFontWeight": "normal", "labelFontSize": 11}
    names = {"labelLimit": 0, "minExtent": _NAMES, "maxExtent": _NAMES, "labelPadding": 8}
    return {
        "axis": texts | {"grid": False, "domain": False, "ticks": False},
        "axisY": names,
        "legend": texts | {"orient": "top", "labelLimit": 0, "symbolType": "square", "columnPadding": 18},
        "rect": {"stroke": None},
        "scale": {"bandPaddingInner": 0.06},
        "view": {"stroke": None},
        "font": "sans-serif",
    }
