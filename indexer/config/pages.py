"""Checks what ``[pages]`` says: where people look at the index, how it is known who they are, and what they may ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from indexer.config.listening import check_token, read_listen, read_secret
from indexer.config.secrets import check_secrecy
from indexer.config.settings import PagesSettings, place, read_table
from indexer.errors import ConfigError, Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic import SecretStr

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# Headers that every browser sends itself: whoever writes them is not thereby known.
_BROWSERS_OWN = frozenset(("host", "cookie", "origin", "referer", "user-agent"))
_MEMORY = re.compile(r"[1-9][0-9]{0,5} ?[MG]i?B")


@dataclass(frozen=True, slots=True)
class Pages:
    """A whole ``[pages]``. ``query_memory`` is as DuckDB writes it; times are in seconds where nothing else is said.

    ``user_header`` is believed where the request comes from one of ``trusted_proxies``. ``origins`` are the addresses
    by which browsers reach the pages beside the one that is listened at.
    """

    host: str
    port: int
    token: SecretStr | None
    user_header: str | None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    origins: tuple[str, ...]
    session_hours: float
    query_seconds: float
    query_memory: str
    queries_at_once: int
    download_seconds: float
    path: Path

    def secret(self) -> str | None:
        """The token, read now; ``None`` where a proxy says who a person is.

        Raises:
            ConfigError: the reference points at nothing, or the token is none.
        """
        if self.token is None:
            return None
        mistakes: list[Mistake] = []
        text = read_secret("pages", "token", self.token, self.path, mistakes)
        check_token("pages", text, mistakes)
        if mistakes:
            raise ConfigError(str(self.path), mistakes)
        return text


def read_pages(raw: Mapping[str, Any], path: Path, mistakes: list[Mistake]) -> Pages:
    """The pages that a ``[pages]`` means; what is wrong in it goes to ``mistakes``."""
    settings = read_table(PagesSettings, raw, "pages", mistakes)
    host, port = read_listen("pages", settings.listen, "127.0.0.1:8322", mistakes)
    mistakes += check_secrecy(settings, ("token",), "pages", path)
    mistakes += _mistakes(settings, host)
    return Pages(
        host=host,
        port=port,
        token=settings.token,
        user_header=settings.user_header,
        trusted_proxies=tuple(_networks(settings.trusted_proxies, mistakes)),
        origins=tuple(_origins(settings.origins, mistakes)),
        session_hours=settings.session_hours,
        query_seconds=settings.query_seconds,
        query_memory=settings.query_memory,
        queries_at_once=settings.queries_at_once,
        download_seconds=settings.download_seconds,
        path=path,
    )


def _mistakes(settings: PagesSettings, host: str) -> Iterator[Mistake]:
    header = settings.user_header
    if not (settings.token or header):
        yield Mistake(place("pages"), "anybody could look: set token, or user_header where a proxy knows who they are")
    if settings.token and header:
        yield Mistake(place("pages", "user_header"), "contradicts token: people log in here, or at the proxy")
    if header and (not _HEADER.fullmatch(header) or header.lower() in _BROWSERS_OWN):
        yield Mistake(place("pages", "user_header"), 'write the header that the proxy sets, as "X-Forwarded-User"')
    if header and not settings.trusted_proxies:
        what = f'missing: anybody can write {header}; name who is believed, as ["127.0.0.1"]'
        yield Mistake(place("pages", "trusted_proxies"), what)
    if _is_everywhere(host) and not settings.origins:
        what = f'missing: {host} is no address that a browser goes to; write it, as ["https://shots.example.com"]'
        yield Mistake(place("pages", "origins"), what)
    if not _MEMORY.fullmatch(settings.query_memory):
        yield Mistake(place("pages", "query_memory"), f'write it as "512MB" and not {settings.query_memory!r}')


def _is_everywhere(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _networks(texts: list[str], mistakes: list[Mistake]) -> Iterator[IPv4Network | IPv6Network]:
    for number, text in enumerate(texts):
        try:
            yield ip_network(text)
        except ValueError as error:
            mistakes.append(Mistake(place("pages", f"trusted_proxies[{number}]"), f"is no address or network: {error}"))


def _origins(texts: list[str], mistakes: list[Mistake]) -> Iterator[str]:
    for number, text in enumerate(texts):
        origin = _origin(text)
        if origin:
            yield origin
        else:
            what = f'write it as "https://shots.example.com" and not {text!r}'
            mistakes.append(Mistake(place("pages", f"origins[{number}]"), what))


def _origin(text: str) -> str | None:
    """An origin as browsers write it, without the port that its scheme implies; ``None`` where a text is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    if parts.path.strip("/") or parts.query or parts.fragment:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    implied = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, implied) else "")
