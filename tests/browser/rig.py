"""A browser and the pages it looks at: `indexer serve` over a sample index, and a Chromium that is watched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from indexer.reconcile import reconcile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Route

TOKEN = "made-up-token-of-the-pages"
QUERY_SECONDS = 3
MARKUP = "<script>document.title='stolen'</script>"
"""A channel and a label of the sample that would be a script, were it ever written as it is."""

_ROOT = Path(__file__).parents[2]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_PAGES = f"""
[pages]
listen = "127.0.0.1:0"
token = "env:PAGES_TOKEN"
query_seconds = {QUERY_SECONDS}
"""
_MORE = """
[moderation.hostile.columns]
sid = "session"
cname = "room"
uid = "user"
captured_at = "taken"
label = "label"
suggestion = "decision"

[receiver]
listen = "127.0.0.1:0"
[receiver.callbacks.open]
unsigned = true
"""
# A folder's name, a stream's name that turns what follows it around, and formulas of spreadsheets.
_HOSTILE_KEY = "record/<img src=x onerror=alert(1)>/'\"><svg onload=alert(2)>\u202egpj/1767607260389.jpg"
_HOSTILE_ROWS = f"""session,room,user,taken,label,decision
0123456789ABCDEF0123456789ABCDEF,{MARKUP},91,2026-01-05T10:08:20.336Z,{MARKUP},block
0123456789ABCDEF0123456789ABCDEF,"=HYPERLINK(""http://x.test"")",92,2026-01-05T10:08:21.336Z,@weapon,block
"""


def chromium() -> str | None:
    """Where this machine's Chromium is, or the one that INDEXER_CHROMIUM names."""
    named = os.environ.get("INDEXER_CHROMIUM")
    return named or next(filter(None, map(shutil.which, _NAMES)), None)


def make_site(folder: Path) -> Path:
    """The demo's folder, with hostile names in it, reconciled; the pages and the receiver are configured."""
    sample = folder / "sample"
    run_indexer(folder, "demo", sample.name)
    hostile = sample / "bucket" / _HOSTILE_KEY
    hostile.parent.mkdir(parents=True)
    hostile.write_bytes(b"")
    (sample / "payloads" / "hostile.csv").write_text(_HOSTILE_ROWS)
    with (sample / "indexer.toml").open("a") as config:
        config.write(_PAGES + _MORE)
    run_indexer(sample, "sync", "--full")
    run_indexer(sample, "ingest", "payloads/hostile.csv", "--provider", "hostile")
    reconcile(sample / "index.duckdb")
    return sample


def run_indexer(folder: Path, *words: str) -> None:
    """Run a command of the program in a folder."""
    command = [sys.executable, "-m", "indexer", *words]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INDEXER_")}
    return {**kept, "PYTHONPATH": str(_ROOT), "PAGES_TOKEN": TOKEN}


@dataclass(frozen=True, slots=True)
class Site:
    """Running pages, the receiver beside them, and their folder, where ``serve.log`` is what they say.

    ``process_id`` is the number of the process that serves both.
    """

    address: str
    callbacks: str
    folder: Path
    process_id: int


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    """Run `indexer serve` over a folder until the block ends."""
    command = [sys.executable, "-m", "indexer", "serve"]
    with (
        subprocess.Popen(command, cwd=folder, env=_environment(), stderr=subprocess.PIPE, text=True) as process,
        (folder / "serve.log").open("w") as log,
    ):
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(2)]
        if not all(line.startswith("listening on ") for line in lines):
            raise RuntimeError(f"it does not serve: {lines} {process.stderr.read()}")
        # What it says of each request has to be read, or it waits for a reader.
        reader = threading.Thread(target=shutil.copyfileobj, args=(process.stderr, log))
        reader.start()
        callbacks, pages = (line.removeprefix("listening on ").partition(",")[0] for line in lines)
        try:
            yield Site(pages, callbacks, folder, process.pid)
        finally:
            process.terminate()
            reader.join()
    assert process.returncode == 0


@dataclass
class Watch:
    """What a browser tried and complained of. ``expected`` are statuses that a test means its pages to have."""

    expected: set[int] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a context, and let no request leave this machine."""
        context.route("**/*", self._let_through)
        context.on("console", self._listen)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))

    def _let_through(self, route: Route, request: Request) -> None:
        if urlsplit(request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            self.left.append(request.url)
            route.abort()

    def _listen(self, message: ConsoleMessage) -> None:
        # A page that refuses is told as a resource that did not load.
        refused = any(f"responded with a status of {status} " in message.text for status in self.expected)
        if message.type in ("error", "warning") and not refused:
            self.complaints.append(f"{message.type}: {message.text}")


def log_in(page: Page, site: Site, token: str = TOKEN, name: str = "Ana Lyst") -> None:
    """Fill in the login form, and send it."""
    page.goto(f"{site.address}/login")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Log in").click()


def shoot(page: Page, name: str) -> None:
    """Keep pictures of a page: light, dark, and as wide as a phone, where nothing may stick out."""
    folder = Path(os.environ.get("INDEXER_SHOTS") or _ROOT / "build" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    page.emulate_media(color_scheme="light")
    page.screenshot(path=folder / f"{name}-light.png", full_page=True)
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=folder / f"{name}-dark.png", full_page=True)
    page.emulate_media(color_scheme="light")
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=folder / f"{name}-phone.png", full_page=True)
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide is not None
    page.set_viewport_size(wide)
    assert sideways <= 0, f"{name} is {sideways} px wider than a phone"
