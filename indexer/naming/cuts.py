"""Where to cut a listing into shards of about the same size, from what is known of how a service spells its keys.

Wrong guesses cost an empty request or an uneven shard, never a key: the cuts only say where one shard ends.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from indexer.naming.template import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.naming.layout import Layout
    from indexer.naming.template import Template

_HEX, _UPPER_HEX = "0123456789abcdef", "0123456789ABCDEF"
_NAMES, _UPPER_NAMES = "0123456789abcdefghijklmnopqrstuvwxyz", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Three characters tell 4096 session ids apart.
_WIDTH = 3
# Most buckets keep screenshots for some months; what is older is cut more coarsely.
_RECENT_DAYS, _KEPT_DAYS = 90, 2 * 365
_EPOCH = date(1970, 1, 1)


def likely_cuts(layout: Layout, prefix: str, count: int, today: date) -> list[str]:
    """About ``count`` texts, and no more, that begin with ``prefix`` and part the keys under it, ascending.

    ``today`` is the last day that names with dates are expected of, give or take a time zone.
    """
    count = max(0, count)
    if layout.name == "template":
        shares = _shares(count, [1] * len(layout.templates))
        parts = zip(layout.templates, shares, strict=True)
        cuts = [cut for template, share in parts for cut in _of_template(template, prefix, share, today)]
    else:
        cuts = [prefix + cut for cut in _LAYOUTS[layout.name](count, today)]
    return sorted({cut for cut in cuts if cut != prefix})


def _cloud_recording(count: int, _: date) -> list[str]:
    """Session ids in lower-case hex, those of failovers, and upper case as other products of the platform write it."""
    failovers, ids = _shares(count, [1, 15])
    return [*("bak0_" + cut for cut in _from(_HEX, 0, failovers)), *_words(_HEX, _UPPER_HEX, ids)]


def _screenshot_upload(count: int, today: date) -> list[str]:
    """A folder a day, with session ids in upper-case hex in it."""
    return [_day_and_id(at) for at in _moments(count, today)]


def _live_streaming(count: int, _: date) -> list[str]:
    """The platform's usual entry point, in a bucket of one's own and as in its own storage, and the streams in it."""
    edges = ["record/", "snapshot/live/", "live/", "encrypt/"]
    folders = edges[: count // 8]
    custom, standard = _shares(count - len(folders), [1, 1])
    return [
        *folders,
        *("live/" + cut for cut in _words(_NAMES, _UPPER_NAMES, custom)),
        *("snapshot/live/" + cut for cut in _words(_NAMES, _UPPER_NAMES, standard)),
    ]


def _auto(count: int, today: date) -> list[str]:
    """Something of every layout."""
    layouts = (_cloud_recording, _screenshot_upload, _live_streaming)
    return [
        cut for layout, share in zip(layouts, _shares(count, [1, 1, 1]), strict=True) for cut in layout(share, today)
    ]


def _of_template(template: Template, prefix: str, count: int, today: date) -> list[str]:
    """Cuts at the template's first placeholder that the prefix leaves open."""
    start, placeholder = _first_open(template, prefix)
    return [start + cut for cut in _PLACEHOLDERS.get(placeholder, _any_name)(count, today)]


def _first_open(template: Template, prefix: str) -> tuple[str, str | None]:
    """How keys of the template under the prefix begin, and the placeholder that follows, if that is known."""
    before, literal = "", ""
    for name, text in template.parts:
        if name is None:
            literal = text
            continue
        # The prefix ends in the literal before this placeholder, or just behind it. Where another placeholder stands
        # before that, the prefix holds some of the literal, or else the other one may go on.
        for known in range(1 if before else 0, len(literal) + 1):
            if re.fullmatch(before + re.escape(literal[:known]), prefix):
                return prefix + literal[known:], name
        before += f"{re.escape(literal)}(?:{PLACEHOLDERS[name]})"
        literal = ""
    return prefix, None


def _any_name(count: int, _: date) -> list[str]:
    return _words(_NAMES, _UPPER_NAMES, count)


def _days(count: int, today: date) -> list[str]:
    """Days in both spellings: the documents leave open which one is used."""
    plain, dashed = _shares(count, [1, 1])
    return [
        *(f"{_day(at):%Y%m%d}" for at in _moments(plain, today)),
        *(f"{_day(at):%Y-%m-%d}" for at in _moments(dashed, today)),
    ]


def _unix_times(count: int, today: date) -> list[str]:
    """Seconds since 1970; milliseconds begin with the same digits."""
    return [str(int(at * 86_400)) for at in _moments(count, today)]


_PLACEHOLDERS: dict[str | None, Callable[[int, date], list[str]]] = {"Date": _days, "UnixTimestamp": _unix_times}


def _words(alphabet: str, upper: str, count: int) -> list[str]:
    """Words in lower case and digits, and fewer in upper case."""
    lower_count, upper_count = _shares(count, [3, 1])
    return [*_from(alphabet, 0, lower_count + 1)[1:], *_from(upper, len("0123456789"), upper_count)]


def _from(alphabet: str, first: int, count: int) -> list[str]:
    """So many words evenly spaced, from the alphabet's character number ``first`` to its last one, as short as can be.

    Where the first one is the alphabet's zero, it is the empty word.
    """
    size = len(alphabet)
    low, steps = first * size ** (_WIDTH - 1), (size - first) * size ** (_WIDTH - 1)
    return [_word(alphabet, low + steps * at // count) for at in range(count)]


def _word(alphabet: str, number: int) -> str:
    size = len(alphabet)
    digits = [number // size**place % size for place in reversed(range(_WIDTH))]
    return "".join(alphabet[digit] for digit in digits).rstrip(alphabet[0])


def _moments(count: int, today: date) -> list[float]:
    """So many moments, in days since 1970, through the time of which screenshots are kept: most of them recent."""
    end = float((today - _EPOCH).days + 1)
    recent, older = _shares(count, [5, 1])
    start, first = end - _RECENT_DAYS, end - _KEPT_DAYS
    return [
        *(first + (start - first) * (at + 1) / older for at in range(older)),
        *(start + _RECENT_DAYS * (at + 1) / (recent + 1) for at in range(recent)),
    ]


def _day(moment: float) -> date:
    return _EPOCH + timedelta(int(moment))


def _day_and_id(moment: float) -> str:
    """A day's folder, and in it the session id that is as far through the ids as the moment is through the day."""
    part = _word(_UPPER_HEX, int(moment % 1 * len(_UPPER_HEX)) * len(_UPPER_HEX) ** (_WIDTH - 1))
    return f"{_day(moment):%Y%m%d}/{part}"


def _shares(count: int, weights: list[int]) -> list[int]:
    """The count parted by weight; what does not come out even goes to the heaviest, the first of them."""
    shares = [count * weight // sum(weights) for weight in weights]
    if shares:
        shares[weights.index(max(weights))] += count - sum(shares)
    return shares


_LAYOUTS: dict[str, Callable[[int, date], list[str]]] = {
    "cloud-recording": _cloud_recording,
    "screenshot-upload": _screenshot_upload,
    "live-streaming": _live_streaming,
    "auto": _auto,
}
