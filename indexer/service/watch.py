"""Paces, times, counts and logs every request, whatever becomes of it."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from indexer.service.limits import Pace
    from indexer.service.metrics import Metrics

requests_logger = logging.getLogger("indexer.requests")
"""One line of JSON a request, at INFO; nothing of the body, the path or the query is in it."""

CLOSE = {"Connection": "close"}
"""For refusals: some come before the body has, and what is left of it is not waited for."""

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"))
_BROKEN_OFF = 499
_OUTCOMES = {
    200: "served",
    400: "malformed",
    401: "not authentic",
    404: "unknown",
    405: "wrong method",
    408: "too slow",
    413: "too large",
    415: "wrong content type",
    429: "too many",
    503: "unavailable",
}


@dataclass(slots=True)
class Told:
    """What is told of a request. ``callback`` is the name of the configured one that it is for, if there is one."""

    callback: str = ""
    outcome: str = ""
    size: int = 0
    row: int | None = None
    status: int = _BROKEN_OFF


class Watch:
    """Wraps an ASGI application. What it finds out about a request, the application notes in ``scope["told"]``."""

    def __init__(self, app: ASGIApp, pace: Pace, metrics: Metrics) -> None:
        self._app = app
        self._pace = pace
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, told = time.perf_counter(), Told()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told.status = message["status"]
            await send(message)

        try:
            await self._let_in({**scope, "told": told}, receive, sending)
        finally:
            self._note(scope, told, time.perf_counter() - begun)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._pace.wait(_client(scope), time.monotonic())
        if wait:
            # Seconds are whole in this header; the pace is of many requests a second.
            headers = {"Retry-After": str(int(wait) + 1), **CLOSE}
            answer = JSONResponse({"error": "too many requests"}, 429, headers)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _note(self, scope: Scope, told: Told, seconds: float) -> None:
        outcome = told.outcome or _OUTCOMES.get(told.status, "fault")
        self._metrics.note(told.callback, outcome, seconds)
        if requests_logger.isEnabledFor(logging.INFO):
            requests_logger.info(
                json.dumps(
                    {
                        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                        "client": _client(scope),
                        "method": scope["method"] if scope["method"] in _METHODS else "other",
                        "callback": told.callback,
                        "status": told.status,
                        "outcome": outcome,
                        "bytes": told.size,
                        "row": told.row,
                        "ms": round(seconds * 1000, 3),
                    }
                )
            )


def _client(scope: Scope) -> str:
    """The address of the other side. Forwarding headers are not believed: anybody can write them."""
    client = scope.get("client")
    return str(client[0]) if client else ""
