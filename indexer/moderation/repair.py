"""Reads JSON strictly, and repairs the two faults that vendors' own documents have: a comma too many, and comments."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from indexer.moderation.base import Json, Unmappable

# Python's own limit, which its message would have the user change.
_MOST_DIGITS = 4300
# Strings are matched first, so that nothing inside of one is touched. One that does not end is matched to the end of
# the body: to look for another at each of its escaped quotes would take hours.
_STRING = r'"(?:[^"\\]|\\.)*+"?'
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*", re.DOTALL)
_COMMA = re.compile(rf"({_STRING}|[\[{{]\s*,)|,(?=\s*[\]}}])", re.DOTALL)


def parse_json(body: str) -> tuple[Json, str | None]:
    """A body's value, and what had to be repaired to read it; whole numbers stay exact.

    Raises:
        Unmappable: it is no JSON, repaired or not.
    """
    try:
        return _strictly(body), None
    except ValueError as error:
        reason = str(error)
    except RecursionError:
        raise Unmappable("is nested too deeply") from None
    without_comments = _COMMENT.sub(lambda match: match[1] or "", body)
    repaired = _COMMA.sub(lambda match: match[1] or "", without_comments)
    what = [
        name
        for name, changed in (("comments", without_comments != body), ("commas", repaired != without_comments))
        if changed
    ]
    try:
        return _strictly(repaired), f"removed {' and '.join(what)}: {reason}"
    except (ValueError, RecursionError):
        raise Unmappable(f"is no JSON: {reason}") from None


def _strictly(body: str) -> Json:
    return json.loads(body, parse_constant=_refuse, parse_int=_integer)


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits is too long")
    return int(digits)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
