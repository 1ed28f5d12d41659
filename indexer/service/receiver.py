"""The receiver's HTTP: a callback is answered with 200 once it is durable in the inbox, and never before.

It judges who calls and how much, and not what is said: bodies of the platforms' own samples are no valid JSON.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from indexer.errors import InboxUnavailable
from indexer.service.delivery import Delivery
from indexer.service.headers import kept_headers
from indexer.service.inbox import Callback
from indexer.service.limits import Pace, Room, check_depth, read_body
from indexer.service.metrics import Metrics
from indexer.service.watch import CLOSE, Watch
from indexer.service.writer import writing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from indexer.service.inbox import Receipt
    from indexer.service.limits import Limits
    from indexer.service.signatures import Sender
    from indexer.service.watch import Told
    from indexer.service.writer import Writer

# Tencent asks for this body, Agora for any JSON, Alibaba for none.
_TAKEN = b'{"code":0}'


@dataclass(frozen=True, slots=True)
class Door:
    """One configured callback: whose bodies come in there, from whom, and of which content types; none means any."""

    name: str
    provider: str
    sender: Sender
    content_types: tuple[str, ...]


class Receiver:
    """Takes callbacks into an inbox. Its ``app`` is an ASGI application."""

    def __init__(self, inbox: Path, doors: Mapping[str, Door], limits: Limits) -> None:
        self._inbox = inbox
        self._doors = doors
        self._limits = limits
        self._room = Room()
        self._metrics = Metrics(inbox, time.time)
        self._writer: Writer | None = None

    @property
    def app(self) -> ASGIApp:
        """The application. Its lifespan has to be run: the inbox is written to within it."""
        starlette = Starlette(
            routes=[
                Route("/callbacks/{name}", self._callback, methods=["POST"]),
                Route("/callbacks/{name}/{token}", self._callback, methods=["POST"]),
                Route("/healthz", self._health),
                Route("/metrics", self._measures),
            ],
            exception_handlers={HTTPException: _refusal, InboxUnavailable: _unavailable, Exception: _fault},
            lifespan=self._lifespan,
        )
        # A redirect would show the path, and with it the token.
        starlette.router.redirect_slashes = False
        return Watch(starlette, Pace(self._limits.requests_per_second), self._metrics)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        async with writing(self._inbox) as writer:
            self._writer = writer
            yield

    async def _callback(self, request: Request) -> Response:
        told: Told = request.scope["told"]
        door = self._doors.get(request.path_params["name"])
        if door is None:
            raise HTTPException(404, "no such callback")
        told.callback = door.name
        _check_content(door, request)
        with self._room.visit() as take:
            delivery = Delivery(request.headers.raw, await read_body(request, self._limits, take))
            told.size = len(delivery.body)
            receipt = await self._taken(door, delivery, request.path_params.get("token"))
        told.outcome, told.row = receipt.kind, receipt.row
        return Response(_TAKEN, media_type="application/json")

    async def _taken(self, door: Door, delivery: Delivery, token: str | None) -> Receipt:
        """Judge a delivery, and keep it."""
        now = time.time()
        if not door.sender.is_author(delivery, token, now):
            raise HTTPException(401, "not known to be the platform's", {"WWW-Authenticate": "Signature"})
        check_depth(delivery.body, self._limits.max_depth)
        assert self._writer is not None  # noqa: S101 - the server runs the lifespan before it takes requests
        async with _in_time(self._limits):
            return await self._writer.receive(_kept(door, delivery, int(now * 1_000_000)))

    async def _health(self, _: Request) -> Response:
        assert self._writer is not None  # noqa: S101
        async with _in_time(self._limits):
            await self._writer.check()
        return JSONResponse({"status": "ok"})

    async def _measures(self, _: Request) -> Response:
        told = await asyncio.to_thread(generate_latest, self._metrics.registry)
        return Response(told, headers={"Content-Type": CONTENT_TYPE_LATEST})


@asynccontextmanager
async def _in_time(limits: Limits) -> AsyncIterator[None]:
    """Let the inbox take so long: the platform will have sent again before a later answer."""
    try:
        async with asyncio.timeout(limits.answer_seconds):
            yield
    except TimeoutError:
        raise InboxUnavailable("the inbox is too slow") from None


def _check_content(door: Door, request: Request) -> None:
    """Refuse what is no body of the platform's kind. One that does not say what it is may be."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if (kind and door.content_types and kind not in door.content_types) or encoding != "identity":
        raise HTTPException(415, "not a content type of this callback")


def _kept(door: Door, delivery: Delivery, received_at: int) -> Callback:
    return Callback(
        provider=door.provider,
        received_at=received_at,
        body=delivery.body,
        body_hash=delivery.digest,
        headers=kept_headers(delivery.headers, door.sender.secrets),
        identity=delivery.identity,
        signature_ok=True if door.sender.signs else None,
        is_test=delivery.is_test,
    )


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return JSONResponse({"error": error.detail}, error.status_code, {**CLOSE, **(error.headers or {})})


async def _unavailable(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "the inbox cannot be written"}, 503, {"Retry-After": "5"})


async def _fault(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "a fault of the receiver"}, 500)
