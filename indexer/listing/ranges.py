"""The key space: ranges of keys, what tiles them, what is left of them, and where to cut a slow one in two.

Keys are compared as text. Text order is UTF-8 byte order: both follow the code points.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The greatest code point there is, set apart as no character, so many times as no key has it in a row. A whole key's
# length of it would be a bound without an exception, and longer than OSS takes a marker.
_GREATEST = "\U0010ffff" * 4

# A place in the key space, just behind a text: (1, text); before the first key: (0, ""); behind the last one: (2, "").
_Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The keys after ``after`` up to and with ``until``; ``None``: from the first key, to the last one."""

    after: str | None
    until: str | None

    def __contains__(self, key: str) -> bool:
        return (self.after is None or key > self.after) and (self.until is None or key <= self.until)


WHOLE = KeyRange(None, None)


def tile(whole: KeyRange, cuts: Iterable[str]) -> list[KeyRange]:
    """The ranges between the cuts, in order: together they hold every key of ``whole`` once.

    Cuts in any order, twice, or outside of ``whole`` do no harm.
    """
    inside = sorted({cut for cut in cuts if cut and cut in whole and cut != whole.until})
    return [KeyRange(after, until) for after, until in pairwise([whole.after, *inside, whole.until])]


def without(whole: KeyRange, skipped: Iterable[KeyRange]) -> list[KeyRange]:
    """What is left of ``whole``, in order; the skipped ranges may overlap and reach beyond it."""
    left = []
    reached, end = _places(whole)
    for first, last in sorted(map(_places, skipped)):
        if first >= last:
            continue
        if reached < min(first, end):
            left.append(_range(reached, min(first, end)))
        reached = max(reached, last)
    if reached < end:
        left.append(_range(reached, end))
    return left


def overlaps(ranges: Iterable[KeyRange]) -> list[KeyRange]:
    """The stretches that more than one of the ranges covers."""
    shared = []
    reached: _Place = (0, "")
    for first, last in sorted(map(_places, ranges)):
        if first < min(last, reached):
            shared.append(_range(first, min(last, reached)))
        reached = max(reached, last)
    return shared


def untiled(whole: KeyRange, ranges: Iterable[KeyRange]) -> list[KeyRange]:
    """The gaps that the ranges leave in ``whole``: none is the proof that each of its keys is in exactly one range.

    Raises ValueError where two ranges share keys.
    """
    ranges = list(ranges)
    if twice := overlaps(ranges):
        raise ValueError(f"keys in two ranges: {twice[0]}")
    return without(whole, ranges)


def after_all(text: str) -> str:
    """A text greater than every key that begins with ``text``, short enough to be sent as a position.

    It holds for all keys that do not go on with U+10FFFF, which is no character, four times.
    """
    return text + _GREATEST


def _places(keys: KeyRange) -> tuple[_Place, _Place]:
    return (
        (0, "") if keys.after is None else (1, keys.after),
        (2, "") if keys.until is None else (1, keys.until),
    )


def _range(first: _Place, last: _Place) -> KeyRange:
    return KeyRange(first[1] if first[0] else None, last[1] if last[0] == 1 else None)


# --- Where to cut a slow range in two ---

# Alphabets of what names are made of, the narrowest first, each in the order of the code points. There is nothing in
# them that parts words: a cut never begins a word of its own.
_DIGITS = "0123456789"
_NARROW = (_DIGITS, _DIGITS + "abcdef", _DIGITS + "ABCDEF")
_ASCII = "".join(filter(str.isalnum, map(chr, range(0x80))))
_ANY = "".join(filter(str.isalnum, map(chr, range(0xD800))))

# A name's words: a day, or a run of letters and digits.
_WORD = re.compile(r"(?P<day>(?<![0-9])[0-9]{4}(?P<dash>-?)[0-9]{2}(?P=dash)[0-9]{2}(?![0-9]))|[^\W_]+")
# So many steps between two numbers put a cut near their middle.
_STEPS = 8
# Characters of a word whose length is not known that are enough to tell 2^32 of them apart.
_WORD_LENGTH = 12
# Days that are taken to follow where no end is known, and the most that are believed of a known end.
_DAYS_AHEAD, _DAYS_MOST = 16, 3660


def middle(last: str | None, until: str | None, prefix: str) -> str | None:
    """A cut strictly between ``last`` and ``until``, about half way; ``None`` where no name would lie between.

    ``last`` is the last key listed, or ``None`` before the first; ``until`` the range's bound, or ``None`` for the end
    of ``prefix``, which every key and the cut begin with. Names are cut at the first word in which the two differ, and
    where there is no room, at a word of ``last`` below: a session is not cut while other sessions follow it.
    """
    low = max(last or "", prefix)
    high = until if until is not None and until.startswith(prefix) else None
    if not low.startswith(prefix) or (until is not None and until <= low):
        return None
    for cut in chain(_cuts_above(low, high), _cuts_below(low, high, prefix)):
        if low < cut and (high is None or cut < high) and cut.startswith(prefix):
            return cut
    return None


def _cuts_above(low: str, high: str | None) -> Iterator[str]:
    """The cut between a folder and its names, where the bound is one of these."""
    if high is not None and high.startswith(low) and (name := re.search(r"[^\W_]", high[len(low) :])):
        yield high[: len(low) + name.start()]


def _cuts_below(low: str, high: str | None, prefix: str) -> Iterator[str]:
    """Cuts at the words of ``low``, from the one where it leaves its bound on. A word at its end may be cut short."""
    base = len(prefix) if high is None else _alike(low, high)
    words = [(word.start(), word.end(), _as_day(word["day"])) for word in _WORD.finditer(low)]
    ahead = [word for word in words if word[1] > base or word[1] == len(low)]
    for start, end, day in ahead or [(len(low), len(low), None)]:
        differs = max(start, base)
        bound = high[start:] if high is not None and differs == base else None
        if day:
            yield from _day_between(low[:start], day, bound, dashed="-" in low[start:end])
        else:
            length = end - start if end < len(low) else max(end - start, _WORD_LENGTH)
            room, shared = start + length - differs, differs - start
            yield from _between(low[:differs], low[differs:end], None if bound is None else bound[shared:], room)


def _alike(low: str, high: str) -> int:
    """How many characters the two begin with in common."""
    both = zip(low, high, strict=False)
    return next((at for at, (one, other) in enumerate(both) if one != other), min(len(low), len(high)))


def _day_between(head: str, day: date, bound: str | None, *, dashed: bool) -> Iterator[str]:
    """The day half way to the bound's; none where they are the same or neighbours."""
    end = _as_day((bound or "")[:10])
    days = (end - day).days if end else _DAYS_AHEAD
    with suppress(OverflowError):
        half = day + timedelta(days // 2 if days <= _DAYS_MOST else _DAYS_AHEAD // 2)
        if half > day:
            yield f"{head}{half if dashed else half.isoformat().replace('-', '')}"


def _as_day(text: str | None) -> date | None:
    """The first day that a text such as ``202601`` leaves open; ``None`` where it is no day."""
    digits = (text or "").replace("-", "")[:8]
    try:
        return date.fromisoformat(digits + "00000101"[len(digits) :]) if digits else None
    except ValueError:
        return None


def _between(head: str, low: str, high: str | None, room: int) -> Iterator[str]:
    """The number half way between two words, with no more digits than that takes, and at most ``room``."""
    alphabet = _alphabet(low, re.split(r"[\W_]", high or "", maxsplit=1)[0])
    for digits in range(1, room + 1):
        first = _number(low, alphabet, digits)
        last = len(alphabet) ** digits if high is None else _number(high, alphabet, digits)
        if last - first >= (_STEPS if digits < room else 2):
            yield head + _text((first + last) // 2, alphabet, digits)
            return


def _alphabet(low: str, high: str) -> str:
    """The narrowest alphabet of both words, else of the lower one where that is narrow."""
    for word in filter(None, (low + high, low)):
        for alphabet in _NARROW:
            if set(word) <= set(alphabet):
                return alphabet
    return _ASCII if (low + high).isascii() else _ANY


def _number(word: str, alphabet: str, digits: int) -> int:
    """The first so many characters as a number, no greater than the word where a character is not of the alphabet."""
    number, known = 0, True
    for char in word[:digits].ljust(digits, alphabet[0]):
        at = bisect_left(alphabet, char) if known else 0
        known = known and alphabet[at : at + 1] == char
        number = number * len(alphabet) + at
    return number


def _text(number: int, alphabet: str, digits: int) -> str:
    text = ""
    for _ in range(digits):
        number, digit = divmod(number, len(alphabet))
        text = alphabet[digit] + text
    return text
