"""The views of the pages, one module each; the order of the menu is theirs here."""

from indexer.service.pages.views import queries, sql

VIEWS = (*queries.VIEWS, *sql.VIEWS)
"""All of them. The first one of the menu is what ``/`` leads to."""
