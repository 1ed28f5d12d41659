"""The SQL box: one statement that reads, with its answer as a table or as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.errors import QueryError
from indexer.service.pages.download import download
from indexer.service.pages.result import FORMATS
from indexer.service.pages.visit import View

if TYPE_CHECKING:
    from starlette.responses import Response

    from indexer.service.pages.visit import Visit

_TABLES = """
SELECT table_name, list(column_name ORDER BY column_index)
FROM duckdb_columns()
WHERE database_name = current_database() AND table_name <> 'schema_migrations'
GROUP BY table_name
ORDER BY table_name
"""


def box(visit: Visit) -> Response:
    """The empty box, or one that a link has written a statement into; only a person runs it."""
    visit.site.runner.warm()
    return _page(visit, visit.asked.get("statement", ""))


def run(visit: Visit) -> Response:
    """Run what stands in the box."""
    statement = visit.given.get("statement", "")
    try:
        return _answered(visit, statement, visit.given.get("show-as", ""))
    except QueryError as error:
        return _page(visit, statement, 400, wrong=str(error))


def _answered(visit: Visit, statement: str, show: str) -> Response:
    if show in FORMATS:
        return download(visit, statement, {}, show, "rows")
    return _page(visit, statement, result=visit.run(statement, {}))


def _page(visit: Visit, statement: str, status: int = 200, **values: object) -> Response:
    with visit.reading() as connection:
        tables = connection.execute(_TABLES).fetchall()
    shown = {"result": None, "wrong": "", **values}
    limits = visit.site.readers.limits
    return visit.page("sql.html", status, title="SQL", statement=statement, tables=tables, limits=limits, **shown)


VIEWS = (View("/sql", box, menu="SQL"), View("/sql/run", run, post=True))
