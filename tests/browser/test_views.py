"""Overview, findings, time line and violations in a browser: what is seen first, and hostile names that stay names."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from browser.rig import log_in, make_site, run_indexer, serving, shoot
from indexer.reconcile import reconcile
from indexer.store import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from browser.rig import Site, Watch

PICTURE = Path(__file__).with_name("picture.jpg").read_bytes()
START = datetime.fromisoformat("2026-01-05 10:00:00")
HOSTILE = "<script>alert(1)<img src=x onerror=alert(2)>'\"\n\u202egpj"
SHOWN = "<script>alert(1)<img src=x onerror=alert(2)>'\"\\n\\u202egpj"
LONG = {"source": "classroom", "channel": "all_day", "sid": "d" * 32, "uid": "8"}
VERDICT = {
    "session": "c" * 32,
    "room": HOSTILE,
    "user": 7,
    "taken": "2026-01-05T10:00:05.000Z",
    "label": "<svg onload=alert(3)>",
    "score": 90,
    "decision": "REJECT",
}
_BUCKET = """
[sources.remote]
layout = "screenshot-upload"
[sources.remote.storage]
vendor = "s3-compatible"
bucket = "shots"
endpoint = "{address}"
accessKey = "made-up-id"
secretKey = "made-up-secret"
"""


class Bucket:
    """A bucket on this machine that gives one picture for every address. ``asked`` has the paths and headers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(200)
                self.send_header("Content-Type", "image/jpeg")
                self.end_headers()
                self.wfile.write(PICTURE)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def running(bucket: Bucket) -> Iterator[Bucket]:
    """Let a bucket answer until the block ends."""
    thread = threading.Thread(target=bucket.server.serve_forever)
    thread.start()
    try:
        yield bucket
    finally:
        bucket.server.shutdown()
        thread.join()
        bucket.server.server_close()


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    """A bucket that signed addresses lead to."""
    with running(Bucket()) as answering:
        yield answering


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser, bucket: Bucket) -> Iterator[Site]:
    """The pages over a sample with pictures, a hostile channel that has a long gap, and a session of a whole day."""
    folder = make_site(tmp_path_factory.mktemp("views"))
    _draw(folder / "bucket")
    _shots(folder / "bucket" / "classroom", HOSTILE, "c" * 32, 7, [*range(0, 100, 5), *range(1000, 1100, 5)])
    _shots(folder / "bucket" / "classroom", LONG["channel"], LONG["sid"], 8, range(0, 86400, 10))
    verdicts = folder / "payloads" / "views.jsonl"
    verdicts.write_text(json.dumps(VERDICT))
    run_indexer(folder, "sync", "--full")
    run_indexer(folder, "ingest", str(verdicts), "--provider", "inhouse")
    reconcile(folder / "index.duckdb")
    _move_uploads_to(folder, bucket)
    with serving(folder) as known:
        yield known


def _draw(folder: Path) -> None:
    """Make every screenshot that moderation may speak of a picture that a browser shows."""
    for path in (*folder.glob("upload/**/*.jpg"), *folder.glob("record/**/*.jpg")):
        path.write_bytes(PICTURE)


def _shots(folder: Path, channel: str, sid: str, uid: int, seconds: range | list[int]) -> None:
    for second in seconds:
        moment = START + timedelta(seconds=second)
        name = f"{sid}_{channel}__uid_s_{uid}__uid_e_video_{moment:%Y%m%d%H%M%S}000.jpg"
        (folder / name).write_bytes(PICTURE)


def _move_uploads_to(folder: Path, bucket: Bucket) -> None:
    """Have the index and the configuration say that one source is in that bucket, and no folder."""
    with build(folder / "index.duckdb") as connection:
        connection.execute(
            "UPDATE sources SET source = 'remote', vendor = 's3-compatible', bucket = 'shots' WHERE source = 'upload'"
        )
        connection.execute("UPDATE names SET source = 'remote' WHERE source = 'upload'")
        connection.execute("UPDATE matches SET source = 'remote' WHERE source = 'upload'")
    config = folder / "indexer.toml"
    config.write_text(config.read_text() + _BUCKET.format(address=bucket.address))
    config.chmod(0o600)


@pytest.fixture
def page(guest: Page, site: Site) -> Page:
    """A page of a person who is logged in."""
    log_in(guest, site)
    return guest


def test_the_first_page_says_whether_anything_is_critical(page: Page, site: Site) -> None:
    """After the login the answer stands on top, and leads to the findings that it speaks of."""
    expect(page).to_have_url(f"{site.address}/overview")
    expect(page.locator(".headline")).to_contain_text("critical")
    shoot(page, "overview")
    page.locator(".headline a").click()
    expect(page.locator(".found > li").first).to_contain_text("critical")


def test_findings_are_filtered_by_a_form(page: Page, site: Site) -> None:
    """What is chosen is the page's address, and stands in the form still."""
    page.goto(f"{site.address}/findings")
    shoot(page, "findings")
    page.get_by_label("Kind").select_option("coverage-gap")
    page.get_by_label("Channel").fill("<SCRIPT>")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".found > li")).to_have_count(1)
    expect(page.get_by_label("Channel")).to_have_value("<SCRIPT>")
    assert "channel=%3CSCRIPT%3E" in page.url


def test_a_hostile_channel_stays_text_on_every_page(page: Page, site: Site) -> None:
    """Markup, quotes, a line end and a mark of direction are shown as they are spelled, and nothing of them runs."""
    page.goto(f"{site.address}/findings?kind=coverage-gap&channel=%3Cscript%3E")
    expect(page.locator(".found")).to_contain_text(SHOWN)
    page.locator(".found a").click()
    expect(page.locator(".facts")).to_contain_text(SHOWN)
    shoot(page, "finding-hostile")
    page.get_by_role("link", name="time line").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SHOWN)
    expect(page.locator(".axis .gap-critical")).to_have_count(1)
    shoot(page, "timeline-hostile")
    page.goto(f"{site.address}/violations?channel=onerror")
    expect(page.locator(".card")).to_contain_text("<svg onload=alert(3)>")
    shoot(page, "violations-hostile")


def test_a_finding_is_acknowledged_and_alarms_no_more(page: Page, site: Site) -> None:
    """A note is shown with its author at once, and the finding leaves the list of those that wait."""
    page.goto(f"{site.address}/findings?severity=warning&acknowledged=no")
    waiting = page.locator(".found > li").count()
    page.locator(".found a").first.click()
    page.get_by_label("What is known of it").fill("<b>known</b>: the recorder was replaced")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("heading", name="Acknowledged")).to_be_visible()
    expect(page.locator("blockquote")).to_have_text("<b>known</b>: the recorder was replaced")
    expect(page.locator("#note")).to_contain_text("Ana Lyst")
    shoot(page, "finding-acknowledged")
    page.goto(f"{site.address}/findings?severity=warning&acknowledged=no")
    expect(page.locator(".found > li")).to_have_count(waiting - 1)


def test_a_day_of_shots_is_shown_fast_and_can_be_zoomed(page: Page, site: Site) -> None:
    """The 8,640 shots of a day are a strip that renders within a second or so, and a click shows a part of them."""
    page.goto(f"{site.address}/timeline?{urlencode(LONG)}")
    assert page.evaluate("performance.timing.domComplete - performance.timing.responseEnd") < 3000
    expect(page.get_by_text("8,640 shots")).to_be_visible()
    shoot(page, "timeline-day")
    page.get_by_role("link", name="Zoom to 12:00:00 to 18:00:00").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("2026-01-05T12:00:00.000Z")
    page.get_by_role("link", name="Closer").click()
    expect(page.locator(".axis use.shot")).to_have_count(1081)
    shoot(page, "timeline-zoomed")


def test_a_picture_is_loaded_only_when_it_is_asked_for(page: Page, site: Site, bucket: Bucket) -> None:
    """Its bucket hears of it at the click, with a signature and without a word on who looks; it comes blurred."""
    page.goto(f"{site.address}/violations?channel=lobby&evidence=present")
    bucket.asked.clear()
    shoot(page, "violations")
    assert (page.locator("img").count(), bucket.asked) == (0, [])
    page.get_by_role("link", name="Show the picture").first.click()
    picture = page.locator(".picture img")
    expect(picture).to_have_js_property("naturalWidth", 32)
    blur = "picture => getComputedStyle(picture).filter"
    assert picture.evaluate(blur) == "blur(20px)"
    shoot(page, "violations-blurred")
    page.get_by_role("button", name="See it clearly").click()
    assert picture.evaluate(blur) == "none"
    [(path, headers)] = bucket.asked
    assert path.startswith("/shots/upload/")
    assert "X-Amz-Signature=" in path
    assert "X-Amz-Expires=60" in path
    assert "referer" not in headers
    assert "Signature" not in (site.folder / "serve.log").read_text()


def test_a_folder_s_picture_is_shown_too(page: Page, site: Site) -> None:
    """A local source's file comes from the pages themselves."""
    page.goto(f"{site.address}/violations?channel=stage%2Fanna&evidence=present")
    page.get_by_role("link", name="Show the picture").first.click()
    expect(page.locator(".picture img")).to_have_js_property("naturalWidth", 32)


def test_a_picture_that_is_gone_is_told(page: Page, site: Site, watch: Watch) -> None:
    """A file that went away since the bucket was listed is told in its card."""
    watch.expected = {404}
    page.goto(f"{site.address}/violations?channel=karaoke&evidence=present")
    for path in (site.folder / "bucket" / "live" / "karaoke").glob("*.jpg"):
        path.unlink()
    page.get_by_role("link", name="Show the picture").first.click()
    expect(page.get_by_text("The picture could not be loaded.")).to_be_visible()


def test_everything_can_be_read_without_scripts(page: Page, site: Site, watch: Watch) -> None:
    """With JavaScript switched off the pages are the same, and a picture opens by its link."""
    browser = page.context.browser
    assert browser is not None
    with browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()) as plain:
        watch.over(plain)
        other = plain.new_page()
        other.goto(f"{site.address}/violations?channel=stage%2Fanna&evidence=present")
        with plain.expect_page() as opened:
            other.get_by_role("link", name="Show the picture").first.click()
        expect(opened.value.locator("img")).to_be_visible()
        other.goto(f"{site.address}/timeline?{urlencode(LONG)}")
        expect(other.locator("svg.axis")).to_be_visible()


def test_the_pages_can_be_used_with_the_keyboard(page: Page, site: Site) -> None:
    """A picture is asked for, and seen clearly, by pressing keys alone."""
    page.goto(f"{site.address}/violations?channel=stage%2Fanna&evidence=present")
    page.get_by_role("link", name="Show the picture").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".picture img")).to_have_js_property("naturalWidth", 32)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Blur it again")).to_be_focused()
