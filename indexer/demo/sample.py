"""What a sample holds, and what is wrong with it: said where it is made wrong, and never by what looks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from pathlib import Path

START = datetime(2026, 1, 5, 10, 0, 0)  # noqa: DTZ001 - naive UTC, as everywhere in the index


@dataclass(frozen=True, slots=True)
class Shot:
    """One screenshot of the sample.

    ``record`` is what its key says. Its file has ``size`` bytes and was written ``uploaded_after`` the moment that the
    key tells, as usual where they are ``None``. ``same_as`` is the key of a shot that shows the very same picture.
    """

    source: str
    key: str
    record: dict[str, Any]
    size: int | None = None
    uploaded_after: timedelta | None = None
    same_as: str | None = None

    @property
    def moment(self) -> datetime:
        """When it was taken, naive UTC; the sample's beginning where the key does not tell."""
        return self.record["captured_at"] or START

    @property
    def channel(self) -> str:
        """The channel, or application and stream, as the index shows it."""
        return self.record.get("cname") or f"{self.record['app']}/{self.record['stream']}"


@dataclass(frozen=True, slots=True)
class Planted:
    """Something that a reconciliation must find: its kind, its severity, how many rows show it, and where it is.

    ``from_at`` is naive UTC, and is told where a finding is about one stretch of a session.
    """

    kind: str
    severity: str
    rows: int
    source: str | None = None
    channel: str | None = None
    sid: str | None = None
    uid: int | None = None
    key: str | None = None
    from_at: datetime | None = None


@dataclass(slots=True)
class Sample:
    """What was made in a folder: the screenshots by source, other objects, and everything that is wrong with them.

    ``doomed`` and ``replaced`` are what happens to the bucket later: keys whose objects are deleted, and keys whose
    objects are written again long after they were judged, each with the key of the picture that is put there.
    """

    folder: Path
    chance: random.Random
    shots: dict[str, list[Shot]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    doomed: list[str] = field(default_factory=list)
    replaced: dict[str, str] = field(default_factory=dict)

    @property
    def objects(self) -> int:
        """How many objects were made."""
        return sum(map(len, self.shots.values())) + len(self.others)

    def add(self, shots: list[Shot]) -> None:
        """Take in shots, each to its source."""
        for shot in shots:
            self.shots.setdefault(shot.source, []).append(shot)

    def session(self, source: str, channel: str, uid: int | None = None) -> list[Shot]:
        """The shots of one user of a channel, or of one stream, in the order in which they were made."""
        return [shot for shot in self.shots[source] if shot.channel == channel and shot.record.get("uid") == uid]

    def plant(self, kind: str, severity: str, rows: int, **place: Any) -> None:  # noqa: ANN401 - the fields of Planted
        """Note something that is wrong at a place."""
        self.planted.append(Planted(kind, severity, rows, **place))

    def plant_in_session(
        self,
        kind: str,
        severity: str,
        rows: int,
        shot: Shot,
        **place: Any,  # noqa: ANN401 - the fields of Planted
    ) -> None:
        """Note something that is wrong with the session of a shot; ``place`` goes before what the shot says."""
        session = {
            "source": shot.source,
            "channel": shot.channel,
            "sid": shot.record.get("sid"),
            "uid": shot.record.get("uid"),
        }
        self.plant(kind, severity, rows, **(session | place))
