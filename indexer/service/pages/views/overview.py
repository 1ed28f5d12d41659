"""The first page: is anything critical, how fresh is what is known, and what could not be told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from indexer.reconcile.acknowledge import acknowledgements
from indexer.service.pages.data.overview import overview as told_of
from indexer.service.pages.visit import View

if TYPE_CHECKING:
    from starlette.responses import Response

    from indexer.service.pages.visit import Visit

_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def overview(visit: Visit) -> Response:
    """What a person sees first."""
    noted = acknowledgements(visit.site.index)
    with visit.reading() as connection:
        told = told_of(connection, noted)
    now = visit.now()
    return visit.page(
        "overview.html",
        title="Overview",
        told=told,
        covered={coverage.source: coverage for coverage in told.coverage},
        ago=lambda moment: ago(now - moment),
    )


def ago(age: timedelta) -> str:
    """How long ago something was, in the largest unit that it fills."""
    for unit, name in _UNITS:
        if age >= unit:
            return f"{age // unit} {name} ago"
    return "just now"


VIEWS = (View("/overview", overview, menu="Overview"),)
