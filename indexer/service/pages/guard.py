"""Stands around the pages: refuses names that are not theirs, gives every answer its headers, and logs each request."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from indexer.service.pages.security import HEADERS, policy
from indexer.service.watch import requests_logger

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from indexer.service.pages.security import Addresses

_MISDIRECTED = 421
BROKEN_OFF = 499
"""The status of a request whose sender did not wait, as web servers log it."""
_METHODS = frozenset(("GET", "HEAD", "POST"))


class Guard:
    """Wraps an ASGI application, which notes in ``scope["noted"]`` what is logged: the view's name and the user's."""

    def __init__(self, app: ASGIApp, addresses: Addresses) -> None:
        self._app = app
        self._addresses = addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, noted, status = time.perf_counter(), dict[str, str](), BROKEN_OFF

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _complete(MutableHeaders(scope=message))
            await send(message)

        try:
            await self._chosen(scope)({**scope, "noted": noted}, receive, sending)
        finally:
            _log(scope, noted, status, time.perf_counter() - begun)

    def _chosen(self, scope: Scope) -> ASGIApp:
        if self._addresses.known(Headers(scope=scope)) is None:
            return PlainTextResponse("not an address of these pages: add it to [pages] origins\n", _MISDIRECTED)
        return self._app


def _complete(headers: MutableHeaders) -> None:
    headers.setdefault("Content-Security-Policy", policy())
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


def _log(scope: Scope, noted: dict[str, str], status: int, seconds: float) -> None:
    if requests_logger.isEnabledFor(logging.INFO):
        client = scope.get("client")
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "client": str(client[0]) if client else "",
            "method": scope["method"] if scope["method"] in _METHODS else "other",
            "page": noted.get("page", ""),
            "user": noted.get("user", ""),
            "status": status,
            "ms": round(seconds * 1000, 3),
        }
        requests_logger.info(json.dumps(line))
