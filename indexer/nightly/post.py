"""Posts a message to an address that is itself a secret: it stands in no error, and no other host is asked."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import urllib3

from indexer.errors import MessageRefused, MessageUndelivered
from indexer.vendors.base import CONNECT_TIMEOUT_SECONDS, USER_AGENT

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWER_TIMEOUT_SECONDS = 30
_TAKEN = range(200, 300)
_TOO_MANY, _SERVERS_FAULT = 429, 500


def post(url: str, message: Mapping[str, Any]) -> None:
    """Send a message as JSON. What the server says beside its status is not read: it may repeat the address.

    Raises:
        MessageRefused: the address may not be posted to, or its server refused the message.
        MessageUndelivered: no answer came, or one that asks to try again later.
    """
    _check(url)
    try:
        # An auth of any kind keeps requests from sending what a .netrc has for this host.
        with requests.post(
            url,
            json=message,
            auth=lambda request: request,
            headers={"User-Agent": USER_AGENT},
            timeout=(CONNECT_TIMEOUT_SECONDS, _ANSWER_TIMEOUT_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as answer:
            status = answer.status_code
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        # The error itself holds the address, so neither it nor its text goes on.
        raise MessageUndelivered(f"the summary was not posted: {type(error).__name__}") from None
    if status not in _TAKEN:
        raise _refusal(status)


def _refusal(status: int) -> MessageRefused | MessageUndelivered:
    if status == _TOO_MANY or status >= _SERVERS_FAULT:
        return MessageUndelivered(f"the summary was not posted: HTTP {status}")
    return MessageRefused(f"the summary was not taken: HTTP {status}: is the address that notify names the right one?")


def _check(url: str) -> None:
    """Refuse an address over which others could read what is found, or that hides where it leads."""
    try:
        parts = urlsplit(url)
        odd = not url.isascii() or not url.isprintable() or " " in url or parts.username or parts.port == 0
    except ValueError:
        raise MessageRefused("the address that notify names is none") from None
    host = parts.hostname or ""
    if odd or not host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))):
        raise MessageRefused("the address that notify names must be https://HOST/..., or http:// on this machine")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
