"""Asks again where that can help: after throttling, time-outs, cut answers and 5xx."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from indexer.errors import TransientVendorError
from indexer.listing.wrapper import Wrapper
from indexer.vendors.objects import Cut, ObjectFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.vendors.base import Lister, Page, Position

Answered = TypeVar("Answered")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before each further try: full jitter below a doubling ceiling, in seconds."""

    tries: int = 8
    first_seconds: float = 0.5
    most_seconds: float = 30.0

    def wait(self, failures: int, fraction: float) -> float:
        """Seconds to wait after so many failures; ``fraction`` is a random number from 0 to 1."""
        return fraction * min(self.most_seconds, self.first_seconds * 2.0 ** (failures - 1))


class RetryingLister(Wrapper):
    """A lister that asks again after a TransientVendorError, and raises the last one when its tries are used up.

    ``noticed`` is told of every one that is waited for.
    """

    def __init__(
        self,
        lister: Lister,
        backoff: Backoff = Backoff(),
        *,
        sleep: Callable[[float], None] = time.sleep,
        fraction: Callable[[], float] = random.random,
        noticed: Callable[[TransientVendorError], None] = lambda _: None,
    ) -> None:
        super().__init__(lister)
        self._backoff = backoff
        self._sleep = sleep
        self._fraction = fraction
        self._noticed = noticed

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Ask the lister below, again where that can help."""
        return self._answer(lambda: self._lister.page(after, max_keys, delimiter))

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Open a file that is gone on with where it was cut, with as many tries for each of its next bytes."""
        file = self._answer(lambda: self._lister.open(key, cut))
        content = _Resumed(file, lambda at: self._lister.open(key, at), self._answer)
        return ObjectFile(content, size=file.size, etag=file.etag, at=file.at)

    def _answer(self, ask: Callable[[], Answered]) -> Answered:
        for failures in range(1, self._backoff.tries):
            try:
                return ask()
            except TransientVendorError as error:
                self._noticed(error)
                seconds = self._backoff.wait(failures, self._fraction())
                _log.warning("try %d of %d, again in %.1f s: %s", failures, self._backoff.tries, seconds, error)
                self._sleep(seconds)
        return ask()


class _Resumed:
    """The bytes of a file that is opened again after the byte where reading it failed."""

    def __init__(
        self,
        file: ObjectFile,
        reopened: Callable[[Cut], ObjectFile],
        answer: Callable[[Callable[[], bytes]], bytes],
    ) -> None:
        self._file = file
        self._reopened = reopened
        self._answer = answer

    def read(self, most: int, /) -> bytes:
        return self._answer(lambda: self._next(most))

    def close(self) -> None:
        self._file.close()

    def _next(self, most: int) -> bytes:
        if self._file.closed:
            self._file = self._reopened(Cut(self._file.at, self._file.etag, self._file.size))
        try:
            return self._file.read(most)
        except TransientVendorError:
            self._file.close()
            raise
