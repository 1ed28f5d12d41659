"""Lists several sources at once: workers take shards, each vendor host at its own pace.

A ``Crawl`` is the listing of one source; a ``Host`` has the workers of all sources at one vendor host. What they list
comes out of ``listed``, one event at a time, in the thread that asks for it.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from functools import partial
from queue import Empty, Full, Queue
from threading import Condition, Thread
from typing import TYPE_CHECKING

from indexer.errors import MalformedAnswer, Throttled, VendorError
from indexer.listing.checked import CheckedLister
from indexer.listing.pace import Pace, RateLimit, Window
from indexer.listing.retry import Backoff, RetryingLister
from indexer.listing.wrapper import Wrapper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from indexer.errors import TransientVendorError
    from indexer.listing.journal import Journal
    from indexer.listing.shards import Listed, Shard, Shards
    from indexer.vendors.base import Lister, Page, Position
    from indexer.vendors.objects import Cut, ObjectFile

_WINDOW_SECONDS = 0.05
_FIRST_REQUESTS = 2
_PAGES_WAITING = 128
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a vendor host is asked: requests at once, and requests a second."""

    concurrency: int = 64
    requests_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, which a test replaces. ``now`` is naive UTC, ``monotonic`` is in seconds."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    fraction: Callable[[], float] = random.random
    backoff: Backoff = Backoff()  # noqa: RUF009 - it is frozen

    def retrying(self, lister: Lister, noticed: Callable[[TransientVendorError], None] = lambda _: None) -> Lister:
        """A lister that is asked again where that can help, and whose answers are checked."""
        again = RetryingLister(lister, self.backoff, sleep=self.sleep, fraction=self.fraction, noticed=noticed)
        return CheckedLister(again)


class Crawl:
    """The listing of one source: its lister, its shards and its journal.

    ``error`` is why it did not come to its end.
    """

    def __init__(
        self, name: str, lister: Lister, shards: Shards, journal: Journal | None = None, requests: int = 0
    ) -> None:
        self.name = name
        self.lister = lister
        self.shards = shards
        self.journal = journal
        self.error: BaseException | None = None
        self.requests = requests


@dataclass(frozen=True, slots=True)
class Event:
    """A crawl brought a page, or ended."""

    crawl: Crawl
    listed: Listed | None


class Host:
    """The workers of all crawls at one vendor host."""

    def __init__(self, limits: Limits, clock: Clock, events: Queue[Event]) -> None:
        self._clock = clock
        self._events = events
        self._pace = Pace(most=limits.concurrency, first=_FIRST_REQUESTS)
        self._limit = RateLimit(limits.requests_per_second) if limits.requests_per_second else None
        self._crawls: list[Crawl] = []
        self._changed = Condition()
        self._workers: list[Thread] = []
        self._busy = self._idle = 0
        self._starved = False
        self._stopped = False
        self._completed = self._throttled = self._failed = 0
        self._window_began = clock.monotonic()

    def add(self, crawl: Crawl) -> None:
        """Have a crawl listed. Its lister is checked, asked again where that can help, and held to the pace."""
        crawl.lister = self._clock.retrying(_Paced(crawl.lister, partial(self._take_turn, crawl)), self._notice)
        self._crawls.append(crawl)

    def hire(self) -> None:
        """Have as many workers as the pace allows requests."""
        with self._changed:
            missing = 0 if self._stopped else self._pace.concurrency - len(self._workers)
            hired = [Thread(target=self._work, daemon=True) for _ in range(missing)]
            for worker in hired:
                worker.start()
            self._workers += hired
            self._changed.notify_all()

    def stop(self) -> None:
        """Give no work any more; what is asked is still answered."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def join(self) -> None:
        """Wait for the workers to end, but not for a vendor that does not answer."""
        for worker in self._workers:
            worker.join(_POLL_SECONDS)

    def _work(self) -> None:
        while (task := self._take()) is not None:
            crawl, shard = task
            try:
                self._list(crawl, shard)
            except MalformedAnswer as error:
                self._give_up(crawl, shard, error, stop=False)
            except BaseException as error:  # noqa: BLE001 - it is raised where the events are read
                self._give_up(crawl, shard, error, stop=True)

    def _take(self) -> tuple[Crawl, Shard] | None:
        """Wait for a shard to list; ``None`` when there is nothing left to do."""
        with self._changed:
            while self._crawls and not self._stopped:
                task = self._next() if self._busy < self._pace.concurrency else None
                if task:
                    self._busy += 1
                    return task
                self._starved = self._busy < self._pace.concurrency
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            return None

    def _next(self) -> tuple[Crawl, Shard] | None:
        """A shard that waits, of the sources in turn, or else the half of a slow one."""
        for crawl in self._crawls:
            shard = crawl.shards.take(self._clock.now()) or self._split(crawl)
            if shard:
                self._crawls.remove(crawl)
                self._crawls.append(crawl)
                return crawl, shard
        return None

    def _split(self, crawl: Crawl) -> Shard | None:
        parts = crawl.shards.split(crawl.lister.storage.prefix)
        if parts is None:
            return None
        try:
            if crawl.journal:
                crawl.journal.split(*parts)
        except OSError as error:
            crawl.error = crawl.error or error
            crawl.shards.stop()
        return crawl.shards.take(self._clock.now())

    def _list(self, crawl: Crawl, shard: Shard) -> None:
        """List a shard, page by page, until it ends or another worker shall go on with it."""
        max_keys = crawl.lister.capabilities.max_keys
        while True:
            page = crawl.lister.page(shard.start, max_keys)
            with self._changed:
                now = self._clock.now()
                listed = shard.take(page, now)
            if crawl.journal:
                crawl.journal.page(shard, listed, now)
            self._put(Event(crawl, listed))
            if self._leave(crawl, shard):
                return

    def _leave(self, crawl: Crawl, shard: Shard) -> bool:
        """Whether the worker is done with the shard, because it ended or because fewer requests are wanted."""
        with self._changed:
            self._completed += 1
            hire = self._look_at_window()
            finished = shard.finished_at is not None
            if finished or crawl.shards.stopped:
                crawl.shards.end(shard)
            elif self._stopped or self._busy > self._pace.concurrency:
                crawl.shards.put_back(shard)
            elif self._idle and self._busy < self._pace.concurrency and crawl.shards.can_give:
                self._changed.notify()
            left = shard not in crawl.shards.listing
            if left:
                self._busy -= 1
                self._changed.notify()
            ended = left and crawl.shards.done
        if hire:
            self.hire()
        if ended:
            self._end(crawl)
        return left

    def _give_up(self, crawl: Crawl, shard: Shard, error: BaseException, *, stop: bool) -> None:
        with self._changed:
            crawl.error = crawl.error or error
            crawl.shards.end(shard)
            if stop:
                crawl.shards.stop()
            self._busy -= 1
            self._changed.notify()
            ended = crawl.shards.done
        if ended:
            self._end(crawl)

    def _end(self, crawl: Crawl) -> None:
        with self._changed:
            self._crawls.remove(crawl)
            self._changed.notify_all()
        self._put(Event(crawl, None))

    def _put(self, event: Event) -> None:
        """Hand on what was listed, when there is room for it."""
        while not self._stopped:
            try:
                self._events.put(event, timeout=_POLL_SECONDS)
            except Full:
                continue
            return

    def _look_at_window(self) -> bool:
        """Have the pace judge the window when it is over; whether more workers are wanted."""
        seconds = self._clock.monotonic() - self._window_began
        if seconds < _WINDOW_SECONDS:
            return False
        window = Window(seconds, self._completed, self._throttled, self._failed)
        # Where there was too little to do, the rate says nothing of what the vendor would bear.
        tells = not self._starved or self._throttled or not self._completed
        self._completed = self._throttled = self._failed = 0
        self._starved = False
        self._window_began += seconds
        return bool(tells) and self._pace.saw(window) > len(self._workers)

    def _notice(self, error: TransientVendorError) -> None:
        with self._changed:
            if isinstance(error, Throttled):
                self._throttled += 1
            else:
                self._failed += 1
            self._look_at_window()

    def _take_turn(self, crawl: Crawl) -> None:
        """Count a request, and wait until it may go."""
        with self._changed:
            crawl.requests += 1
            seconds = self._limit.delay(self._clock.monotonic()) if self._limit else 0
        if seconds > 0:
            self._clock.sleep(seconds)


class _Paced(Wrapper):
    """A lister whose every request waits for its turn."""

    def __init__(self, lister: Lister, take_turn: Callable[[], None]) -> None:
        super().__init__(lister)
        self._take_turn = take_turn

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Wait, and ask the lister below."""
        self._take_turn()
        return self._lister.page(after, max_keys, delimiter)

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Wait, and open what the lister below opens."""
        self._take_turn()
        return self._lister.open(key, cut)


def alone(lister: Lister, limits: Limits, clock: Clock) -> Lister:
    """A lister for one request after the other, before a crawl: checked, asked again, and held to the limits."""
    limit = RateLimit(limits.requests_per_second) if limits.requests_per_second else None
    return clock.retrying(_Paced(lister, lambda: clock.sleep(limit.delay(clock.monotonic())) if limit else None))


def listed(crawls: Sequence[Crawl], limits: Limits, clock: Clock) -> Iterator[Event]:
    """Yield what the crawls list, and of each that it ended.

    An exception that is no VendorError is raised here.
    """
    yield from (Event(crawl, None) for crawl in crawls if crawl.shards.done)
    running = [crawl for crawl in crawls if not crawl.shards.done]
    events: Queue[Event] = Queue(_PAGES_WAITING)
    hosts: dict[tuple[str, str], Host] = {}
    for crawl in running:
        storage = crawl.lister.storage
        place = (storage.vendor, storage.endpoint)
        hosts.setdefault(place, Host(limits, clock, events)).add(crawl)
    try:
        for host in hosts.values():
            host.hire()
        yield from _until_ended(events, len(running))
    finally:
        for host in hosts.values():
            host.stop()
        for host in hosts.values():
            host.join()


def _until_ended(events: Queue[Event], crawls: int) -> Iterator[Event]:
    while crawls:
        try:
            event = events.get(timeout=_POLL_SECONDS)
        except Empty:
            continue
        if event.listed is None:
            crawls -= 1
            if event.crawl.error and not isinstance(event.crawl.error, VendorError):
                raise event.crawl.error
        yield event
