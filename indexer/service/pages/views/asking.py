"""What stands in an address: filters and numbers of pages, hostile until they are read here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from indexer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

_MOST_DIGITS = 6


def text(asked: Mapping[str, str], name: str) -> str | None:
    """A filter's text; ``None`` where it was left empty, as forms send it."""
    return asked.get(name) or None


def page_number(asked: Mapping[str, str]) -> int:
    """Which page is asked for, from 1 on.

    Raises:
        UsageError: it is no page's number.
    """
    said = asked.get("page", "1")
    if not (said.isascii() and said.isdecimal() and len(said) <= _MOST_DIGITS and int(said)):
        raise UsageError("a page's number is a whole number from 1 on")
    return int(said)


@dataclass(frozen=True, slots=True)
class Pager:
    """Where one page of ``found`` rows stands. ``wanted`` are the filters, by the names of their fields."""

    page: int
    size: int
    found: int
    wanted: DataclassInstance

    @property
    def first(self) -> int:
        """The number of the page's first row, from 1 on."""
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of its last row."""
        return min(self.page * self.size, self.found)

    @property
    def has_later(self) -> bool:
        """Whether another page follows."""
        return self.last < self.found

    def query(self, page: int) -> str:
        """The address's query of another page of the same."""
        return query({**asdict(self.wanted), "page": page})


def query(values: Mapping[str, Any]) -> str:
    """Values as the query of an address, those that are absent left out."""
    return urlencode({name: value for name, value in values.items() if value is not None})
