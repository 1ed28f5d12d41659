"""Reads what every provider's verdict has, each in its own spelling: suggestion, confidence, object key, user id."""

from __future__ import annotations

import re
from decimal import Decimal

SUGGESTIONS = ("pass", "review", "block")
SCALES = {"0-1": 0, "0-100": 2}
"""How many decimal places a score of this scale stands left of one from 0 to 1."""

_MAX_UID = 2**32 - 1
_UID = re.compile(r"[0-9]{1,10}")
# Sums of single-precision outputs print as 1.0000001.
_ROUNDING = Decimal("0.000001")


def suggestion(raw: str) -> str:
    """A suggestion in any case as one of the index's words; ``unknown`` for a word that is none of them."""
    folded = raw.strip().casefold()
    return folded if folded in SUGGESTIONS else "unknown"


def confidence(raw: float | Decimal, scale: str) -> float:
    """A score on the scale 0-1 or 0-100 as one from 0 to 1: 99.9 of 100 is 0.999 and not 0.9990000000000001.

    Raises:
        ValueError: the score lies outside its scale.
    """
    score = Decimal(str(raw)).scaleb(-SCALES[scale])
    if not -_ROUNDING <= score <= 1 + _ROUNDING:
        raise ValueError(f"outside the scale {scale}")
    return float(min(max(score, Decimal(0)), Decimal(1)))


def object_key(named: str | None) -> str | None:
    """An object's key from the way payloads name it: some write a slash before it or blanks around it."""
    return (named or "").strip(" \t\r\n").lstrip("/") or None


def user_id(text: str | None) -> int | None:
    """Agora's numeric user id: decimal, 32 bits. ``None`` for a string account."""
    if not text or not _UID.fullmatch(text):
        return None
    uid = int(text)
    return uid if uid <= _MAX_UID else None
