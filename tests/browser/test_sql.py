"""The SQL box in a browser: what runs, what is refused, and what is stopped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.rig import QUERY_SECONDS, Site, Watch, shoot

if TYPE_CHECKING:
    from playwright.sync_api import Page


def most_megabytes(process_id: int) -> int:
    """The most memory that a process has held so far."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def ask(page: Page, site: Site, statement: str) -> None:
    """Run a statement in the box."""
    page.goto(f"{site.address}/sql")
    page.get_by_label("Statement", exact=True).fill(statement)
    page.get_by_role("button", name="Run").click()


def test_a_statement_is_answered(page: Page, site: Site) -> None:
    """A SELECT comes back as a table, and stands in the box as it was."""
    ask(page, site, "SELECT source, count(*) AS shots\nFROM screenshots\nGROUP BY 1 ORDER BY 1")
    expect(page.get_by_role("cell", name="classroom")).to_be_visible()
    expect(page.get_by_label("Statement", exact=True)).to_have_value(
        "SELECT source, count(*) AS shots\nFROM screenshots\nGROUP BY 1 ORDER BY 1"
    )
    page.get_by_text("Tables and their columns").click()
    shoot(page, "sql")


def test_the_keyboard_runs_it(page: Page, site: Site) -> None:
    """Ctrl and Enter in the box run what stands there."""
    page.goto(f"{site.address}/sql")
    page.get_by_label("Statement", exact=True).fill("SELECT 40 + 2 AS answer")
    page.get_by_label("Statement", exact=True).press("Control+Enter")
    expect(page.get_by_role("cell", name="42")).to_be_visible()


def test_a_long_answer_is_cut_and_says_so(page: Page, site: Site) -> None:
    """A page shows the first thousand rows, and says how many there are."""
    ask(page, site, "SELECT range AS n, 'shot ' || range AS name FROM range(50000)")
    expect(page.get_by_role("status")).to_contain_text("More than 10,000 rows")
    expect(page.get_by_role("status")).to_contain_text("Only the first 1,000 are shown")
    expect(page.locator("tbody tr")).to_have_count(1000)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP VIEW screenshots",
        "SELECT 1; SELECT 2",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SET memory_limit = '64GB'",
        "SELECT * FROM no_such_table",
        "",
    ],
)
def test_what_does_not_only_read_is_refused(page: Page, site: Site, watch: Watch, statement: str) -> None:
    """What writes, configures, reads files, or is no SQL is refused with a reason, and the box keeps it."""
    watch.expected = {400}
    page.goto(f"{site.address}/sql")
    page.get_by_label("Statement", exact=True).evaluate("box => { box.required = false; }")
    page.get_by_label("Statement", exact=True).fill(statement)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work.")
    expect(page.get_by_label("Statement", exact=True)).to_have_value(statement)
    if "passwd" in statement:
        shoot(page, "sql-refused")


def test_a_statement_that_takes_too_long_is_stopped(page: Page, site: Site, watch: Watch) -> None:
    """After the time limit a statement ends, and the next one is answered."""
    watch.expected = {400}
    ask(page, site, "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3")
    expect(page.get_by_role("alert")).to_contain_text(f"longer than {QUERY_SECONDS} s")
    shoot(page, "sql-stopped")
    ask(page, site, "SELECT 40 + 2 AS answer")
    expect(page.get_by_role("cell", name="42")).to_be_visible()


@pytest.mark.parametrize("bomb", ["SELECT repeat('x', 1000000000) FROM range(10)", "SELECT printf('%2000000000d', 1)"])
def test_a_statement_that_needs_too_much_harms_nobody(page: Page, site: Site, watch: Watch, bomb: str) -> None:
    """What would take gigabytes is refused; the server holds none of it, and goes on with queries and callbacks."""
    watch.expected = {400}
    ask(page, site, bomb)
    expect(page.get_by_role("alert")).to_contain_text("needed more than 512MB")
    expect(page.get_by_label("Statement", exact=True)).to_have_value(bomb)
    shoot(page, "sql-too-much")
    ask(page, site, "SELECT 40 + 2 AS answer")
    expect(page.get_by_role("cell", name="42")).to_be_visible()
    answer = page.request.post(f"{site.callbacks}/callbacks/open", data={"noticeId": bomb})
    assert answer.status == 200
    if sys.platform == "linux":
        assert most_megabytes(site.process_id) < 400


def test_a_form_without_its_token_is_refused(page: Page, site: Site, watch: Watch) -> None:
    """A form whose hidden token is not this session's is refused, though the browser is logged in."""
    watch.expected = {403}
    page.goto(f"{site.address}/sql")
    page.locator('main input[name="form-token"]').evaluate("field => { field.value = '0'.repeat(64); }")
    page.get_by_label("Statement", exact=True).fill("SELECT 1")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("this form has expired")
    shoot(page, "refused")


def test_a_form_of_another_origin_is_refused(page: Page, site: Site, watch: Watch) -> None:
    """A form that another site sends is not run."""
    watch.expected = {403}
    page.goto(f"{site.callbacks}/healthz")
    fields = '<input name="statement" value="SELECT 1"><button>win a prize</button>'
    page.set_content(f'<form method="post" action="{site.address}/sql/run">{fields}</form>')
    page.get_by_role("button").click()
    expect(page.get_by_role("table")).to_have_count(0)


def test_what_drives_a_page_in_an_answer_is_text(page: Page, site: Site) -> None:
    """Markup that a statement makes is shown as text, in cells and in the names of columns."""
    ask(page, site, """SELECT '<img src=x onerror="alert(1)">' AS "<b>name</b>" """)
    expect(page.get_by_role("cell", name='<img src=x onerror="alert(1)">')).to_be_visible()
    expect(page.get_by_role("columnheader", name="<b>name</b>")).to_be_visible()
