"""A bucket that can change: a corpus, less what was deleted, and the objects that were added."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from .spelling import contents, spelled, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .corpus import Corpus

_TIME = re.compile(rb"_(20\d{12})")
_WRITTEN = datetime(2026, 2, 1, 12, tzinfo=UTC)


class _Cursor(NamedTuple):
    """A place between two keys: how many keys of the corpus, and how many added ones, stand before it."""

    corpus: int
    added: int


@dataclass(slots=True)
class Found:
    """What a page holds: objects as they stand in the answer, common prefixes, and the last of both."""

    objects: list[bytes | memoryview] = field(default_factory=list)
    prefixes: list[bytes] = field(default_factory=list)
    count: int = 0
    last: bytes = b""
    truncated: bool = False


class Bucket:
    """Lists like S3, from any place; without a delimiter no single key of the corpus is touched."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._gone: list[int] = []
        self._added: list[bytes] = []
        self._ranks: list[int] = []
        self._versions: dict[bytes, int] = {}

    def __len__(self) -> int:
        return len(self._corpus) - len(self._gone) + len(self._added)

    def add(self, keys: Iterable[bytes]) -> None:
        """Put these objects; one that is there is overwritten, and has another etag from then on."""
        added = set(keys)
        self._bury(added)
        for key in added:
            self._versions[key] = self._versions.get(key, 0) + 1
        self._hold(added.union(self._added))

    def delete(self, keys: Iterable[bytes]) -> None:
        """Delete these objects, where they are there."""
        deleted = set(keys)
        self._bury(deleted)
        self._hold(set(self._added) - deleted)

    def page(self, prefix: bytes, after: bytes, limit: int, *, url: bool) -> Found:
        """The first ``limit`` objects that begin with ``prefix`` and come after ``after``."""
        found = Found()
        for span in self._spans(self._first(prefix, after), self._past(prefix)):
            left = limit - found.count
            fits = span[:left] if isinstance(span, range) else span
            if left:
                self._take(found, fits, url=url)
            if not left or fits != span:
                found.truncated = True
                break
        return found

    def rolled_up(self, prefix: bytes, after: bytes, limit: int, delimiter: bytes, *, url: bool) -> Found:
        """The same, where keys that hold ``delimiter`` after the prefix are told by what they have in common.

        A common prefix counts among ``limit``. Where ``after`` is a common prefix itself, its keys are passed; where it
        lies within one, that prefix is told again as long as keys of it follow.
        """
        found = Found()
        passed = after if _rolled(after, prefix, delimiter) == after else None
        cursor = self._past(after) if passed else self._first(prefix, after)
        stop = self._past(prefix)
        while (span := next(self._spans(cursor, stop), None)) is not None:
            if found.count == limit:
                found.truncated = True
                break
            common = self._common(span, prefix, delimiter)
            if common is None:
                self._take(found, span[:1] if isinstance(span, range) else span, url=url)
                cursor = self._cursor(found.last + b"\0")
            else:
                found.prefixes.append(common)
                found.count, found.last = found.count + 1, common
                cursor = self._past(common)
        return found

    def _bury(self, keys: Iterable[bytes]) -> None:
        for key in keys:
            ordinal = self._corpus.find(key)
            if ordinal is not None and not self._is_gone(ordinal):
                insort(self._gone, ordinal)

    def _is_gone(self, ordinal: int) -> bool:
        place = bisect_left(self._gone, ordinal)
        return self._gone[place : place + 1] == [ordinal]

    def _hold(self, keys: Iterable[bytes]) -> None:
        self._added = sorted(keys)
        self._ranks = [self._corpus.below(key) for key in self._added]

    def _cursor(self, key: bytes) -> _Cursor:
        return _Cursor(self._corpus.below(key), bisect_left(self._added, key))

    def _first(self, prefix: bytes, after: bytes) -> _Cursor:
        return self._cursor(max(prefix, after + b"\0" if after else b""))

    def _past(self, prefix: bytes) -> _Cursor:
        """Behind every key that begins with this."""
        if not prefix:
            return _Cursor(len(self._corpus), len(self._added))
        return self._cursor(prefix[:-1] + bytes([prefix[-1] + 1]))

    def _spans(self, cursor: _Cursor, stop: _Cursor) -> Iterator[range | int]:
        """What stands between two places, in order: ordinals of the corpus, and numbers of added keys."""
        ordinal, added = cursor
        while ordinal < stop.corpus or added < stop.added:
            edge = self._ranks[added] if added < stop.added else stop.corpus
            place = bisect_left(self._gone, ordinal)
            kept = min([edge, *self._gone[place : place + 1]])
            if ordinal < kept:
                yield range(ordinal, kept)
                ordinal = kept
            elif ordinal < edge:
                ordinal += 1
            else:
                yield added
                added += 1

    def _take(self, found: Found, span: range | int, *, url: bool) -> None:
        """Put a span on the page."""
        if isinstance(span, range):
            found.objects.extend(self._corpus.rendered(span, url=url))
            found.count += len(span)
            found.last = self._corpus.key(span[-1])
        else:
            found.last = self._added[span]
            found.objects.append(self._object(found.last, url=url))
            found.count += 1

    def _object(self, key: bytes, *, url: bool) -> bytes:
        """An added object: written two seconds after the time in its key, with an etag of its version."""
        etag = hashlib.md5(b"%d:%b" % (self._versions[key], key)).hexdigest()
        time = _TIME.search(key)
        try:
            modified = datetime.strptime(f"{time[1].decode()}+0000", "%Y%m%d%H%M%S%z") if time else _WRITTEN
        except ValueError:
            modified = _WRITTEN
        size = b"%d" % (20_000 + int(etag[:5], 16) % 180_000)
        return contents(spelled(key, url=url), timestamp(modified + timedelta(seconds=2)), etag.encode(), size)

    def _common(self, span: range | int, prefix: bytes, delimiter: bytes) -> bytes | None:
        if isinstance(span, int):
            return _rolled(self._added[span], prefix, delimiter)
        # What a run's keys begin with is known without rendering them, and most often holds the delimiter.
        return _rolled(self._corpus.head(span[0]), prefix, delimiter) or _rolled(
            self._corpus.key(span[0]), prefix, delimiter
        )


def _rolled(key: bytes, prefix: bytes, delimiter: bytes) -> bytes | None:
    """The common prefix that a key is told by, if it is not told itself."""
    found = key.find(delimiter, len(prefix)) if key.startswith(prefix) else -1
    return None if found < 0 else key[: found + len(delimiter)]
