"""Cuts a text into the bodies in it: one after the other, or the elements of an array, each exactly as it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.moderation.repair import COMMENT, STRING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(rf"{STRING}|{COMMENT}|[\[\]{{}},]", re.DOTALL)
_NOTHING = re.compile(rf"(?:[ \t\r\n\v\f]|{COMMENT})*+")
_BLANKS = " \t\r\n\v\f"


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each body begins and ends, without the blanks around it.

    A body is a value at the top level, and of an array at the top level each element. It need not be valid: brackets
    alone, outside of strings and comments, tell where it ends, and nothing but blanks and comments is left over.
    """
    for start, end in _pieces(text):
        if not _NOTHING.fullmatch(text, start, end):
            piece = text[start:end]
            yield end - len(piece.lstrip(_BLANKS)), start + len(piece.rstrip(_BLANKS))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    depth = start = 0
    in_array = False
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            if token[0] == "[" and depth == 0 and _NOTHING.fullmatch(text, start, token.start()):
                in_array, start = True, token.end()
            depth += 1
        elif token[0] in ("]", "}"):
            depth = max(depth - 1, 0)
            if depth == 0:
                yield start, token.start() if in_array else token.end()
                in_array, start = False, token.end()
        elif token[0] == "," and depth == 1 and in_array:
            yield start, token.start()
            start = token.end()
    yield start, len(text)
