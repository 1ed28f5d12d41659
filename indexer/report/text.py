"""Values as they stand on a page and in a chart: text of others whole up to a length, with nothing in it that acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from indexer.text import escaped

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = 1024
"""How many characters of one text are shown: no vendor has longer keys."""

# XML has no way to write these two, and the library that measures a chart's texts ends the whole process over them.
_NO_XML = re.compile(r"[\ufffe\uffff]")
_DAY = 86_400


def shown(value: object) -> object:
    """What the template prints for a value, before it escapes markup: nothing for ``None``, a text cut and tamed."""
    match value:
        case None:
            return ""
        case Markup():
            return value
        case str():
            return tamed(value)
    return value


def tamed(text: str) -> str:
    """A text with its control characters written out, and where it is longer than any key, its beginning."""
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"
    return _NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped(cut))


def label(text: str, width: int) -> str:
    """A text as a chart's label: as many characters as fit into a width, wide ones counted twice.

    Vega cuts labels itself, in the middle of an emoji, and its own measuring then fails.
    """
    tame = tamed(text)
    room, kept = width, ""
    for character in tame:
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += character
    return tame


def rendered_length(value: object) -> int:
    """How many characters a value takes in the page's HTML."""
    return len(escape(shown(value)))


def moment(value: datetime | None) -> str:
    """A time of naive UTC in ISO 8601, to the second."""
    return "" if value is None else value.isoformat(timespec="seconds") + "Z"


def clock(value: datetime) -> str:
    """The time of day of a moment, to the second."""
    return value.time().isoformat("seconds") + "Z"


def span(since: datetime | None, until: datetime | None) -> str:
    """From when until when; the day stands once where both are of one."""
    if since is None or until is None or since == until:
        return moment(since or until)
    end = moment(until)
    return f"{moment(since)} to {end.split('T')[1] if since.date() == until.date() else end}"


def count(value: float | None) -> str:
    """A number with its thousands apart; nothing for none."""
    return "" if value is None else f"{round(value):,}"


def share(part: float, whole: float) -> str:
    """A part of a whole in percent, never rounded up to all or down to none of it; a dash where there is no whole."""
    if not whole:
        return "-"
    percent = 100 * part / whole
    if 99.95 <= percent < 100:  # noqa: PLR2004 - what would round to all of it
        return "> 99.9 %"
    return "< 0.1 %" if 0 < percent < 0.05 else f"{percent:.1f} %"  # noqa: PLR2004 - and to none


def lasting(seconds: float | None) -> str:
    """A length of time in the unit that suits it; a dash for none."""
    if seconds is None:
        return "-"
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (2 * _DAY, 3600, "h")):
        if abs(seconds) < limit:
            return f"{seconds / unit:,.0f} {name}"
    return f"{seconds / _DAY:,.0f} d"


def many(number: int, what: str) -> str:
    """A number of things: ``1 finding``, ``2 findings``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
