"""How many requests to have in flight at one vendor's host, and how often one may go.

Pure: neither of the two reads a clock, sleeps or sends. Their caller tells them what happened and when.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# More requests in flight are kept where they answer a fifth more pages a second. A level given up for less had
# five sixths of the rate that was to be had.
_WORTH = 1.2
# A climb by single steps is judged when it has added half, where a linear gain stands out from noise.
_STRIDE = 1.5
# Two windows a judgement: the first one after a change still holds answers of the level before.
_JUDGED = 2
_QUIET = 30
# Longer than a slow listing takes to answer once.
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Window:
    """What happened in one window of time, all through which there were requests to send.

    ``completed`` counts pages answered well, ``throttled`` answers that asked for less, ``failed`` other failures that
    a further try may cure.
    """

    seconds: float
    completed: int
    throttled: int
    failed: int = 0

    def __add__(self, other: Window) -> Window:
        return Window(
            self.seconds + other.seconds,
            self.completed + other.completed,
            self.throttled + other.throttled,
            self.failed + other.failed,
        )

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.completed / self.seconds if self.seconds > 0 else 0.0


_NOTHING = Window(0.0, 0, 0)


class Pace:
    """The number of requests in flight that is worth it, found by trying; always from 1 to ``most``.

    It doubles while that answers enough more pages, else goes back to the level before, and tries again after many
    quiet windows. It halves when throttled, and nears the level where that happened by steps of one. It halves too
    while nothing is answered at all.
    """

    def __init__(self, most: int = 64, first: int = 4) -> None:
        self._most = max(1, most)
        self.concurrency = min(max(1, first), self._most)
        self._seen = _NOTHING
        self._windows = 0
        self._silence = _NOTHING
        self._below: tuple[int, float] | None = None
        self._holding = False
        self._throttled_at: int | None = None
        self._cooling = False

    def saw(self, window: Window) -> int:
        """Take in what happened since the last call, and return how many requests may be in flight from now on."""
        if self._cooling:
            self._cooling = False  # The rest of the burst that was answered by halving already.
            return self.concurrency
        self._seen += window
        self._windows += 1
        self._silence = _NOTHING if window.completed else self._silence + window
        if window.throttled:
            self._throttled_at = self.concurrency
            self._cooling = True
            self._halve()
        elif self._outage:
            self._halve()
        elif self._holding:
            if self._windows >= _QUIET and self._judgeable:
                self._probe()
        elif self._windows >= _JUDGED and self._judgeable:
            self._judge()
        return self.concurrency

    @property
    def _outage(self) -> bool:
        """Whether nothing at all was answered for so long, or so often, that more of the same does not help."""
        return self._silence.seconds >= _PATIENCE_SECONDS or self._silence.failed >= self.concurrency

    @property
    def _judgeable(self) -> bool:
        return self._seen.completed >= self.concurrency and self._seen.seconds > 0

    def _halve(self) -> None:
        self._below = None
        self._silence = _NOTHING
        self._go(self.concurrency // 2)

    def _judge(self) -> None:
        """Climb on from a level that is worth it, or go back to the level before and hold that."""
        level, rate = self._below or (0, 0.0)
        if level and self.concurrency < level * _STRIDE and self._next() > self.concurrency:
            self._go(self._next())
        elif rate and self.concurrency >= level * _STRIDE and self._seen.rate < rate * _WORTH:
            self._go(level, holding=True)
        else:
            self._climb()

    def _probe(self) -> None:
        """Try more after a quiet time: conditions change, also at the level that was throttled."""
        if self._throttled_at is not None:
            self._throttled_at += 1 + self._throttled_at // 8
        self._climb()

    def _climb(self) -> None:
        self._below = (self.concurrency, self._seen.rate)
        level = self._next()
        self._go(level, holding=level == self.concurrency)

    def _next(self) -> int:
        """The level to try after this one: this one where there is none."""
        level, ceiling = self.concurrency, self._throttled_at
        if ceiling is None or 2 * level < ceiling:
            return min(2 * level, self._most)
        return min(max(level, min(level + 1, ceiling - 1)), self._most)

    def _go(self, level: int, *, holding: bool = False) -> None:
        self.concurrency = max(1, level)
        self._holding = holding
        self._seen = _NOTHING
        self._windows = 0


class RateLimit:
    """At most so many requests a second, evenly spaced, with no credit for idle time."""

    def __init__(self, per_second: float) -> None:
        if not 0 < per_second < math.inf:
            raise ValueError(f"{per_second} requests a second: write a number above 0")
        self._apart = 1 / per_second
        self._free = -math.inf

    def delay(self, now: float) -> float:
        """Reserve the next free moment for a request and return the seconds until then; ``now`` is in seconds."""
        at = max(now, self._free)
        self._free = at + self._apart
        return at - now
