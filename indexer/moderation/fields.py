"""Takes fields out of a body, and says which one is missing or wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from indexer.moderation.base import Json, Unmappable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_CALENDAR = re.compile(r"[0-9]{14}(?:[0-9]{3})?")
_MOST_UID = 4_294_967_295
_SUGGESTIONS = ("pass", "review", "block")


def table(value: Json, name: str) -> dict[str, Any]:
    """A JSON object.

    Raises:
        Unmappable: it is something else, or absent.
    """
    if not isinstance(value, dict):
        raise Unmappable(f"{name} is no object")
    return value


def rows(value: Json, name: str) -> list[Any]:
    """A JSON array.

    Raises:
        Unmappable: it is something else, or absent.
    """
    if not isinstance(value, list):
        raise Unmappable(f"{name} is no array")
    return value


def text(value: Json, name: str) -> str | None:
    """A text or a number as text; ``None`` where it is absent or empty.

    Raises:
        Unmappable: it is something else.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unmappable(f"{name} is no text")
    return storable(str(value))


def storable(found: str) -> str:
    r"""A text that UTF-8 can hold. JSON can name half a character, as in ``"\ud800"``; it stays the escape it was."""
    return found.encode("utf-8", "backslashreplace").decode("utf-8")


def required(value: Json, name: str) -> str:
    """A text that must be there.

    Raises:
        Unmappable: it is absent, empty, or no text.
    """
    found = text(value, name)
    if found is None:
        raise Unmappable(f"{name} is missing")
    return found


def number(value: Json, name: str) -> float | None:
    """A number, or a text that is one; ``None`` where it is absent or empty.

    Raises:
        Unmappable: it is no finite number.
    """
    if value is None or value == "":
        return None
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        found = None
    if found is None or found != found or found in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN
        raise Unmappable(f"{name} is no number: {_shown(value)}")
    return found


def object_key(value: Json, name: str) -> str | None:
    """An object key as a listing has it: no blanks around it, no slash before it."""
    found = text(value, name)
    return found.strip().lstrip("/") or None if found else None


def suggestion(value: Json, name: str) -> tuple[str, str | None]:
    """A suggestion in our words, and as the provider said it. The documents and the bodies differ in case."""
    raw = text(value, name)
    folded = raw.strip().casefold() if raw else ""
    return (folded if folded in _SUGGESTIONS else "unknown"), raw


def uid(value: Json, name: str) -> int | None:
    """A user id that a key can hold; ``None`` for a string account, which no key holds."""
    found = text(value, name)
    if found is None or not (found.isascii() and found.isdigit()) or len(found) > len(str(_MOST_UID)):
        return None
    return int(found) if int(found) <= _MOST_UID else None


def milliseconds(value: Json, name: str) -> datetime | None:
    """The UTC time of a number of milliseconds since 1970; never through a float.

    Raises:
        Unmappable: it is no such number.
    """
    if value is None:
        return None
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return _EPOCH + timedelta(milliseconds=value)
    except OverflowError as error:
        raise Unmappable(f"{name} is no time: {_shown(value)}") from error
    raise Unmappable(f"{name} is no time: {_shown(value)}")


def instant(value: Json, name: str) -> tuple[datetime, int] | tuple[None, None]:
    """A time and its precision in milliseconds, from any of the ways in which teams write one.

    17 or 14 calendar digits, 13 or 10 digits of Unix time, or ISO 8601 (without an offset: UTC). A 17-digit number does
    not fit a float, so a float is refused.

    Raises:
        Unmappable: it is none of these.
    """
    if value is None or value == "":
        return None, None
    written = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    try:
        if _CALENDAR.fullmatch(written):
            seconds = datetime.strptime(written[:14], "%Y%m%d%H%M%S").replace(tzinfo=None)  # noqa: DTZ007 - it is UTC
            return seconds + timedelta(milliseconds=int(written[14:] or "0")), 1 if len(written) > len(
                "20260105100005"
            ) else 1000
        if written.isascii() and written.isdigit() and len(written) in (len("1767607205000"), len("1767607205")):
            unit = 1 if len(written) == len("1767607205000") else 1000
            return _EPOCH + timedelta(milliseconds=int(written) * unit), unit
        moment = datetime.fromisoformat(written)
        if moment.tzinfo:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise Unmappable(f"{name} is no time: {_shown(value)}") from error
    return moment, 1 if "." in written or moment.microsecond else 1000


def _shown(value: Json) -> str:
    """A value in a message. What is nested is not shown: it may be nested too deeply to be written."""
    return "nested" if isinstance(value, dict | list) else repr(str(value)[:40])
