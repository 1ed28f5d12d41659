"""The query library as forms, each with its answer as a table or as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from indexer.errors import QueryError, UsageError
from indexer.queries import library
from indexer.service.pages.download import download
from indexer.service.pages.result import FORMATS
from indexer.service.pages.visit import View

if TYPE_CHECKING:
    from starlette.responses import Response

    from indexer.queries import Query
    from indexer.service.pages.visit import Visit

# No parameter has a hyphen in its name.
_SHOW = "show-as"


def listing(visit: Visit) -> Response:
    """Every query, by its title, or those in whose words a text stands."""
    wanted = visit.asked.get("find", "").strip()
    queries = sorted(library().values(), key=lambda query: query.title)
    found = [query for query in queries if _speaks_of(query, wanted)]
    return visit.page("queries.html", title="Queries", queries=found, wanted=wanted)


def _speaks_of(query: Query, wanted: str) -> bool:
    return wanted.casefold() in f"{query.name} {query.title} {query.about}".casefold()


def query(visit: Visit) -> Response:
    """One query: its form, and its answer once that was asked for."""
    asked = library().get(visit.named["name"])
    if asked is None:
        raise HTTPException(404, "no such query")
    show = visit.asked.get(_SHOW)
    if show is None:
        visit.site.runner.warm()
        return _page(visit, asked)
    given = {name: value for name, value in visit.asked.items() if name != _SHOW and value}
    try:
        return _answered(visit, asked, given, show)
    except (UsageError, QueryError) as error:
        return _page(visit, asked, 400, wrong=str(error))


def _answered(visit: Visit, asked: Query, given: dict[str, str], show: str) -> Response:
    parameters = asked.bind(given)
    if show in FORMATS:
        return download(visit, asked.sql, parameters, show, asked.name)
    return _page(visit, asked, result=visit.run(asked.sql, parameters))


def _page(visit: Visit, asked: Query, status: int = 200, **values: object) -> Response:
    shown = {"result": None, "wrong": "", **values}
    return visit.page("query.html", status, title=asked.title, query=asked, show_as=_SHOW, **shown)


VIEWS = (View("/queries", listing, menu="Queries"), View("/queries/{name}", query))
