"""Lays the figures out as one HTML page that needs nothing else: no script, no network, its style and charts inside."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from indexer import __version__
from indexer.report import charts, sentences, text

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from indexer.report.figures import Figures

    Row = dict[str, Any]


def page(figures: Figures, title: str, made_at: datetime) -> str:
    """The page as HTML. The same figures make the same page, but for the moment."""
    return (
        _environment()
        .get_template("report.html")
        .render(
            figures=figures,
            title=title,
            made_at=made_at,
            version=__version__,
            headline=sentences.headline(figures),
            compared=sentences.compared(figures),
            says=sentences,
            channels=_first_of_each(figures.coverage),
            labels=_first_of_each(figures.violations),
            charts=_charts(figures),
            dark_colours=charts.dark_colours(),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        finalize=text.shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": text.clock,
        "count": text.count,
        "moment": text.moment,
    }
    environment.globals |= {"many": text.many, "span": text.span}
    return environment


def _first_of_each(rows: list[Row]) -> list[Row]:
    """One row of each place, for what stands in all of its rows."""
    return list({row["place"]: row for row in reversed(rows)}.values())[::-1]


def _charts(figures: Figures) -> dict[str, Markup]:
    """The charts for which there is anything to draw."""
    drawn = {
        "coverage": (charts.coverage, figures.coverage),
        "violations": (charts.violations, figures.violations),
        "evidence": (charts.evidence, figures.evidence),
        "latency": (charts.latency, [row for row in figures.latency if row["of_day"]] and figures.latency),
    }
    return {name: draw(rows) for name, (draw, rows) in drawn.items() if rows}
