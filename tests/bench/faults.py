"""When a request is answered wrongly, and how: drawn by chance from a seed, or because requests come too fast."""

from __future__ import annotations

import random
from typing import Literal, get_args

Fault = Literal["slowdown", "reset", "truncate", "internal"]
FAULTS: tuple[Fault, ...] = get_args(Fault)


class Misbehaviour:
    """Draws whether a request meets a fault, and which."""

    def __init__(self, rate: float, faults: tuple[Fault, ...], seed: int) -> None:
        self._rate = rate
        self._faults = faults
        self._chance = random.Random(seed)

    def draw(self) -> Fault | None:
        """The fault of the next request."""
        if not self._rate or self._chance.random() >= self._rate:
            return None
        return self._chance.choice(self._faults)


class Throttle:
    """Lets so many requests a second through; what was not used is saved up for at most one second."""

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._saved = rate
        self._at = now

    def admits(self, now: float) -> bool:
        """Whether a request at this time, in seconds, may be answered. Without a rate every one may."""
        if not self._rate:
            return True
        self._saved = min(self._saved + (now - self._at) * self._rate, max(self._rate, 1))
        self._at = now
        if self._saved < 1:
            return False
        self._saved -= 1
        return True
