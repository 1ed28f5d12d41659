"""Which place a platform's region number or name means at its vendor: reads ``regions.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Region:
    """One row of the table. ``id`` and ``host`` are ``None`` where the number names no region.

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


@cache
def regions(vendor: str) -> tuple[Region, ...]:
    """All rows of one vendor, in the order of the platform's numbers."""
    text = resources.files("indexer.vendors").joinpath("regions.toml").read_text("utf-8")
    rows = tomllib.loads(text)["region"]
    return tuple(Region(**row | {"documents": tuple(row["documents"])}) for row in rows if row["vendor"] == vendor)


def find_region(vendor: str, wanted: int | str) -> Region | None:
    """The row of a number, of the provider's own id, or of the platform's spelling in any case."""
    folded = str(wanted).casefold()
    for region in regions(vendor):
        if wanted == region.number or folded in ((region.id or region.name).casefold(), region.name.casefold()):
            return region
    return None
