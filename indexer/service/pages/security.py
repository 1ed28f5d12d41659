"""What browsers are told to keep to, and which requests are a page's own: Host, Origin, headers, redirects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from indexer.errors import IndexerError
from indexer.vendors import VENDORS, open_lister

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.datastructures import Headers

    from indexer.config import Source

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""What every answer has, unless it says otherwise itself. Pictures of other origins stay allowed: no COEP."""

_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
# A second slash or a backslash makes an address of another host, and browsers drop tabs and line ends.
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_NAMES_OF_THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
_ANY_SECONDS = 60


def policy(pictures: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page that shows pictures of these origins beside our own."""
    return _POLICY.format(images=" ".join(("'self'", "data:", *pictures)))


def picture_origins(sources: Iterable[Source]) -> Iterator[str]:
    """Yield where the presigned URLs of these sources lead, each origin once.

    Nothing is asked over the network. A source whose credentials cannot be read shows no pictures.
    """
    yield from dict.fromkeys(origin for source in sources if (origin := _picture_origin(source)))


def _picture_origin(source: Source) -> str | None:
    if VENDORS[source.storage.vendor].is_folder:
        return None
    try:
        url = urlsplit(open_lister(source.storage).presigned("x", _ANY_SECONDS))
    except IndexerError:
        return None
    return f"{url.scheme}://{url.netloc}"


def own_path(text: str, otherwise: str = "/") -> str:
    """A path of ours to go on to; any text that a browser could take for a foreign address becomes ``otherwise``."""
    return text if _OWN_PATH.fullmatch(text) else otherwise


@dataclass(frozen=True, slots=True)
class Addresses:
    """By which names the pages are reached: a name that leads here from elsewhere is an attack by DNS.

    ``host`` is what is listened at, ``origins`` what the configuration adds.
    """

    host: str
    origins: tuple[str, ...] = ()

    def known(self, headers: Headers) -> str | None:
        """The Host of a request, where it is one of ours and the only one. The port may be that of a tunnel."""
        hosts = headers.getlist("host")
        match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if match is None:
            return None
        is_ours = match["name"].lower() in self._names() or hosts[0].lower() in map(_netloc, self.origins)
        return hosts[0].lower() if is_ours else None

    def is_from_here(self, headers: Headers, host: str) -> bool:
        """Whether a browser says that a page of ours sent a form; what says nothing of it may be no browser.

        With ``Referrer-Policy: no-referrer`` browsers write the Origin ``null`` (Fetch standard, "serialize a request
        origin"), so that is believed where Sec-Fetch-Site says the rest.
        """
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site not in (None, "same-origin"):
            return False
        if origin in (None, "null"):
            return origin is None or site == "same-origin"
        return origin in self.origins or origin in (f"http://{host}", f"https://{host}")

    def is_secure(self, host: str) -> bool:
        """Whether browsers reach this Host by HTTPS."""
        return any(origin.startswith("https:") and _netloc(origin) == host for origin in self.origins)

    def _names(self) -> tuple[str, ...]:
        listened = f"[{self.host}]" if ":" in self.host else self.host.lower()
        return (listened, *_NAMES_OF_THIS_MACHINE) if _is_this_machine(self.host) else (listened,)


def _netloc(origin: str) -> str:
    return origin.partition("://")[2]


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
