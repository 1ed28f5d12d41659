"""How far this machine's clock is from a vendor's: a wrong one makes every signature wrong."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import requests

from indexer.vendors.base import CONNECT_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

_SCHEMES = ("http://", "https://")


def clock_skew(endpoint: str, now: Callable[[], float] = time.time) -> int | None:
    """By how many seconds this machine's clock is ahead of the endpoint's, or less than 0 where it is behind.

    One HEAD is sent without a signature, so that it is answered with a date, if with nothing else, whatever the clock
    says. ``None`` is where nobody tells: a folder, no answer, or one without a date.
    """
    if not endpoint.startswith(_SCHEMES):
        return None
    asked = now()
    try:
        # An auth of any kind keeps requests from sending what a .netrc has for this host.
        answer = requests.head(endpoint, auth=_unsigned, timeout=CONNECT_TIMEOUT_SECONDS, allow_redirects=False)
        told = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (requests.RequestException, TypeError, ValueError, OverflowError):
        return None
    return _difference(told, asked, now())


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _difference(told: float, asked: float, answered: float) -> int:
    """How far a time in whole seconds, told between two moments, is from both: 0 where it may be that of either."""
    if asked > told + 1:
        return round(asked - told - 1)
    return round(min(answered - told, 0))
