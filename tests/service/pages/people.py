"""Pages for tests, in this process: an index of their own, and a visitor who keeps cookies as a browser does."""

from __future__ import annotations

import re
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from indexer.config import parse_config
from indexer.service.pages.app import Pages
from indexer.service.pages.views import VIEWS
from service.asgi import Running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from indexer.service.pages.visit import View
    from service.asgi import Answer

TOKEN = "made-up-token-of-the-pages"
HOST = "127.0.0.1:8322"
CONFIG = f"""
[sources.classroom]
storage = {{ vendor = "local", bucket = "bucket" }}

[pages]
token = "{TOKEN}"
"""
PROXIED = """
[sources.classroom]
storage = { vendor = "local", bucket = "bucket" }

[pages]
user_header = "X-Forwarded-User"
trusted_proxies = ["192.0.2.1"]
origins = ["https://shots.example.com"]
"""
_TOKEN_FIELD = re.compile(r'name="form-token" value="([0-9a-f]+)"')


class Visitor:
    """Somebody at the pages. ``headers`` are sent with every request, and may be changed."""

    def __init__(self, server: Running, client: str = "198.51.100.7") -> None:
        self.headers = {"host": HOST}
        self.cookies: dict[str, str] = {}
        self._server = server
        self._client = client

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, b"")

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form; ``form_token`` is the field of that name with a hyphen."""
        named = {name.replace("_", "-") if name in ("form_token", "show_as") else name: fields[name] for name in fields}
        return self._ask("POST", path, urlencode(named).encode())

    def token(self, path: str) -> str:
        """The token that the forms of a page hold."""
        match = _TOKEN_FIELD.search(self.get(path).body.decode())
        assert match
        return match[1]

    def log_in(self, token: str = TOKEN, name: str = "Ana", onward: str = "/") -> Answer:
        """Fill in the login form, and send it."""
        form = self.token("/login")
        return self.post("/login", form_token=form, token=token, name=name, next=onward)

    def known(self) -> Self:
        """The same person, logged in."""
        assert self.log_in().status == 303
        return self

    def _ask(self, method: str, path: str, body: bytes) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        form = {"content-type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        headers = {**form, **({"cookie": cookies} if cookies else {}), **self.headers}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = self._server.post(path, body, headers=raw, method=method, client=self._client)
        for line in answer.headers.get("set-cookie", "").splitlines():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer


@contextmanager
def visiting(
    index: Path,
    text: str = CONFIG,
    *,
    views: Sequence[View] = VIEWS,
    clock: Callable[[], float] = lambda: 1_000_000.0,
) -> Iterator[Running]:
    """Pages over an index that take requests."""
    config = parse_config(text, index.with_name("no-such-file.toml"))
    assert config.pages
    with Running(Pages(config.pages, index, config.sources, views=views, clock=clock).app) as server:
        yield server
