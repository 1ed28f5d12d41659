"""Checks each answer of a lister before it is believed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from indexer.errors import ListingStuck, MalformedAnswer
from indexer.listing.wrapper import Wrapper

if TYPE_CHECKING:
    import pyarrow as pa

    from indexer.vendors.base import Page, Position, Storage


class CheckedLister(Wrapper):
    """A lister whose pages are in order, inside the prefix, after the position asked for, and advance.

    An answer that breaks the promise of ``Lister.page`` becomes a MalformedAnswer, or a ListingStuck where the listing
    would never end. Text is compared as UTF-8 bytes by Arrow and as code points by Python, which is the same order.
    """

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Ask the lister below, and check its answer."""
        page = self._lister.page(after, max_keys, delimiter)
        keys = page.objects["key"]
        _check_order(keys, self.storage)
        _check_prefixes(page.prefixes, self.storage, delimiter)
        # In order, so what stands between the first and the last has the prefix that both have, and comes after both.
        for ends in (_ends(keys), page.prefixes[:1] + page.prefixes[-1:]):
            _check_ends(ends, self.storage, after)
            _check_advance(page.next, ends, after)
        return page


def _ends(keys: pa.StringArray) -> tuple[str, ...]:
    return (keys[0].as_py(), keys[-1].as_py()) if len(keys) else ()


def _check_order(keys: pa.StringArray, storage: Storage) -> None:
    ascends = pc.less(keys[:-1], keys[1:])
    if pc.all(ascends).as_py() is False:
        place = pc.index(ascends, value=False).as_py()
        first, second = keys[place].as_py(), keys[place + 1].as_py()
        raise MalformedAnswer(f"{storage.endpoint} lists out of order: {second!r} after {first!r}")


def _check_prefixes(prefixes: tuple[str, ...], storage: Storage, delimiter: str | None) -> None:
    if prefixes and not delimiter:
        raise MalformedAnswer(f"{storage.endpoint} was asked without a delimiter and rolled keys up: {prefixes[0]!r}")
    for first, second in pairwise(prefixes):
        if first >= second:
            raise MalformedAnswer(f"{storage.endpoint} lists out of order: {second!r} after {first!r}")
    for prefix in prefixes:
        if delimiter and not prefix.endswith(delimiter):
            raise MalformedAnswer(f"{storage.endpoint} was asked to roll up to {delimiter!r} and answered {prefix!r}")


def _check_ends(ends: tuple[str, ...], storage: Storage, after: Position | None) -> None:
    if ends and after is not None and ends[0] <= after.key:
        raise ListingStuck(f"{storage.endpoint} was asked for keys after {after.key!r} and answered {ends[0]!r}")
    for key in ends:
        if not key.startswith(storage.prefix):
            raise MalformedAnswer(f"{storage.endpoint} was asked for prefix {storage.prefix!r} and answered {key!r}")


def _check_advance(to: Position | None, ends: tuple[str, ...], after: Position | None) -> None:
    if to is None:
        return
    if ends and to.key < ends[-1]:
        raise MalformedAnswer(f"the position to go on from, {to.key!r}, is before the last key of its page")
    if after is None:
        return
    # A token goes on by itself, whatever the key; without one the key has to.
    stuck = to.token == after.token if to.token else to.key <= after.key
    if stuck:
        raise ListingStuck(f"the listing does not advance beyond {after.key!r}")
