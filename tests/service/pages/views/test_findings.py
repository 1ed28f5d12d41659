"""The list of findings, and one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.exceptions import HTTPException

from indexer.errors import UsageError
from indexer.reconcile.acknowledge import Acknowledgement, acknowledgements
from indexer.service.pages.data.findings import Finding, Wanted, findings
from indexer.service.pages.views.findings import MOST_NOTE_CHARACTERS, listed, note, one
from indexer.store import build, reading
from indexer.text import escaped
from service.pages.views.conftest import HOSTILE
from service.pages.views.looking import NOW, seen, visited

if TYPE_CHECKING:
    from pathlib import Path


def gap(index: Path, **wanted: Any) -> Finding:
    """The first gap of those that are wanted."""
    with reading(index) as connection:
        return findings(connection, Wanted(kind="coverage-gap", **wanted), {})[0]


def test_the_list_begins_with_what_is_critical(index: Path) -> None:
    """The worst finding stands first, and each leads to its own page."""
    page = seen(visited(index, listed))
    worst = gap(index, severity="critical")
    assert page.all("span", class_="severity")[0]["class"] == "severity severity-critical"
    assert page.all("a", href=f"/findings/{worst.finding_id}")


def test_filters_stay_as_they_were_chosen(index: Path) -> None:
    """What was asked for stands in the form, a value that is none of the choices too, as text."""
    page = seen(visited(index, listed, asked={"severity": "critical", "kind": HOSTILE, "channel": HOSTILE}))
    chosen = [option["value"] for option in page.all("option") if "selected" in option]
    assert chosen == ["critical", HOSTILE, "standing"]
    assert page.all("input", type="search")[0]["value"] == HOSTILE
    assert "None." in page.text


@pytest.mark.parametrize("page", ["", "0", "-1", "1e9", "9999999", "٣", "one"])
def test_a_page_that_is_none_is_refused(index: Path, page: str) -> None:
    """The number of a page is a plain number from 1 on."""
    with pytest.raises(UsageError, match="page"):
        visited(index, listed, asked={"page": page})


def test_a_page_beyond_the_last_leads_back(index: Path) -> None:
    """Findings that were resolved meanwhile leave a page empty, and the first one is offered."""
    page = seen(visited(index, listed, asked={"page": "9"}))
    assert page.all("a", href="/findings?status=standing&page=1")


def test_a_finding_shows_all_that_is_known_of_it(index: Path) -> None:
    """Its explanation, place, time, query and rows, and the way to the time line around it."""
    found = gap(index, severity="critical")
    page = seen(visited(index, one, named={"finding_id": found.finding_id}))
    for text in (found.explanation, "room_1", "38f8e3", "2026-01-05T10:01:35.000Z", found.query):
        assert text in page.text
    assert page.text.count("__uid_s_7__uid_e_video_") == 2
    [link] = [each["href"] for each in page.all("a") if str(each["href"]).startswith("/timeline")]
    assert link == (
        "/timeline?source=classroom&channel=room_1&sid=38f8e3&uid=7"
        "&from=2026-01-05T09%3A46%3A30.000Z&until=2026-01-05T10%3A31%3A45.000Z"
    )


def test_a_finding_without_a_session_leads_to_no_time_line(index: Path) -> None:
    """Where a place has no shots with a time there is nothing to be shown on an axis, and no link to a 404."""
    with build(index) as connection:
        connection.execute("UPDATE finding_rows SET sid = NULL")
    found = gap(index, severity="critical")
    page = seen(visited(index, one, named={"finding_id": found.finding_id}))
    assert not [each for each in page.all("a") if str(each["href"]).startswith("/timeline")]


def test_a_hostile_channel_stays_text(index: Path) -> None:
    """Markup, quotes and marks of direction are shown as they are spelled, wherever they stand, and do nothing.

    The query, which people copy, says that it is not the exact one.
    """
    found = gap(index, channel="<script>")
    assert found.channel == HOSTILE
    for page in (seen(visited(index, listed)), seen(visited(index, one, named={"finding_id": found.finding_id}))):
        assert escaped(HOSTILE) in page.text
        assert "\u202e" not in page.html
    assert "take the exact statement from the column" in page.text


@pytest.mark.parametrize("finding_id", ["", "0" * 16, "../overview", "' OR 1=1 --"])
def test_a_finding_that_is_none_is_not_found(index: Path, finding_id: str) -> None:
    """An unknown id is a 404, for its page and for a note on it, and no note is kept."""
    for answer, given in ((one, {}), (note, {"note": "known"})):
        with pytest.raises(HTTPException) as caught:
            visited(index, answer, named={"finding_id": finding_id}, given=given)
        assert caught.value.status_code == 404
    assert acknowledgements(index) == {}


def test_a_note_is_kept_with_its_author_and_shown_at_once(index: Path) -> None:
    """The word of the person who is logged in is kept beside the index, and the finding shows it before any run."""
    found = gap(index, severity="critical")
    answered = visited(index, note, named={"finding_id": found.finding_id}, given={"note": f" {HOSTILE} "})
    assert (answered.status_code, answered.headers["location"]) == (303, f"/findings/{found.finding_id}")
    assert acknowledgements(index) == {
        found.finding_id: Acknowledgement(found.finding_id, HOSTILE, "ann", NOW),
    }
    page = seen(visited(index, one, named={"finding_id": found.finding_id}))
    assert escaped(HOSTILE.split("\n")[0]) in page.text
    assert "\u202e" not in page.html
    assert "2026-11-21T12:00:00.000Z" in page.text


@pytest.mark.parametrize("said", ["", " \n\t", "x" * (MOST_NOTE_CHARACTERS + 1)])
def test_a_note_that_is_empty_or_too_long_is_refused(index: Path, said: str) -> None:
    """It is told why, what was typed is still there, and nothing is kept."""
    found = gap(index)
    page = seen(visited(index, note, named={"finding_id": found.finding_id}, given={"note": said}), 400)
    assert page.all("p", role="alert")
    assert said in page.text
    assert acknowledgements(index) == {}


def test_the_longest_note_is_kept(index: Path) -> None:
    """The limit itself is allowed, counted in characters and not in bytes."""
    found = gap(index)
    longest = "é" * MOST_NOTE_CHARACTERS
    visited(index, note, named={"finding_id": found.finding_id}, given={"note": longest})
    assert acknowledgements(index)[found.finding_id].note == longest
