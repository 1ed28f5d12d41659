"""The instant in a manifest's name: what tells the newest, and at some vendors all that tells the snapshot."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_STAMP = re.compile(
    r"(?<![0-9])(?P<date>20[0-9]{2}[-/]?[0-9]{2}[-/]?[0-9]{2})"
    r"(?:[T/_-](?P<time>[0-9]{2}[-:]?[0-9]{2}(?:[-:]?[0-9]{2})?)(?P<utc>Z?))?(?![0-9])"
)
# COS does not say of which clock a folder's day is. Its home is eight hours ahead, so this is the earliest that it can
# be: what was written since is left to a listing, and nothing written since is taken for deleted.
_EARLIEST = timedelta(hours=8)


def stamp_of(name: str) -> datetime | None:
    """The last instant in a manifest's name, read as UTC: of OBS ``…/2019-01-03T12-28Z/manifest.json``, and so on."""
    found = list(_STAMP.finditer(name))
    return _read(found[-1]) if found else None


def earliest_of(name: str) -> datetime | None:
    """The earliest instant in UTC that a manifest's name can mean, where it may be of a clock ahead of UTC."""
    found = list(_STAMP.finditer(name))
    moment = _read(found[-1]) if found else None
    return moment if moment is None or found[-1]["utc"] else moment - _EARLIEST


def _read(found: re.Match[str]) -> datetime | None:
    digits = re.sub(r"[^0-9]", "", f"{found['date']}{found['time'] or ''}").ljust(14, "0")
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007 - naive UTC, as everywhere inside
    except ValueError:
        return None
