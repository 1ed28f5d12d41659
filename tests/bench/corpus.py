"""A made-up bucket of millions of screenshots that takes no memory for a key.

What is held is one ``Run`` for the shots of one session on one day. The keys of a run differ only by digits, and each
digit stands at the same place of each key: a block of objects is one template, repeated, into which whole columns of
digits are assigned. So a thousand objects are rendered by some sixty assignments, and the same seed makes the same
bytes.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from .spelling import contents, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

LayoutName = Literal["cloud-recording", "screenshot-upload"]
LAYOUTS: tuple[str, ...] = get_args(LayoutName)

_BLOCK = 1000
_DAY = 86_400
_NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = 28
_TAIL = b"HHMMSSfff.jpg"
_DIGITS = bytes(48 + byte % 10 for byte in range(256))
_LEADING = bytes(50 + byte % 8 for byte in range(256))  # from 2 to 9: sizes of five digits begin at 20,000


class Run(NamedTuple):
    """The shots of one session on one day: ``head`` is what stands before the time of day in their keys."""

    head: bytes
    day: bytes
    first: int
    shots: int
    small: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What a corpus is made of. ``interval`` is in seconds and divides a day; ``first_day`` counts from 2026-01-01."""

    keys: int
    layout: LayoutName = "cloud-recording"
    per_session: int = 8640
    interval: int = 10
    prefix: str = ""
    seed: int = 1
    first_day: int = 0


class Corpus:
    """The keys of a shape in ascending order of their bytes, each with its ordinal from 0.

    ``cached`` is how many thousands of rendered objects, about 300 kB each, stay in memory.
    """

    def __init__(self, shape: Shape, cached: int = 2048) -> None:
        self._shape = shape
        self._runs = sorted(_runs(shape))
        self._heads = [run.head for run in self._runs]
        self._ends = list(accumulate(run.shots for run in self._runs))
        self._prefixes = [spelled(shape.prefix.encode(), url=url) for url in (False, True)]
        blocks = cached * _BLOCK // min(shape.per_session, _BLOCK)
        self._block = lru_cache(maxsize=blocks)(self._rendered)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def below(self, key: bytes) -> int:
        """How many keys are smaller than this one: the ordinal of the first that is not."""
        number = bisect_right(self._heads, key) - 1
        if number < 0:
            return 0
        run = self._runs[number]
        if not key.startswith(run.head):
            return self._ends[number]
        tail = key[len(run.head) :]
        return self._begin(number) + bisect_left(range(run.shots), tail, key=lambda shot: self._tail(number, shot))

    def key(self, ordinal: int) -> bytes:
        """The key at an ordinal."""
        number, shot = self._shot(ordinal)
        return self._runs[number].head + self._tail(number, shot)

    def head(self, ordinal: int) -> bytes:
        """What the key at an ordinal begins with, known without rendering it."""
        return self._runs[self._shot(ordinal)[0]].head

    def find(self, key: bytes) -> int | None:
        """The ordinal of a key, where the corpus holds it."""
        ordinal = self.below(key)
        held = ordinal < len(self) and key.startswith(self.head(ordinal)) and key == self.key(ordinal)
        return ordinal if held else None

    def rendered(self, ordinals: range, *, url: bool) -> Iterator[memoryview]:
        """The objects of some neighbouring ordinals, as they stand in an answer."""
        first, last = ordinals.start, ordinals.stop
        while first < last:
            number, shot = self._shot(first)
            block, offset = divmod(shot, _BLOCK)
            text, stride = self._of(number, block, url=url)
            taken = min(last - first, len(text) // stride - offset)
            yield memoryview(text)[offset * stride : (offset + taken) * stride]
            first += taken

    def _begin(self, number: int) -> int:
        return self._ends[number] - self._runs[number].shots

    def _shot(self, ordinal: int) -> tuple[int, int]:
        number = bisect_right(self._ends, ordinal)
        return number, ordinal - self._begin(number)

    def _tail(self, number: int, shot: int) -> bytes:
        block, row = divmod(shot, _BLOCK)
        text, stride = self._of(number, block, url=False)
        begin = row * stride + len(b"<Contents><Key>") + len(self._head(number, url=False))
        return text[begin : begin + len(_TAIL)]

    def _of(self, number: int, block: int, *, url: bool) -> tuple[bytes, int]:
        return self._block(number, block, url=url and self._prefixes[0] != self._prefixes[1])

    def _head(self, number: int, *, url: bool) -> bytes:
        """A run's head as answers spell it: only the prefix can hold what is written otherwise."""
        return self._prefixes[url] + self._heads[number].removeprefix(self._shape.prefix.encode())

    def _rendered(self, number: int, block: int, *, url: bool) -> tuple[bytes, int]:
        """One block of a run, and how many bytes an object of it takes."""
        run, head = self._runs[number], self._head(number, url=url)
        count = min(run.shots - block * _BLOCK, _BLOCK)
        template, columns = _template(head, run)
        stride = len(template)
        text = bytearray(template * count)
        first = run.first + block * _BLOCK * self._shape.interval
        seconds = slice(first, first + count * self._shape.interval, self._shape.interval)
        chance = random.Random((self._shape.seed << 64) + (number << 32) + block)
        for place, column in columns.filled(seconds, count, chance):
            text[place::stride] = column
        return bytes(text), stride


class _Columns(NamedTuple):
    """Where the digits stand in an object's template."""

    captured: int
    modified: int
    etag: int
    size: int
    small: bool

    def filled(self, seconds: slice, count: int, chance: random.Random) -> Iterator[tuple[int, bytes]]:
        """Each place with the column of digits that goes there."""
        etags = chance.randbytes(16 * count).hex().encode()
        digits = chance.randbytes(11 * count).translate(_DIGITS)
        for place in range(32):
            yield self.etag + place, etags[place * count : (place + 1) * count]
        for place in range(6):
            yield self.captured + place, _clock(0)[place][seconds]
            # The milliseconds are drawn on their own: an object is written one to four seconds after its shot.
            yield self.modified + place + place // 2, _clock(3)[place][seconds]
        for number, place in enumerate(self._random_places()):
            yield place, digits[number * count : (number + 1) * count]
        if self.small:
            yield self.size, chance.randbytes(count).translate(_LEADING)

    def _random_places(self) -> list[int]:
        milliseconds = [*range(self.captured + 6, self.captured + 9), *range(self.modified + 9, self.modified + 12)]
        return [*milliseconds, *range(self.size + 1, self.size + (5 if self.small else 6))]


def _template(head: bytes, run: Run) -> tuple[bytes, _Columns]:
    """One object of a run without its digits. A size is 20,000 to 99,999, or 100,000 to 199,999."""
    modified = b"%b-%b-%bTHH:MM:SS.fffZ" % (run.day[:4], run.day[4:6], run.day[6:])
    size = b"#####" if run.small else b"1#####"
    template = contents(head + _TAIL, modified, b"e" * 32, size)
    columns = _Columns(
        captured=len(b"<Contents><Key>") + len(head),
        modified=template.index(b"HH:MM"),
        etag=template.index(b"&quot;") + len(b"&quot;"),
        size=template.index(b"<Size>") + len(b"<Size>"),
        small=run.small,
    )
    return template, columns


@cache
def _clock(delay: int) -> tuple[bytes, ...]:
    """Six columns of digits: hour, minute and second of each second of a day.

    With ``delay``, the time from two seconds after it up to ``delay`` seconds after it.
    """
    chance = random.Random(delay)
    texts = []
    for second in range(_DAY):
        later = min(second + (chance.randint(2, delay) if delay else 0), _DAY - 1)
        texts.append(b"%02d%02d%02d" % (later // 3600, later // 60 % 60, later % 60))
    return tuple(bytes(column) for column in zip(*texts, strict=True))


def _runs(shape: Shape) -> Iterator[Run]:
    chance = random.Random(shape.seed)
    for begun in range(0, shape.keys, shape.per_session):
        sid = f"{chance.getrandbits(128):032x}"
        session = f"{sid}_room_{chance.randrange(977)}__uid_s_{chance.getrandbits(32)}__uid_e_"
        count = min(shape.per_session, shape.keys - begun)
        # A shot in the last seconds of a day would be written on the next one.
        first = chance.randrange(_DAY // shape.interval) * shape.interval + chance.randrange(max(shape.interval - 4, 1))
        day = _NEW_YEAR + timedelta(days=shape.first_day + chance.randrange(_DAYS))
        yield from _days(shape, session, day, first, count, small=chance.random() < 0.5)


def _days(  # noqa: PLR0913 - a session's facts
    shape: Shape, session: str, day: datetime, first: int, count: int, *, small: bool
) -> Iterator[Run]:
    """Cut a session at midnight."""
    while count:
        today = min(count, -(-(_DAY - first) // shape.interval))
        date = day.strftime("%Y%m%d")
        yield Run(_head(shape, session, date), date.encode(), first, today, small)
        first, count, day = first % shape.interval, count - today, day + timedelta(days=1)


def _head(shape: Shape, session: str, date: str) -> bytes:
    if shape.layout == "cloud-recording":
        return f"{shape.prefix}{session}video_{date}".encode()
    return f"{shape.prefix}{date}/{session[:32].upper()}{session[32:]}{date}".encode()
