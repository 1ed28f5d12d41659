"""The login form, and the way out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from indexer.service.limits import Pace
from indexer.service.pages.assets import templates
from indexer.service.pages.auth import LOGIN_COOKIE, MOST_NAME_CHARACTERS, SESSION_COOKIE, name_of
from indexer.service.pages.security import own_path

if TYPE_CHECKING:
    from starlette.requests import Request

    from indexer.service.pages.auth import Session, Sessions, TokenGate, Visitor
    from indexer.service.pages.forms import Forms
    from indexer.service.pages.security import Addresses

_TRIES_A_SECOND = 1 / 12
_TRIES_AT_ONCE = 5


class Login:
    """Begins sessions, for those who have the token, and ends them."""

    def __init__(self, gate: TokenGate, sessions: Sessions, forms: Forms, addresses: Addresses) -> None:
        self._gate = gate
        self._sessions = sessions
        self._forms = forms
        self._addresses = addresses
        self._pace = Pace(_TRIES_A_SECOND, _TRIES_AT_ONCE)

    @staticmethod
    def at(path: str) -> Response:
        """Send a visitor to the login, and afterwards on to this path of ours."""
        return RedirectResponse(f"/login?next={quote(path, safe='')}", 303)

    @property
    def routes(self) -> list[Route]:
        """Where people log in and out."""
        return [
            Route("/login", self._form),
            Route("/login", self._try, methods=["POST"]),
            Route("/logout", self._leave, methods=["POST"]),
        ]

    async def _form(self, request: Request) -> Response:
        request.scope["noted"]["page"] = "login"
        return self._page(request, self._gate.newcomer(request), request.query_params.get("next", "/"))

    async def _try(self, request: Request) -> Response:
        request.scope["noted"]["page"] = "login"
        visitor = self._gate.newcomer(request)
        given = await self._forms.given(request, visitor)
        self._pause(request)
        name, onward = name_of(given.get("name", "")), own_path(given.get("next", "/"))
        if not self._gate.opens(given.get("token", "")):
            return self._page(request, visitor, onward, "That is not the token.", name)
        self._pace.forget(_client(request))
        if name is None:
            wrong = f"Write a name of 1 to {MOST_NAME_CHARACTERS} letters, digits or signs."
            return self._page(request, visitor, onward, wrong)
        response = RedirectResponse(onward, 303)
        self._set(request, response, SESSION_COOKIE, self._sessions.begin(name))
        response.delete_cookie(LOGIN_COOKIE)
        return response

    async def _leave(self, request: Request) -> Response:
        request.scope["noted"]["page"] = "logout"
        visitor = self._gate.visitor(request)
        if visitor.session is not None:
            await self._forms.given(request, visitor)
            self._sessions.end(visitor.session)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(SESSION_COOKIE)
        return response

    def _pause(self, request: Request) -> None:
        """Let one address try so often; with the right token its tries are forgotten."""
        wait = self._pace.wait(_client(request), time.monotonic())
        if wait:
            headers = {"Retry-After": str(int(wait) + 1)}
            raise HTTPException(429, f"too many tries: wait {int(wait) + 1} seconds", headers)

    def _page(
        self, request: Request, visitor: Visitor, onward: str, wrong: str = "", name: str | None = None
    ) -> Response:
        page = templates().get_template("login.html")
        values = {
            "onward": own_path(onward),
            "wrong": wrong,
            "visit": visitor,
            "name": name or "",
            "longest": MOST_NAME_CHARACTERS,
        }
        response = HTMLResponse(page.render(values), 403 if wrong else 200)
        assert visitor.session is not None  # noqa: S101 - every newcomer has one
        self._set(request, response, LOGIN_COOKIE, visitor.session)
        return response

    def _set(self, request: Request, response: Response, name: str, session: Session) -> None:
        host = self._addresses.known(request.headers) or ""
        response.set_cookie(
            name,
            self._sessions.signed(session),
            httponly=True,
            samesite="strict",
            secure=self._addresses.is_secure(host),
        )


def _client(request: Request) -> str:
    return request.client.host if request.client else ""
