"""Reads a body that is a form, as some callbacks are: ``name=value&name=value``, percent-encoded."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

_FORM = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*=[^&\s]*(?:&[A-Za-z][A-Za-z0-9_.-]*=[^&\s]*)+")


def read_form(text: str) -> dict[str, str] | None:
    """The fields of a form of two or more, the last one of a name; ``None`` for any other text."""
    return dict(parse_qsl(text, keep_blank_values=True)) if _FORM.fullmatch(text) else None
