"""Follows a listing page by page to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.vendors.base import Lister, Page, Position


def pages(lister: Lister, after: Position | None = None, delimiter: str | None = None) -> Iterator[Page]:
    """Yield every page of a bucket's prefix after a position, the last one included."""
    while True:
        page = lister.page(after, lister.capabilities.max_keys, delimiter)
        yield page
        if page.next is None:
            return
        after = page.next
