"""Findings: a list with filters, and one with its explanation, its query, its rows, and a person's word on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException

from indexer.queries import check_reads
from indexer.reconcile import SEVERITIES
from indexer.reconcile.acknowledge import Acknowledgement, acknowledge, acknowledgements
from indexer.rows import plain
from indexer.service.pages.data import findings as data
from indexer.service.pages.data.timeline import span
from indexer.service.pages.result import answer
from indexer.service.pages.views.asking import Pager, page_number, query, text
from indexer.service.pages.visit import View
from indexer.text import escaped

if TYPE_CHECKING:
    from starlette.responses import Response

    from indexer.service.pages.data.place import Place
    from indexer.service.pages.result import Result
    from indexer.service.pages.visit import Visit

MOST_NOTE_CHARACTERS = 2000
"""How long a person's word on a finding may be."""

# Times are naive UTC; around a finding of the year 1 there is nothing before.
_EARLIEST, _LATEST = datetime.min, datetime.max  # noqa: DTZ901


def listed(visit: Visit) -> Response:
    """The findings that the filters leave, the worst first."""
    wanted, page = _wanted(visit), page_number(visit.asked)
    noted = acknowledgements(visit.site.index)
    with visit.reading() as connection:
        found = data.findings(connection, wanted, noted, page)
        offered = data.choices(connection)
    return visit.page(
        "findings.html",
        title="Findings",
        found=found,
        wanted=wanted,
        pager=Pager(page, data.PAGE, found[0].found if found else 0, wanted),
        choices={
            "kind": offered.kinds,
            "severity": SEVERITIES[::-1],
            "status": data.STATUSES,
            "acknowledged": data.ACKNOWLEDGED,
            "source": offered.sources,
        },
    )


def one(visit: Visit) -> Response:
    """One finding."""
    return _page(visit)


def note(visit: Visit) -> Response:
    """Keep a person's word on a finding; it is shown at once, and the index learns of it in its next run."""
    said = visit.given.get("note", "").strip()
    if not said:
        return _page(visit, 400, "Say what is known of it: a note is what the next person on call reads.")
    if len(said) > MOST_NOTE_CHARACTERS:
        return _page(visit, 400, f"A note has at most {MOST_NOTE_CHARACTERS:,} characters, and this one {len(said):,}.")
    found = _found(visit)[0]
    assert visit.user is not None  # noqa: S101 - nobody else reaches a view
    acknowledge(visit.site.index, Acknowledgement(found.finding_id, said, visit.user, visit.now()))
    return visit.go(f"/findings/{quote(found.finding_id, safe='')}")


def _page(visit: Visit, status: int = 200, wrong: str = "") -> Response:
    found, rows, time_line = _found(visit)
    return visit.page(
        "finding.html",
        status,
        title=found.title,
        found=found,
        rows=rows,
        query=lines(found.query),
        said=lines(found.note or ""),
        time_line=time_line,
        note=visit.given.get("note", ""),
        wrong=wrong,
        most_characters=MOST_NOTE_CHARACTERS,
    )


def _found(visit: Visit) -> tuple[data.Finding, Result, str | None]:
    """A finding, its rows, and the address of its session's time line, where the session has any shots."""
    noted = acknowledgements(visit.site.index)
    with visit.reading() as connection:
        found = data.finding(connection, visit.named["finding_id"], noted)
        if found is None:
            raise HTTPException(404, "there is no such finding: what is resolved for long may be gone")
        asked = data.statement(connection, found)
        check_reads(asked.sql)
        rows = answer(connection, asked.sql, asked.values)
        has_line = found.place and span(connection, found.place)
        return found, rows, _time_line(found, found.place) if found.place and has_line else None


def _time_line(found: data.Finding, place: Place) -> str:
    """Where the session's time line shows a finding: its time, and as much before and after it."""
    if found.from_at is None or found.until_at is None:
        return f"/timeline?{place.query}"
    length = found.until_at - found.from_at
    since = found.from_at - min(length, found.from_at - _EARLIEST)
    until = found.until_at + min(length, _LATEST - found.until_at)
    window = {"from": plain(since), "until": plain(until)}
    return f"/timeline?{place.query}&{query(window)}"


def lines(said: str) -> str:
    """A text of several lines as it may be shown: its lines stay, and every other control character is written out."""
    return "\n".join(map(escaped, said.replace("\r\n", "\n").split("\n")))


def _wanted(visit: Visit) -> data.Wanted:
    return data.Wanted(
        kind=text(visit.asked, "kind"),
        severity=text(visit.asked, "severity"),
        status=text(visit.asked, "status") or data.STATUSES[0],
        acknowledged=text(visit.asked, "acknowledged"),
        source=text(visit.asked, "source"),
        channel=text(visit.asked, "channel"),
    )


VIEWS = (
    View("/findings", listed, menu="Findings"),
    View("/findings/{finding_id}", one),
    View("/findings/{finding_id}/note", note, post=True),
)
