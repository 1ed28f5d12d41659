"""Buckets in memory, and workers that list them in an order of chance."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from hypothesis import strategies as st
from store.listings import listing, page_of

from indexer.errors import RequestRefused
from indexer.listing.ranges import WHOLE, KeyRange, tile
from indexer.vendors.base import Capabilities, Page, Position, Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from random import Random

    from store.listings import Found

    from indexer.listing.journal import Journal
    from indexer.listing.shards import Listed, Shard, Shards
    from indexer.vendors.objects import Cut, ObjectFile

NOW = datetime.fromisoformat("2026-11-20 08:00:00")
# Few characters, so that keys begin alike and one is the beginning of another; text of every length in UTF-8 besides.
_CHARS = st.sampled_from("\0 -/0129_afAF~é文\ud7ff\ue000\uffff\U0001f600") | st.characters(exclude_categories=["Cs"])
KEYS = st.sets(st.text(_CHARS, min_size=1, max_size=5), max_size=40)
CUTS = st.lists(st.text(_CHARS, min_size=1, max_size=4), max_size=5)


class MemoryLister:
    """Lists what a mapping holds at the moment.

    ``before`` is called with the position of each question; it may count, wait or raise. With ``tokens`` each answer
    has one to go on by.
    """

    def __init__(  # noqa: PLR0913 - what a vendor can do, each of it
        self,
        held: Mapping[str, Found],
        *,
        prefix: str = "",
        host: str = "https://memory.example",
        max_keys: int = 10,
        starts_anywhere: bool = True,
        delimiters: Literal["any", "slash", "none"] = "any",
        tokens: bool = False,
        before: Callable[[Position | None], None] = lambda _: None,
    ) -> None:
        self.held = held
        self.storage = Storage("s3", "eu-1", host, "shots-bucket", prefix, credentials=lambda: None)
        self.capabilities = Capabilities(max_keys, starts_anywhere, delimiters)
        self._tokens = tokens
        self._before = before

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Answer as a vendor does."""
        self._before(after)
        names = self._names(after.key if after else "", delimiter)
        shown = names[:max_keys]
        keys = [name for name in shown if not _rolled_up(name, self.storage.prefix, delimiter)]
        page = page_of({key: self.held[key] for key in keys})
        position = (
            Position(shown[-1], f"after {shown[-1]}" if self._tokens else None) if len(names) > max_keys else None
        )
        return replace(page, next=position, prefixes=tuple(name for name in shown if name not in keys))

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Memory holds names alone."""
        raise RequestRefused(f"{self.storage.endpoint} has no objects to open")

    def presigned(self, key: str, seconds: int) -> str:
        """Memory has no address for others."""
        raise RequestRefused(f"{self.storage.endpoint} has no URLs")

    def _names(self, after: str, delimiter: str | None) -> list[str]:
        """The keys after a key, those with the delimiter as what they begin with, once."""
        prefix = self.storage.prefix
        keys = sorted(key for key in self.held if key.startswith(prefix))
        names = [_name(key, prefix, delimiter) for key in keys[bisect_right(keys, after) :]]
        return [name for name in dict.fromkeys(names) if name > after]


def _name(key: str, prefix: str, delimiter: str | None) -> str:
    at = key.find(delimiter, len(prefix)) if delimiter else -1
    return key if at < 0 else key[: at + len(delimiter or "")]


def _rolled_up(name: str, prefix: str, delimiter: str | None) -> bool:
    return delimiter is not None and delimiter in name[len(prefix) :]


class Work:
    """Workers without threads, who ask, answer, split, leave and take over in an order of chance.

    A page may hold no keys and only move the token; a shard may be split while its page is on the way, or before the
    worker that finished it lets go.
    """

    def __init__(self, shards: Shards, keys: Iterable[str], chance: Random, journal: Journal | None = None) -> None:
        self.listed: list[Listed] = []
        self.splits = 0
        self._shards = shards
        self._lister = MemoryLister(listing(*keys))
        self._chance = chance
        self._journal = journal
        self._asked: list[tuple[Shard, Page]] = []
        self._tokens = 0

    def go_on(self, steps: int | None = None) -> Work:
        """Work so many steps, or until all is done."""
        while not self._shards.done and steps != 0:
            self._chance.choice((self._take, self._answer, self._answer, self._split))()
            steps = None if steps is None else steps - 1
        return self

    def _take(self) -> None:
        if shard := self._shards.take(NOW):
            self._ask(shard)

    def _ask(self, shard: Shard) -> None:
        if self._chance.random() < 0.2:
            self._tokens += 1
            key = shard.start.key if shard.start else ""
            self._asked.append((shard, replace(page_of({}), next=Position(key, f"token {self._tokens}"))))
        else:
            self._asked.append((shard, self._lister.page(shard.start, self._chance.randint(1, 4))))

    def _answer(self) -> None:
        if not self._asked:
            return
        shard, page = self._asked.pop(self._chance.randrange(len(self._asked)))
        listed = shard.take(page, NOW)
        if self._chance.random() < 0.2:
            self._split()
        if self._journal:
            self._journal.page(shard, listed, NOW)
        self.listed.append(listed)
        if self._chance.random() < 0.2:
            self._split()
        if shard.finished_at:
            self._shards.end(shard)
        elif self._chance.random() < 0.3:
            self._shards.put_back(shard)
        else:
            self._ask(shard)

    def _split(self) -> None:
        parts = self._shards.split("")
        if parts:
            self.splits += 1
            if self._journal:
                self._journal.split(*parts)


def ranges(cuts: Iterable[str]) -> list[KeyRange]:
    """The whole key space, cut."""
    return tile(WHOLE, cuts)


def keys_of(listed: Iterable[Listed]) -> list[str]:
    """The keys that were listed, in their order of coming."""
    return [key for each in listed for key in each.objects["key"].to_pylist()]


def covered(listed: Iterable[Listed]) -> list[KeyRange]:
    """The ranges that were listed."""
    return [each.covers for each in listed if each.covers is not None]
