"""What a plan is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from datetime import datetime

    import pyarrow as pa

    from indexer.listing.ranges import KeyRange

Mode = Literal["full", "incremental"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to list of a source.

    ``why`` says it in words. ``skipped`` counts the known objects that are not looked at. ``beside`` has objects that
    were listed while planning, by so many ``requests``; they are in none of the ``ranges``. An incremental plan adds to
    the listing that began at ``since``.
    """

    mode: Mode
    why: str
    ranges: tuple[KeyRange, ...]
    skipped: int = 0
    beside: tuple[pa.RecordBatch, ...] = field(default=(), repr=False)
    requests: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What listing a source, or loading its inventory, will take; ``None`` where that is not known.

    ``seconds`` are by the clock, and ``cost`` is in US dollars.
    """

    mode: Mode | Literal["inventory"]
    why: str
    requests: int | None
    seconds: float | None
    cost: float | None

    @classmethod
    def unknown(cls) -> Self:
        """Of a source that was never listed."""
        return cls("full", "not listed before", None, None, None)
