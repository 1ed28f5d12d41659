"""Which place a platform's region number or name means at its vendor: reads ``regions.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

_DOUBTFUL = ("legacy", "closed", "unconfirmed")


@dataclass(frozen=True, slots=True)
class Region:
    """One row of the table. ``id`` and ``host`` are ``None`` where there is none.

    ``documents`` are the pages of the platform that name the number.
    """

    vendor: str
    number: int
    name: str
    state: str
    documents: tuple[str, ...]
    id: str | None = None
    host: str | None = None
    note: str | None = None

    @property
    def doubtful(self) -> bool:
        """Whether the region may not answer any more, or never did."""
        return self.state in _DOUBTFUL

    @property
    def names(self) -> tuple[str, ...]:
        """The platform's spelling and the provider's id, as they are compared: in lower case, with hyphens."""
        return tuple(_folded(name) for name in (self.id, self.name) if name)


@cache
def regions(vendor: str) -> tuple[Region, ...]:
    """All rows of one vendor, in the order of the platform's numbers."""
    text = resources.files("indexer.vendors").joinpath("regions.toml").read_text("utf-8")
    rows = tomllib.loads(text)["region"]
    return tuple(Region(**row | {"documents": tuple(row["documents"])}) for row in rows if row["vendor"] == vendor)


def find_region(vendor: str, wanted: int | str | None) -> Region | None:
    """The row of a number, of the provider's own id, or of the platform's spelling in any case.

    A vendor that knows no regions has one row for whatever is wanted, and for nothing.
    """
    for region in regions(vendor):
        named = wanted == region.number if isinstance(wanted, int) else wanted and _folded(wanted) in region.names
        if named or region.state == "any":
            return region
    return None


def _folded(name: str) -> str:
    return name.strip().casefold().replace("_", "-")
