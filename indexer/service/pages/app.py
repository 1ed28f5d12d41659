"""The pages as an ASGI application: who may see a view, what a form needs, and what an error looks like."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from indexer.errors import IndexerError, IndexMissing, QueriesBusy, QueryError, UsageError
from indexer.service.pages.assets import assets, templates
from indexer.service.pages.auth import ProxyGate, Sessions, TokenGate
from indexer.service.pages.connection import Limits, Readers
from indexer.service.pages.forms import Forms
from indexer.service.pages.guard import BROKEN_OFF, Guard
from indexer.service.pages.login import Login
from indexer.service.pages.runner import Runner
from indexer.service.pages.security import Addresses, own_path, picture_origins, policy
from indexer.service.pages.views import VIEWS
from indexer.service.pages.visit import Site, Visit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from indexer.config import Source
    from indexer.config.pages import Pages as Settings
    from indexer.service.pages.auth import Gate
    from indexer.service.pages.visit import View

_log = logging.getLogger(__name__)
_SECONDS_AN_HOUR = 3600
_FOR_EVER = "public, max-age=31536000, immutable"


class Pages:
    """The pages over one index. Its ``app`` is an ASGI application."""

    def __init__(
        self,
        settings: Settings,
        index: Path,
        sources: tuple[Source, ...] = (),
        *,
        views: Sequence[View] = VIEWS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Read the token.

        Raises:
            ConfigError: it cannot be read.
        """
        limits = Limits(
            seconds=settings.query_seconds,
            memory=settings.query_memory,
            at_once=settings.queries_at_once,
            download_seconds=settings.download_seconds,
        )
        menu = tuple(view for view in views if view.menu)
        readers = Readers(index, limits)
        self._site = Site(index, sources, readers, Runner(index, limits, readers.places), menu, clock)
        self._views = views
        self._addresses = Addresses(settings.host, settings.origins)
        self._forms = Forms(self._addresses)
        self._sessions = Sessions(settings.session_hours * _SECONDS_AN_HOUR, clock)
        self._gate = self._opened(settings, settings.secret())
        self._pictures: str | None = None
        self._asking = threading.Lock()

    def _opened(self, settings: Settings, secret: str | None) -> Gate:
        if secret is not None:
            return TokenGate(secret, self._sessions)
        assert settings.user_header is not None  # noqa: S101 - a configuration without both is refused
        return ProxyGate(settings.user_header, settings.trusted_proxies, self._sessions)

    @property
    def app(self) -> ASGIApp:
        """The application."""
        routes = [Route("/", self._home), Route("/static/{hash}/{name}", _asset)]
        if isinstance(self._gate, TokenGate):
            routes += Login(self._gate, self._sessions, self._forms, self._addresses).routes
        for view in self._views:
            routes.append(Route(view.path, partial(self._answer, view), methods=["POST" if view.post else "GET"]))
        handlers = {HTTPException: _refusal, Exception: _fault}
        starlette = Starlette(routes=routes, exception_handlers=handlers, lifespan=self._lifespan)
        starlette.router.redirect_slashes = False
        return Guard(starlette, self._addresses)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(self._site.runner.close)

    async def _home(self, _: Request) -> Response:
        return RedirectResponse(self._site.menu[0].path, 303)

    async def _answer(self, view: View, request: Request) -> Response:
        noted = request.scope["noted"]
        noted["page"] = view.name
        visitor = self._gate.visitor(request)
        if visitor.user is None:
            return self._unknown(request)
        noted["user"] = visitor.user
        visit = Visit(
            site=self._site,
            view=view,
            user=visitor.user,
            token=visitor.token,
            has_login=self._gate.has_login,
            path=_path(request),
            named=request.path_params,
            asked=request.query_params,
            given=await self._forms.given(request, visitor) if view.post else {},
        )
        async with _telling_of_leaving(request, visit.left):
            try:
                return await run_in_threadpool(self._made, visit)
            except ClientDisconnect:
                return Response(status_code=BROKEN_OFF)

    def _unknown(self, request: Request) -> Response:
        """Send a visitor who is not known to the login, or say that the proxy does not know them."""
        if not self._gate.has_login:
            raise HTTPException(403, "the proxy in front of these pages does not say who you are")
        if request.method == "POST":
            return RedirectResponse("/login", 303)
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            # The strict cookie does not come with a link from elsewhere; it does with a step from this page.
            return HTMLResponse(templates().get_template("onward.html").render(path=own_path(_path(request))))
        return Login.at(own_path(_path(request)))

    def _made(self, visit: Visit) -> Response:
        try:
            response = visit.view.answer(visit)
        except IndexerError as error:
            response = visit.page("error.html", _status(error), title="That did not work", said=str(error))
        if visit.view.pictures:
            response.headers["Content-Security-Policy"] = self._picture_policy()
        return response

    def _picture_policy(self) -> str:
        """What a page with pictures may load. Where they are is found out once: credentials may have to be fetched."""
        with self._asking:
            if self._pictures is None:
                self._pictures = policy(picture_origins(self._site.sources))
        return self._pictures


@asynccontextmanager
async def _telling_of_leaving(request: Request, left: threading.Event) -> AsyncIterator[None]:
    """Set ``left`` when the other side leaves before the block has ended. What else it sends is not read by anybody."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            continue
        left.set()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _status(error: IndexerError) -> int:
    match error:
        case UsageError() | QueryError():
            return 400
        case QueriesBusy() | IndexMissing():
            return 503
    _log.error("a page failed: %s", error)
    return 500


async def _asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None or found.address != request.url.path:
        raise HTTPException(404, "no such file")
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": _FOR_EVER})


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return _told(error.status_code, error.detail, dict(error.headers or {}))


async def _fault(_: Request, __: Exception) -> Response:
    return _told(500, "a fault of the pages: the log says which", {})


def _told(status: int, said: str, headers: dict[str, str]) -> Response:
    page = templates().get_template("refusal.html").render(title="That did not work", said=said)
    return HTMLResponse(page, status, headers)
