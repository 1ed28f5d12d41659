"""Checks each answer of a lister before it is believed."""

from __future__ import annotations

from itertools import pairwise
from operator import lt
from typing import TYPE_CHECKING

from indexer.errors import ListingStuck, MalformedAnswer
from indexer.listing.wrapper import Wrapper

if TYPE_CHECKING:
    from indexer.vendors.base import Page, Position, Storage


class CheckedLister(Wrapper):
    """A lister whose pages are in order, inside the prefix, after the position asked for, and advance.

    An answer that breaks the promise of ``Lister.page`` becomes a MalformedAnswer, or a ListingStuck where the listing
    would never end. Text order is UTF-8 byte order: both follow the code points.
    """

    def page(self, after: Position | None, max_keys: int) -> Page:
        """Ask the lister below, and check its answer."""
        page = self._lister.page(after, max_keys)
        _check_keys(page.keys, self.storage, after)
        _check_advance(page, after)
        return page


def _check_keys(keys: list[str], storage: Storage, after: Position | None) -> None:
    if not keys:
        return
    if not all(map(lt, keys, keys[1:])):
        first, second = next((a, b) for a, b in pairwise(keys) if a >= b)
        raise MalformedAnswer(f"{storage.endpoint} lists out of order: {second!r} after {first!r}")
    if after is not None and keys[0] <= after.key:
        raise ListingStuck(f"{storage.endpoint} was asked for keys after {after.key!r} and answered {keys[0]!r}")
    # In order, so the keys between the first and the last have the prefix that both have.
    for key in (keys[0], keys[-1]):
        if not key.startswith(storage.prefix):
            raise MalformedAnswer(f"{storage.endpoint} was asked for prefix {storage.prefix!r} and answered {key!r}")


def _check_advance(page: Page, after: Position | None) -> None:
    if page.next is None:
        return
    if page.keys and page.next.key < page.keys[-1]:
        raise MalformedAnswer(f"the position to go on from, {page.next.key!r}, is before the last key of its page")
    if after is None:
        return
    # A token goes on by itself, whatever the key; without one the key has to.
    stuck = page.next.token == after.token if page.next.token else page.next.key <= after.key
    if stuck:
        raise ListingStuck(f"the listing does not advance beyond {after.key!r}")
