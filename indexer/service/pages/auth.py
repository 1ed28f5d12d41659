"""Who looks at the pages: a session in a signed cookie, begun with the token, or the user whom a proxy names."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol

from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.requests import Request

SESSION_COOKIE = "indexer_session"
LOGIN_COOKIE = "indexer_login"
MOST_NAME_CHARACTERS = 64
"""How long the name may be under which a person acts."""

_ID_BYTES = 16
_SIGNATURE_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Session:
    """One browser between its first page and its logout. ``user`` is ``None`` until somebody logs in.

    ``expires_at`` is in seconds since 1970.
    """

    id: str
    user: str | None
    expires_at: int


class Sessions:
    """Signs sessions and reads them back. The key is made anew with each start, which ends all of them."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._key = secrets.token_bytes(32)
        self._seconds = seconds
        self._clock = clock
        self._ended: dict[str, int] = {}

    def begin(self, user: str | None = None) -> Session:
        """A new session."""
        return Session(secrets.token_urlsafe(_ID_BYTES), user, int(self._clock() + self._seconds))

    def signed(self, session: Session) -> str:
        """A session as the value of a cookie."""
        said = json.dumps([session.id, session.user, session.expires_at]).encode().hex()
        return self._sign("session", said) + said

    def read(self, cookie: str | None) -> Session | None:
        """The session that a cookie holds; ``None`` where it was not signed here, has expired or was ended."""
        if cookie is None:
            return None
        signature, said = cookie[:_SIGNATURE_CHARACTERS], cookie[_SIGNATURE_CHARACTERS:]
        if not is_same(signature, self._sign("session", said)):
            return None
        session = Session(*json.loads(bytes.fromhex(said)))
        return None if session.expires_at <= self._clock() or session.id in self._ended else session

    def end(self, session: Session) -> None:
        """Let nobody use a session any more, whoever has kept its cookie."""
        now = self._clock()
        self._ended = {id_: until for id_, until in self._ended.items() if until > now}
        self._ended[session.id] = session.expires_at

    def token(self, owner: str) -> str:
        """What a form of this session, or of this user of a proxy, holds to show that it came from a page of ours."""
        return self._sign("form", owner)

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def is_same(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of either, its length included."""
    first, second = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (given, expected))
    return hmac.compare_digest(first, second)


def name_of(text: str) -> str | None:
    """The name under which a person acts; ``None`` where a text is none, or would read as another."""
    name = text.strip()
    is_one = 0 < len(name) <= MOST_NAME_CHARACTERS and name.isprintable() and escaped(name) == name
    return name if is_one else None


def is_trusted(address: str, proxies: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether a request comes from a proxy that is believed."""
    try:
        client = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(client, "ipv4_mapped", None)
    return any((mapped or client) in network for network in proxies)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose request it is: ``user`` is ``None`` where that is not known. ``token`` is what forms of theirs hold."""

    user: str | None
    token: str = field(repr=False)
    session: Session | None = None


class Gate(Protocol):
    """Tells who a visitor is."""

    @property
    def has_login(self) -> bool:
        """Whether visitors log in here."""
        ...

    def visitor(self, request: Request) -> Visitor:
        """Whose request it is."""
        ...


class TokenGate:
    """Visitors log in here, with the token that all of them share and a name that each gives."""

    has_login = True

    def __init__(self, secret: str, sessions: Sessions) -> None:
        self._secret = secret
        self._sessions = sessions

    def visitor(self, request: Request) -> Visitor:
        """Whose session a request's cookies hold."""
        session = self._sessions.read(request.cookies.get(SESSION_COOKIE))
        if session is None or session.user is None:
            return Visitor(None, "")
        return Visitor(session.user, self._sessions.token(session.id), session)

    def newcomer(self, request: Request) -> Visitor:
        """Who is at the login, whose form needs a session of its own.

        It has a cookie of its own too: one who follows a link from elsewhere sends no cookies, and keeps their session.
        """
        session = self._sessions.read(request.cookies.get(LOGIN_COOKIE)) or self._sessions.begin()
        return Visitor(None, self._sessions.token(session.id), session)

    def opens(self, secret: str) -> bool:
        """Whether this is the token."""
        return is_same(secret, self._secret)


class ProxyGate:
    """A proxy in front of the pages knows who a visitor is, and says so in a header."""

    has_login = False

    def __init__(self, header: str, proxies: Sequence[IPv4Network | IPv6Network], sessions: Sessions) -> None:
        self._header = header
        self._proxies = proxies
        self._sessions = sessions

    def visitor(self, request: Request) -> Visitor:
        """Whom the proxy names. A name that stands there twice may be the visitor's own doing, and is none."""
        names = request.headers.getlist(self._header)
        trusted = request.client is not None and is_trusted(request.client.host, self._proxies)
        user = name_of(names[0]) if trusted and len(names) == 1 else None
        return Visitor(user, self._sessions.token(f"user {user}") if user else "")
