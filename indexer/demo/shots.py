"""Makes shots as the services take and name them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from indexer.demo.sample import START, Shot
from indexer.naming import Layout, render

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

SECOND = timedelta(seconds=1)


def hexadecimal(chance: random.Random) -> str:
    """An id of 32 digits, as sessions have it."""
    return f"{chance.getrandbits(128):032x}"


def times(start: datetime, count: int, seconds: int, chance: random.Random) -> list[datetime]:
    """Shots at an interval, each some milliseconds off."""
    return [
        start + number * seconds * SECOND + timedelta(milliseconds=chance.randrange(400)) for number in range(count)
    ]


def recorded(  # noqa: PLR0913, PLR0917 - the parts of a name
    source: str, sid: str, cname: str, uid: int, moments: Sequence[datetime], failover: int | None = None
) -> list[Shot]:
    """What Cloud Recording takes of one user, in the folder of the source's name."""
    return [_rtc("cloud-recording", source, source, sid, cname, uid, moment, failover=failover) for moment in moments]


def uploaded(sid: str, cname: str, uid: int, moments: Sequence[datetime], form: str = "17") -> list[Shot]:
    """What the client SDK uploads of one user, in the folder of the day."""
    folder = f"upload/{START:%Y%m%d}"
    return [_rtc("screenshot-upload", "upload", folder, sid, cname, uid, moment, form=form) for moment in moments]


def _rtc(  # noqa: PLR0913, PLR0917 - the parts of a name
    service: str,
    source: str,
    folder: str,
    sid: str,
    cname: str,
    uid: int,
    moment: datetime,
    *,
    form: str = "17",
    failover: int | None = None,
) -> Shot:
    record = {
        "service": service, "prefix": f"{folder}/", "form": form, "failover": failover, "sid": sid, "cname": cname,
        "uid": uid, "stream_type": "video", "captured_at": moment,
    }  # fmt: skip
    return shot_of(source, record)


def shot_of(source: str, record: dict[str, Any], layout: Layout = Layout()) -> Shot:  # noqa: B008 - it is frozen
    """The shot of which a key would say this."""
    return Shot(source, render(record, layout), record)
