"""The ways in which vendors write a time: each read as one text, and as a whole column by Arrow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RFC_1123 = f"^(?:{'|'.join(_DAYS)}), [0-9]{{2}} (?:{'|'.join(_MONTHS)}) [0-9]{{4}} (?:[0-9]{{2}}:){{2}}[0-9]{{2}} GMT$"
_MONTH_NUMBERS = pa.array([f"{number:02}" for number in range(1, len(_MONTHS) + 1)])


@dataclass(frozen=True, slots=True)
class TimeForm:
    """One way to write a time.

    ``one`` gives the microseconds since 1970 in UTC, ``column`` UTC timestamps. Both raise ValueError for a text that
    is written otherwise; ``column`` may for rare ones that ``one`` can read.
    """

    name: str
    one: Callable[[str], int]
    column: Callable[[pa.StringArray], pa.TimestampArray]


def _iso_8601(text: str) -> int:
    """With or without a fraction, and in UTC where there is no offset."""
    moment = datetime.fromisoformat(text)
    return _microseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _iso_8601_column(text: pa.StringArray) -> pa.TimestampArray:
    """Times to the microsecond; finer fractions, and other offsets than Z, are for ``one``."""
    if not pc.all(pc.ends_with(text, "Z")).as_py():
        raise ValueError("a time does not end in Z")
    return text.cast(pa.timestamp("us", "UTC"))


def _rfc_1123(text: str) -> int:
    """As in ``Fri, 20 Nov 2026 08:15:30 GMT``; strptime would look for the month in the user's language."""
    if not re.search(_RFC_1123, text) or text.endswith("\n"):
        raise ValueError("not as in Fri, 20 Nov 2026 08:15:30 GMT")
    month = _MONTHS.index(text[8:11]) + 1
    return _microseconds(datetime.fromisoformat(f"{text[12:16]}-{month:02}-{text[5:7]}T{text[17:25]}+00:00"))


def _rfc_1123_column(text: pa.StringArray) -> pa.TimestampArray:
    if not pc.all(pc.match_substring_regex(text, _RFC_1123)).as_py():
        raise ValueError("a time is not as in Fri, 20 Nov 2026 08:15:30 GMT")
    months = pc.index_in(pc.utf8_slice_codeunits(text, 8, 11), pa.array(_MONTHS))
    parts = [(12, 16), (5, 7), (17, 25)]
    year, day, clock = (pc.utf8_slice_codeunits(text, begin, end) for begin, end in parts)
    date = pc.binary_join_element_wise(year, _MONTH_NUMBERS.take(months), day, "-")
    return pc.binary_join_element_wise(date, clock, "T").cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


ISO_8601 = TimeForm("ISO 8601", _iso_8601, _iso_8601_column)
RFC_1123 = TimeForm("RFC 1123", _rfc_1123, _rfc_1123_column)
