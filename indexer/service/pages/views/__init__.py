"""The views of the pages, one module each; the order of the menu is theirs here."""

from indexer.service.pages.views import findings, gallery, overview, queries, sql, timeline

VIEWS = (
    *overview.VIEWS,
    *findings.VIEWS,
    *timeline.VIEWS,
    *gallery.VIEWS,
    *queries.VIEWS,
    *sql.VIEWS,
)
"""All of them. The first one of the menu is what ``/`` leads to."""
