"""Violations as a gallery. A picture comes from its bucket, when a person asks to see it, and is never kept here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from indexer.service.pages.data import gallery as data
from indexer.service.pages.pictures import picture_of
from indexer.service.pages.views.asking import Pager, page_number, text
from indexer.service.pages.visit import View

if TYPE_CHECKING:
    from starlette.responses import Response

    from indexer.service.pages.visit import Visit

NO_PICTURE = {
    "deleted": "The bucket does not hold the picture any more.",
    "missing": "No bucket that is indexed has ever held the picture.",
    "withheld": "The provider says that it took the picture away.",
    "no-key": "The verdict does not say which picture it means.",
}
"""Why there is nothing to be shown, by the state of the evidence."""


def gallery(visit: Visit) -> Response:
    """The violations that the filters leave, the newest first."""
    wanted, page = _wanted(visit), page_number(visit.asked)
    with visit.reading() as connection:
        found = data.violations(connection, wanted, page)
        labels = data.labels(connection)
    return visit.page(
        "gallery.html",
        title="Violations",
        found=found,
        wanted=wanted,
        pager=Pager(page, data.PAGE, found[0].found if found else 0, wanted),
        choices={"label": labels, "suggestion": data.SUGGESTIONS, "evidence": data.EVIDENCE},
        no_picture=NO_PICTURE,
    )


def picture(visit: Visit) -> Response:
    """The picture of one violation: where it is in its bucket, for a minute, or a local folder's file."""
    with visit.reading() as connection:
        where = data.picture(connection, visit.named["verdict_id"])
    if where is None:
        raise HTTPException(404, "there is no picture of this violation to be shown")
    return picture_of(where, visit.site.sources)


def _wanted(visit: Visit) -> data.Wanted:
    return data.Wanted(
        label=text(visit.asked, "label"),
        suggestion=text(visit.asked, "suggestion"),
        evidence=text(visit.asked, "evidence"),
        channel=text(visit.asked, "channel"),
    )


VIEWS = (
    View("/violations", gallery, menu="Violations", pictures=True),
    View("/violations/{verdict_id}/picture", picture),
)
