"""The shards of one listing: who lists which range of keys, how far each has come, and who takes over the rest.

Plain state without threads or I/O; ``crawl`` guards it with a lock.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyarrow.compute as pc

from indexer.listing.ranges import KeyRange, middle
from indexer.vendors.base import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pyarrow as pa

    from indexer.vendors.base import Page

# A shard that has listed so many pages since it was cut last goes on for a while, most likely.
_PAGES_BEFORE_A_GUESS = 3


class Listed(NamedTuple):
    """One page as a shard took it: its objects (rows of ``OBJECT_SCHEMA``) and the range that they are all of.

    Objects that came without a shard, beside common prefixes, prove nothing of a range.
    """

    shard: int | None
    objects: pa.RecordBatch
    covers: KeyRange | None

    def split(self, count: int) -> tuple[Listed, Listed]:
        """The first so many objects, at least one, and the rest, with what each is all of."""
        first, rest = self.objects.slice(0, count), self.objects.slice(count)
        if self.covers is None:
            return Listed(self.shard, first, None), Listed(self.shard, rest, None)
        cut = first.column(0)[-1].as_py()
        covers = KeyRange(self.covers.after, cut), KeyRange(cut, self.covers.until)
        return Listed(self.shard, first, covers[0]), Listed(self.shard, rest, covers[1])


@dataclass(slots=True)
class Shard:
    """One range of keys, listed page by page: after ``after``, up to and with ``until``."""

    number: int
    after: str | None
    until: str | None
    position: Position | None = None
    last_key: str | None = None
    pages: int = 0
    pages_since_split: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def start(self) -> Position | None:
        """Where the next page begins."""
        if self.position is not None or self.after is None:
            return self.position
        return Position(self.after)

    def take(self, page: Page, now: datetime) -> Listed:
        """Take the next page in, without what is beyond the range, and say what of the range it proves."""
        begin = self.last_key if self.last_key is not None else self.after
        objects, beyond = _up_to(page.objects, self.until)
        if objects.num_rows:
            self.last_key = objects.column(0)[-1].as_py()
        self.pages += 1
        self.pages_since_split += 1
        self.position = page.next
        if beyond or page.next is None or (self.until is not None and page.next.key >= self.until):
            self.finished_at = now
            return Listed(self.number, objects, KeyRange(begin, self.until))
        covers = KeyRange(begin, self.last_key) if objects.num_rows else None
        return Listed(self.number, objects, covers)


def _up_to(objects: pa.RecordBatch, until: str | None) -> tuple[pa.RecordBatch, bool]:
    """The objects up to and with a key, and whether there were any beyond it."""
    if until is None or not objects.num_rows or objects.column(0)[-1].as_py() <= until:
        return objects, False
    inside: int = pc.sum(pc.less_equal(objects.column(0), until)).as_py()
    return objects.slice(0, inside), True


class Shards:
    """All shards of one listing.

    ``hints`` are keys where cutting is known or likely to halve the work; where none is left, a cut is guessed.
    """

    def __init__(self, ranges: Iterable[KeyRange], *, splittable: bool, hints: Sequence[str] = ()) -> None:
        self.all = [Shard(number, each.after, each.until) for number, each in enumerate(ranges)]
        self.listing: list[Shard] = []
        self._ready = deque(self.all)
        self.stopped = False
        self._splittable = splittable
        self._hints = sorted(hints)

    def restore(self, shards: list[Shard], *, by_key: bool) -> None:
        """Go on with the shards of a listing that was broken off: by their keys, or else by the vendor's tokens."""
        self.all = shards
        self._ready = deque(shard for shard in shards if shard.finished_at is None)
        for shard in self._ready:
            if by_key and shard.position is not None:
                shard.position = Position(shard.position.key)

    @property
    def can_give(self) -> bool:
        """Whether a worker that asks now gets a shard, most likely."""
        return bool(self._ready) or self._slowest() is not None

    @property
    def done(self) -> bool:
        """Whether nothing is left to do and nobody is at it."""
        return not self._ready and not self.listing

    def take(self, now: datetime) -> Shard | None:
        """Give a worker a shard that waits."""
        if not self._ready:
            return None
        shard = self._ready.popleft()
        shard.started_at = shard.started_at or now
        self.listing.append(shard)
        return shard

    def put_back(self, shard: Shard) -> None:
        """Leave an unfinished shard to another worker."""
        self.listing.remove(shard)
        self._ready.appendleft(shard)

    def end(self, shard: Shard) -> None:
        """A shard is finished, or given up."""
        self.listing.remove(shard)

    def stop(self) -> None:
        """Give no shard any more."""
        self.stopped = True
        self._ready.clear()

    def split(self, prefix: str) -> tuple[Shard, Shard] | None:
        """Cut the rest of a slow shard in two: the shard that keeps the first half, and a new one, which waits."""
        slow = self._slowest()
        if slow is None:
            return None
        slow.pages_since_split = 0
        hints = self._hints_inside(slow)
        cut = hints[len(hints) // 2] if hints else middle(slow.last_key, slow.until, prefix)
        if cut is None:
            return None
        new = Shard(len(self.all), cut, slow.until)
        slow.until = cut
        self.all.append(new)
        self._ready.append(new)
        return slow, new

    def _slowest(self) -> Shard | None:
        """The shard that has most likely most left: with most hints ahead, or most pages since it was cut last."""
        if self.stopped or not self._splittable:
            return None
        likely = [shard for shard in self.listing if self._goes_on(shard)]
        return max(likely, key=lambda shard: (len(self._hints_inside(shard)), shard.pages_since_split), default=None)

    def _goes_on(self, shard: Shard) -> bool:
        enough = 1 if self._hints_inside(shard) else _PAGES_BEFORE_A_GUESS
        # One that is finished stays in the list until its worker has handed on what it listed.
        return shard.finished_at is None and shard.last_key is not None and shard.pages_since_split >= enough

    def _hints_inside(self, shard: Shard) -> Sequence[str]:
        """The hints after a shard's last key and before its bound."""
        begin = bisect_right(self._hints, shard.last_key or shard.after or "")
        end = len(self._hints) if shard.until is None else bisect_left(self._hints, shard.until)
        return self._hints[begin:end]
