"""A session's time line: every shot, gap, failover and verdict on one axis, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from indexer.errors import UsageError
from indexer.queries import Parameter
from indexer.rows import plain
from indexer.service.pages.data.place import Place
from indexer.service.pages.data.timeline import MOST_LISTED, Window, span, time_line
from indexer.service.pages.views.asking import query
from indexer.service.pages.views.axis import Axis
from indexer.service.pages.visit import View
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from starlette.responses import Response

    from indexer.service.pages.data.timeline import Span, TimeLine, Verdicts
    from indexer.service.pages.visit import Visit

_FROM = Parameter("from", "timestamp", "the first moment that is shown")
_UNTIL = Parameter("until", "timestamp", "the last moment that is shown")


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the time line in words. ``finding_id`` is the finding's that tells more of it."""

    from_at: datetime
    until_at: datetime | None
    what: str
    says: str
    severity: str = ""
    finding_id: str = ""


def timeline(visit: Visit) -> Response:
    """One session, or a part of it."""
    place = Place.read(visit.asked)
    with visit.reading() as connection:
        whole = span(connection, place)
        if whole is None:
            raise HTTPException(404, "the index knows no screenshots of this session")
        told = time_line(connection, place, whole, _window(visit.asked, whole))
    return visit.page(
        "timeline.html",
        title=f"Time line of {escaped(place.channel or place.source)}",
        place=place,
        told=told,
        axis=Axis(told.window),
        events=list(events(told)),
        most_events=MOST_LISTED,
        says=says,
        most=max((cell.shots for cell in told.shots), default=1),
        address=lambda since, until: _address(place, since, until),
    )


def events(told: TimeLine) -> Iterator[Event]:
    """Yield what happened, in the order of time. Shots and what passed are counted elsewhere: they are the rule."""
    yield from sorted(_events(told), key=lambda event: event.from_at)


def _events(told: TimeLine) -> Iterator[Event]:
    for found in told.found:
        since = found.from_at or told.whole.first_at
        yield Event(since, found.until_at, found.title, found.explanation, found.severity, found.finding_id)
    for failover in told.failovers:
        yield Event(failover.moment, None, "Failover", f"recorder {failover.failover} took over: {failover.key}")
    for verdicts in told.verdicts:
        if verdicts.suggestion != "pass":
            yield Event(verdicts.moment, None, f"Verdict: {verdicts.suggestion}", says(verdicts))


def says(verdicts: Verdicts) -> str:
    """The verdicts of one moment, or one cell, in words."""
    sure = "" if verdicts.score is None else f" at {verdicts.score:.2f}"
    said = [f"{verdicts.label or 'no label'}{sure} ({verdicts.provider})"]
    if verdicts.verdicts > 1:
        said.insert(0, f"{verdicts.verdicts:,} verdicts, the surest")
    if verdicts.unseen:
        said.append(f"- {verdicts.unseen:,} without a picture in any bucket")
    return " ".join(said)


def _window(asked: Mapping[str, str], whole: Span) -> Window:
    """The part that is asked for, within what there is.

    Raises:
        UsageError: a time is none, or nothing of the session lies between them.
    """
    since = max(_FROM.value(asked.get("from") or None) or whole.first_at, whole.first_at)
    until = min(_UNTIL.value(asked.get("until") or None) or whole.last_at, whole.last_at)
    if since > until:
        raise UsageError(f"the session is from {plain(whole.first_at)} until {plain(whole.last_at)}")
    return Window(since, until)


def _address(place: Place, since: datetime, until: datetime) -> str:
    return f"/timeline?{place.query}&{query({'from': plain(since), 'until': plain(until)})}"


VIEWS = (View("/timeline", timeline),)
