"""Reads the times that payloads write, exactly: no digit of a time ever passes through a float.

A calendar number of 17 digits is larger than 2**53: Agora's own pages print 20190611073246073 as ...070, which is what
a JavaScript number makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.moderation.base import Json

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - every time in the index is naive UTC
_CALENDAR = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,](?P<fraction>\d+))?)?([Zz]|[+-]\d\d(:?\d\d)?)?", re.ASCII)
_SECONDS_DIGITS = 10
_MILLISECONDS_DIGITS = 13


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in naive UTC, and how exactly it was written: to the millisecond (1) or to the second (1000)."""

    at: datetime
    precision_ms: int


def read_time(value: Json) -> Moment:
    """A time written as ISO 8601 (naive is UTC), or as 17, 14, 13 or 10 digits, in a text or as a whole JSON number.

    17 and 14 digits are a calendar in UTC, 13 are milliseconds and 10 seconds since 1970.

    Raises:
        ValueError: it is none of these; the message says why.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("a time must be a text or a whole number: anything else has lost digits")  # noqa: TRY004
    text = str(value).strip()
    try:
        return _digits(text) if text.isascii() and text.isdigit() else _iso(text)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def from_milliseconds(milliseconds: int) -> datetime:
    """A count of milliseconds since 1970 as naive UTC.

    Raises:
        OverflowError: it lies outside the years 1 to 9999.
    """
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _digits(text: str) -> Moment:
    if calendar := _CALENDAR.fullmatch(text):
        return _calendar(calendar)
    if len(text) == _MILLISECONDS_DIGITS:
        return Moment(from_milliseconds(int(text)), 1)
    if len(text) == _SECONDS_DIGITS:
        return Moment(from_milliseconds(int(text) * 1000), 1000)
    raise ValueError(f"{len(text)} digits, and a time has 17, 14, 13 or 10")


def _calendar(match: re.Match[str]) -> Moment:
    *parts, milliseconds = match.groups()
    year, month, day, hour, minute, second = (int(part) for part in parts)
    at = datetime(year, month, day, hour, minute, second, int(milliseconds or 0) * 1000)  # noqa: DTZ001 - naive UTC
    return Moment(at, 1 if milliseconds else 1000)


def _iso(text: str) -> Moment:
    """An ISO 8601 time, to the millisecond: what is finer cannot be found in any object's name."""
    match = _ISO.fullmatch(text)
    if not match:
        raise ValueError("neither ISO 8601 nor digits")
    read = datetime.fromisoformat(text.upper())
    at = read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
    return Moment(at.replace(microsecond=at.microsecond // 1000 * 1000), 1 if match["fraction"] else 1000)
