"""Follows a lister to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

if TYPE_CHECKING:
    from indexer.vendors.base import Lister, Page, Position

MOST_PAGES = 2000


def column(page: Page, name: str) -> list[Any]:
    """A column of a page as Python values, times as microseconds since 1970."""
    values = page.objects[name]
    values = values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values
    return cast("list[Any]", values.to_pylist())


def keys_of(page: Page) -> list[str]:
    """The keys of a page."""
    return column(page, "key")


def walk(
    lister: Lister, max_keys: int = 1000, after: Position | None = None, delimiter: str | None = None
) -> list[Page]:
    """Every page after a position."""
    found = [lister.page(after, max_keys, delimiter)]
    while (position := found[-1].next) is not None:
        assert len(found) < MOST_PAGES, "the listing does not end"
        found.append(lister.page(position, max_keys, delimiter))
    return found


def walked_keys(lister: Lister, max_keys: int = 1000, after: Position | None = None) -> list[str]:
    """Every key after a position, as it came."""
    return [key for page in walk(lister, max_keys, after) for key in keys_of(page)]
