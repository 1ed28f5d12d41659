"""Text that came from outside, as it may be shown: whole, with nothing in it that drives what shows it."""

from __future__ import annotations

import json
import re

# Control characters drive a terminal, and bidirectional overrides let a text read as another.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def escaped(text: str) -> str:
    """A text as it may stand on a terminal, in a log line or on a page: whole, its control characters written out."""
    return _UNSAFE.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def escaped_json(value: object) -> str:
    """A value as JSON that may stand on a terminal: the same value, what would drive one in JSON's own escapes."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
