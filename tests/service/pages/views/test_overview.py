"""The first page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from indexer.reconcile.acknowledge import Acknowledgement, acknowledge
from indexer.service.pages.data.findings import Finding, Wanted, findings
from indexer.service.pages.views.overview import ago, overview
from indexer.store import build, reading
from service.pages.views.looking import NOW, seen, visited

if TYPE_CHECKING:
    from pathlib import Path


def worst(index: Path) -> list[Finding]:
    """The critical findings."""
    with reading(index) as connection:
        return findings(connection, Wanted(severity="critical"), {})


def test_what_is_critical_is_said_first(index: Path) -> None:
    """The first thing on the page is the number of critical findings that nobody has acknowledged."""
    page = seen(visited(index, overview))
    assert page.all("section")[0]["class"] == "answer answer-critical"
    critical = worst(index)
    assert f"{len(critical)} critical findings wait for somebody." in page.words
    assert page.all("a", href="/findings?severity=critical&acknowledged=no")


def test_what_was_acknowledged_a_moment_ago_alarms_nobody(index: Path) -> None:
    """A note that no run has taken over yet counts at once."""
    for found in worst(index):
        acknowledge(index, Acknowledgement(found.finding_id, "known", "ann", NOW))
    page = seen(visited(index, overview))
    assert "Nothing critical." in page.text


def test_an_index_that_was_never_reconciled_is_not_called_good(tmp_path: Path) -> None:
    """Without a reconciliation nobody knows, and the page says what to run."""
    index = tmp_path / "index.duckdb"
    with build(index):
        pass
    page = seen(visited(index, overview))
    assert "nothing has been reconciled" in page.text
    assert not page.all("section", class_="answer-good")


def test_each_source_and_each_kind_is_on_the_page(index: Path) -> None:
    """Freshness and coverage are told by source, and findings by kind, each with a link to them."""
    page = seen(visited(index, overview))
    text = page.words
    assert "classroom" in text
    assert "run 2, full" in text
    assert len(page.all("meter")) == 1
    assert page.all("a", href="/findings?kind=coverage-gap&severity=critical")


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(days=3, hours=5), "3 d ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age: timedelta, told: str) -> None:
    """What is not a whole unit is left out, and a clock that is behind makes no negative age."""
    assert ago(age) == told
