"""Sends the requests of the vendors that have no SDK here: signed by them, answered as they come.

Nothing is retried and no redirect is followed: another host would be asked, and its answer believed. Proxies and
certificates are found as every program on ``requests`` finds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter

from indexer.errors import CredentialsError
from indexer.vendors.base import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS
from indexer.vendors.refusals import unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests.auth import AuthBase

    from indexer.vendors.base import Credentials, Storage


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


def session(connections: int) -> requests.Session:
    """A session that keeps this many connections open, and retries nothing by itself."""
    kept = requests.Session()
    for scheme in ("http://", "https://"):
        kept.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    return kept


class Http:
    """Asks one storage's endpoint.

    ``signer`` signs each request when everything else of it stands. It is always given, as ``requests`` would put
    another ``Authorization`` out of the user's ``.netrc`` in its place.
    """

    def __init__(self, storage: Storage, signer: AuthBase, connections: int) -> None:
        self._storage = storage
        self._signer = signer
        self._session = session(connections)

    def get(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> requests.Response:
        """Send one GET for ``path``, which is percent-encoded already, and read its answer to the end.

        Raises:
            Unreachable: no answer came, or not all of it.
        """
        try:
            return self._session.get(
                f"{self._storage.endpoint}{path}",
                params=query,
                headers=headers,
                auth=self._signer,
                timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise unreachable(self._storage, error) from error
