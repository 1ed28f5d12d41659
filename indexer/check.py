"""Tries a source out: one page of its bucket, what its names say, and what else may be in the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.errors import AccessDenied, IndexerError
from indexer.listing import CheckedLister
from indexer.naming import decode
from indexer.vendors import VENDORS, open_lister
from indexer.vendors.clocks import clock_skew

if TYPE_CHECKING:
    from indexer.config import Source
    from indexer.naming import Layout
    from indexer.vendors.base import Page

_PAGE_KEYS = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What the names of one page say: how many are read, how many of them as screenshots, and as what how often."""

    objects: int
    screenshots: int
    kinds: dict[str, int]
    url_encoded: bool | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of trying a source out.

    ``clock_skew`` is by how many seconds this machine's clock is ahead of the vendor's, where one tells.
    ``missing_right`` is what the vendor calls the right that the key lacks.
    """

    endpoint: str
    found: Found | None
    error: IndexerError | None
    clock_skew: int | None
    missing_right: str | None

    @property
    def result(self) -> str:
        """``ok``, or the kind of the error."""
        return type(self.error).__name__ if self.error else "ok"


def try_out(source: Source) -> Checked:
    """List one page of a source, and ask for the time."""
    endpoint, found, error = source.storage.endpoint, None, None
    try:
        lister = CheckedLister(open_lister(source.storage))
        endpoint = lister.storage.endpoint
        found = _found(lister.page(None, min(_PAGE_KEYS, lister.capabilities.max_keys)), source.layout)
    except IndexerError as refused:
        error = refused
    right = VENDORS[source.storage.vendor].right if isinstance(error, AccessDenied) else None
    return Checked(endpoint, found, error, clock_skew(endpoint), right)


def _found(page: Page, layout: Layout) -> Found:
    rows = decode(page.objects["key"].to_pylist(), layout).to_pylist()
    kinds = Counter(row["service"] if row["kind"] == "screenshot" else row["kind"] for row in rows)
    screenshots = sum(row["kind"] == "screenshot" for row in rows)
    return Found(len(rows), screenshots, dict(kinds.most_common()), page.url_encoded)
