"""Follows a lister to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.vendors.base import Lister, Page, Position

MOST_PAGES = 2000


def walk(lister: Lister, max_keys: int = 1000, after: Position | None = None) -> list[Page]:
    """Every page after a position."""
    found = [lister.page(after, max_keys)]
    while (position := found[-1].next) is not None:
        assert len(found) < MOST_PAGES, "the listing does not end"
        found.append(lister.page(position, max_keys))
    return found


def walked_keys(lister: Lister, max_keys: int = 1000, after: Position | None = None) -> list[str]:
    """Every key after a position, as it came."""
    return [key for page in walk(lister, max_keys, after) for key in page.keys]
