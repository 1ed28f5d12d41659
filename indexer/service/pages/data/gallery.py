"""Violations with where their pictures are, and never a picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from indexer.service.pages.data.ask import ask
from indexer.service.pages.data.place import Place

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

PAGE = 60
"""How many violations a page shows."""

SUGGESTIONS = ("block", "review")
EVIDENCE = ("present", "deleted", "missing", "withheld", "mutable", "no-key")
SHOWN = ("present", "mutable")
"""The evidence of which there is a picture."""

MOST_LABELS = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which violations are shown. ``channel`` is a part of the channel's name, in any case."""

    label: str | None = None
    suggestion: str | None = None
    evidence: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation. ``found`` is how many are wanted with it; ``score`` is from 0 to 1."""

    found: int
    verdict_id: str
    provider: str
    label: str | None
    category: str
    suggestion: str
    score: float | None
    evidence: str
    source: str | None
    channel: str | None
    sid: str | None
    uid: int | None
    captured_at: datetime | None
    moderated_at: datetime | None
    key: str | None
    candidates: int | None

    @property
    def has_picture(self) -> bool:
        """Whether the bucket held its picture when it was last listed."""
        return self.evidence in SHOWN

    @property
    def place(self) -> Place | None:
        """The session of its shot, where there is one; an object without a time of its own is in none."""
        if self.source is None or self.evidence == "mutable":
            return None
        return Place(self.source, self.channel, self.sid, self.uid)


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a violation's picture is, and what the index knows of the bucket: a source may have moved since."""

    source: str
    key: str
    vendor: str
    bucket: str
    endpoint: str


def labels(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The labels that violations have, the commonest first."""
    sql = "SELECT label FROM violations WHERE label IS NOT NULL GROUP BY label ORDER BY count(*) DESC, label LIMIT ?"
    return [label for (label,) in connection.execute(sql, [MOST_LABELS]).fetchall()]


def violations(connection: duckdb.DuckDBPyConnection, wanted: Wanted, page: int = 1) -> list[Violation]:
    """One page of violations, the newest first."""
    return ask(connection, "violations", Violation, **asdict(wanted), most=PAGE, passed=(page - 1) * PAGE)


def picture(connection: duckdb.DuckDBPyConnection, verdict_id: str) -> Picture | None:
    """Where the picture of a violation is, or ``None`` where there is none to be shown."""
    return next(iter(ask(connection, "picture", Picture, verdict_id=verdict_id, shown=list(SHOWN))), None)
