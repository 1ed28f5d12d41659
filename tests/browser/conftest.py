"""The browser, the pages, and a person who is logged in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from browser.rig import Site, Watch, chromium, log_in, make_site, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="session")
def executable() -> str:
    """This machine's Chromium. Without one the tests are skipped, or fail where INDEXER_REQUIRE_BROWSER is 1."""
    path = chromium()
    if path is None:
        tell = pytest.fail if os.environ.get("INDEXER_REQUIRE_BROWSER") == "1" else pytest.skip
        tell("no Chromium: apt-get install chromium, or name one in INDEXER_CHROMIUM")
    return path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, executable: str) -> Iterator[Site]:
    """The pages over a sample index; the browser comes first, as without one there is nothing to make."""
    with serving(make_site(tmp_path_factory.mktemp("site"))) as running:
        yield running


@pytest.fixture(scope="package")
def browser(executable: str) -> Iterator[Browser]:
    """A running browser, for these tests alone: while it is there, no other loop of events can be run."""
    # Whoever is root has no sandbox, and a container little shared memory. No name leads anywhere but here.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield running
        running.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the browser of this test tries and complains of; anything that was not expected fails the test."""
    watching = Watch()
    yield watching
    assert (watching.left, watching.complaints) == ([], [])


@pytest.fixture
def context(browser: Browser, watch: Watch) -> Iterator[BrowserContext]:
    """A browser of its own for each test, which keeps nothing of another."""
    made = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 800})
    watch.over(made)
    yield made
    made.close()


@pytest.fixture
def guest(context: BrowserContext) -> Page:
    """A page of nobody who is known."""
    return context.new_page()


@pytest.fixture
def page(guest: Page, site: Site) -> Page:
    """A page of a person who is logged in."""
    log_in(guest, site)
    return guest
