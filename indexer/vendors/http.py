"""Sends the requests of the vendors that have no SDK here: signed by them, answered as they come.

Nothing is retried and no redirect is followed: another host would be asked, and its answer believed. A proxy and
certificates are found where every program on ``requests`` finds them; ``urllib3`` below it takes half of its time.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import certifi
import urllib3
from requests.utils import get_environ_proxies, select_proxy

from indexer.errors import CredentialsError
from indexer.vendors.base import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS, USER_AGENT
from indexer.vendors.refusals import unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indexer.vendors.base import Credentials, Storage


@dataclass(frozen=True, slots=True)
class Request:
    """A GET for a whole URL, percent-encoded. Whoever signs it adds to its headers."""

    url: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, read to its end. Names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def credentials_of(storage: Storage) -> Credentials:
    """The credentials of a vendor that has no chain of its own to find them.

    Raises:
        CredentialsError: there are none, or they hold what no header can, such as a line's end.
    """
    credentials = storage.credentials()
    if credentials is None:
        raise CredentialsError(f"no credentials for bucket {storage.bucket!r}: set accessKey and secretKey")
    for sent in (credentials.access_key, credentials.session_token or "-"):
        if not (sent.isascii() and sent.isprintable() and sent == sent.strip()):
            raise CredentialsError(f"the credentials for bucket {storage.bucket!r} hold a blank or an odd character")
    return credentials


class Http:
    """Asks one storage's endpoint. ``sign`` is given each request when everything else of it stands."""

    def __init__(self, storage: Storage, sign: Callable[[Request], None], connections: int) -> None:
        self._storage = storage
        self._sign = sign
        self._pool = _pool(storage.endpoint, connections)

    def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Send one GET for ``path``, which is percent-encoded already. The query is put in order, with blanks as %20.

        Raises:
            Unreachable: no answer came, or not all of it.
        """
        asked = f"{self._storage.endpoint}{path}?{urlencode(sorted(query.items()), quote_via=quote, safe='')}"
        answer = self._send(Request(asked, {"User-Agent": USER_AGENT}), whole=True)
        return Answer(answer.status, answer.headers, answer.data)

    def open(self, url: str, headers: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        """Send one GET for a whole URL, percent-encoded already, and read nothing of the answer's body.

        Raises:
            Unreachable: no answer came.
        """
        return self._send(Request(url, {"User-Agent": USER_AGENT, **headers}), whole=False)

    def _send(self, request: Request, *, whole: bool) -> urllib3.BaseHTTPResponse:
        self._sign(request)
        timeout = urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=READ_TIMEOUT_SECONDS)
        try:
            return self._pool.request(
                "GET",
                request.url,
                headers=request.headers,
                timeout=timeout,
                redirect=False,
                retries=False,
                preload_content=whole,
            )
        except urllib3.exceptions.HTTPError as error:
            raise unreachable(self._storage, error) from error


def _pool(endpoint: str, connections: int) -> urllib3.PoolManager:
    certificates = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where()
    proxy = select_proxy(endpoint, get_environ_proxies(endpoint))
    if proxy:
        return urllib3.ProxyManager(proxy, maxsize=connections, ca_certs=certificates)
    return urllib3.PoolManager(maxsize=connections, ca_certs=certificates)
