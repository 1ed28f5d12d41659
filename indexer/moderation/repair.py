"""Reads JSON strictly, and where that fails once more without what vendors' own samples have too much.

Alibaba's and Agora's documents print a comma before a closing bracket, and Agora's print ``//`` comments. Repairing
puts blanks in their place, so every position in the text stays the same, and leaves what stands inside strings alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from indexer.moderation.base import Json

STRING = r'"(?:[^"\\]++|\\.)*+"?'
"""A JSON string, for a regular expression; one that does not end takes all the rest."""
COMMENT = r"//[^\n]*+"

_STRING_COMMENT_OR_COMMA = re.compile(rf"{STRING}|{COMMENT}|,(?=(?:[ \t\r\n]|{COMMENT})*+[\]}}])", re.DOTALL)
_STRING_OR_CONSTANT = re.compile(rf"{STRING}|NaN|Infinity", re.DOTALL)


class NotJson(Exception):
    """A text that is no JSON, repaired or not; the message says why and where."""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed body, and what was repaired to parse it: ``None`` for strict JSON."""

    value: Json
    repaired: str | None = None


class _NotANumber(ValueError):
    """Python reads NaN and Infinity, which JSON does not have."""


def _refuse(constant: str) -> NoReturn:
    raise _NotANumber(constant.lstrip("-"))


_DECODER = json.JSONDecoder(parse_constant=_refuse)


def read_json(text: str) -> Document:
    """Parse a body. Integers are exact at any length that Python reads.

    Raises:
        NotJson: it is not even JSON when its trailing commas and comments are away.
    """
    try:
        return Document(_decoded(text))
    except NotJson:
        repaired, what = _repaired(text)
        if not what:
            raise
        return Document(_decoded(repaired), what)


def _decoded(text: str) -> Json:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(f"no JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except _NotANumber as error:
        raise NotJson(f"no JSON at {_place(text, str(error))}: {error} is no number") from None
    except ValueError as error:
        raise NotJson(f"a number in it cannot be read: {error}") from None
    except RecursionError:
        raise NotJson("nested too deeply to be read") from None


def _place(text: str, constant: str) -> str:
    at = next(match.start() for match in _STRING_OR_CONSTANT.finditer(text) if match[0] == constant)
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def _repaired(text: str) -> tuple[str, str]:
    found: Counter[str] = Counter()

    def blank(match: re.Match[str]) -> str:
        piece = match[0]
        if piece.startswith('"'):
            return piece
        found["trailing comma" if piece == "," else "comment"] += 1
        return " " * len(piece)

    repaired = _STRING_COMMENT_OR_COMMA.sub(blank, text)
    counts = [f"{count} {what}{'s' if count > 1 else ''}" for what, count in sorted(found.items())]
    return repaired, f"removed {' and '.join(counts)}" if counts else ""
