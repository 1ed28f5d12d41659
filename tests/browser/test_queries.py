"""The query library in a browser: forms, answers, downloads, and text that stays text."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from browser.rig import MARKUP, Site, Watch, shoot
from indexer.queries import library

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


def test_every_query_is_listed(page: Page, site: Site) -> None:
    """The list has each query of the library with its title, and leads to it."""
    page.goto(f"{site.address}/queries")
    shoot(page, "queries")
    titles = [heading.inner_text() for heading in page.get_by_role("heading", level=2).all()]
    assert titles == sorted(query.title for query in library().values())


def test_a_query_is_found_by_its_words(page: Page, site: Site) -> None:
    """What is typed into the search leaves the queries that speak of it, or says that none does."""
    page.goto(f"{site.address}/queries")
    page.get_by_role("searchbox").fill("OFFENDERS")
    page.get_by_role("searchbox").press("Enter")
    titles = [heading.inner_text() for heading in page.get_by_role("heading", level=2).all()]
    assert "Repeat offenders" in titles
    assert "Sessions" not in titles
    page.get_by_role("searchbox").fill("<b>")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_contain_text("No query speaks of that.")


def test_a_form_asks_its_query(page: Page, site: Site) -> None:
    """What is typed into a form goes to the query, stands there still beside the answer, and is the page's address."""
    page.goto(f"{site.address}/queries")
    page.get_by_role("link", name="Repeat offenders").click()
    page.get_by_label("at least").fill("4")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_label("at least")).to_have_value("4")
    shoot(page, "query")
    frames = [int(cell.inner_text()) for cell in page.locator("tbody td:nth-child(2)").all()]
    assert frames
    assert min(frames) >= 4
    assert "at_least=4" in page.url


def test_a_wrong_parameter_is_told(page: Page, site: Site, watch: Watch) -> None:
    """A value that does not fit its type is told with its parameter's name, and the form keeps what was typed."""
    watch.expected = {400}
    page.goto(f"{site.address}/queries/repeat_offenders")
    page.get_by_label("since").fill("<b>soon</b>")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("parameter since: '<b>soon</b>' is no timestamp")
    expect(page.get_by_label("since")).to_have_value("<b>soon</b>")
    shoot(page, "query-wrong")


@pytest.mark.parametrize("form", ["CSV", "JSON", "Parquet"])
def test_an_answer_is_downloaded(page: Page, site: Site, tmp_path: Path, form: str) -> None:
    """The same rows come as each kind of file."""
    page.goto(f"{site.address}/queries/screenshots_per_day")
    with page.expect_download() as coming:
        page.get_by_role("button", name=form).click()
    path = tmp_path / coming.value.suggested_filename
    coming.value.save_as(path)
    assert path.name == f"screenshots_per_day.{form.lower()}"
    rows = _read(path)
    assert len(rows) > 3
    assert {"day", "source", "screenshots"} <= set(rows[0])


def _read(path: Path) -> list[dict[str, object]]:
    match path.suffix:
        case ".csv":
            return [*csv.DictReader(path.read_text().splitlines())]
        case ".json":
            found: list[dict[str, object]] = json.loads(path.read_text())
            return found
    rows: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return rows


def test_markup_in_names_stays_text(page: Page, site: Site) -> None:
    """A channel and a label that are a script are shown as they are spelled, and nothing of them runs."""
    page.goto(f"{site.address}/queries/violations_by_channel_and_hour?channel={MARKUP}&show-as=table")
    expect(page.get_by_role("cell", name=MARKUP).first).to_be_visible()
    shoot(page, "query-hostile")
    expect(page).to_have_title("Violations by channel and hour · screenshot-indexer")


def test_a_key_that_turns_text_around_is_written_out(page: Page, site: Site) -> None:
    """A key's control characters are shown as escapes, so that it cannot be taken for another."""
    page.goto(f"{site.address}/queries/sessions?source=record&show-as=table")
    expect(page.get_by_role("cell", name="<svg onload=alert(2)>\\u202egpj").first).to_be_visible()


def test_a_formula_is_disarmed_in_csv_alone(page: Page, site: Site, tmp_path: Path) -> None:
    """A name that a spreadsheet would run has an apostrophe before it in CSV, and is exact in JSON."""
    names = {}
    for form in ("CSV", "JSON"):
        page.goto(f"{site.address}/queries/violations_by_channel_and_hour")
        with page.expect_download() as coming:
            page.get_by_role("button", name=form).click()
        coming.value.save_as(tmp_path / coming.value.suggested_filename)
        names[form] = {row["channel"] for row in _read(tmp_path / coming.value.suggested_filename)}
    formula = '=HYPERLINK("http://x.test")'
    assert (f"'{formula}" in names["CSV"], formula in names["CSV"]) == (True, False)
    assert formula in names["JSON"]


def test_it_works_without_scripts(site: Site, page: Page, watch: Watch) -> None:
    """With JavaScript switched off the form is answered all the same."""
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()) as plain:
        watch.over(plain)
        other = plain.new_page()
        other.goto(f"{site.address}/queries/sessions")
        other.get_by_role("button", name="Run").click()
        expect(other.get_by_role("table")).to_be_visible()
