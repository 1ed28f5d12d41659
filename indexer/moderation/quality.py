"""What can be doubtful in a body without making it unreadable: the sentences that stand in a verdict's ``quality``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

TIMES_DISAGREE = "times disagree"
BEIJING_NAME = "Beijing time in the name"
OBJECT_FROZEN = "object frozen"
REPORTED_BEFORE = "passed because its like was reported before"

_BEIJING = timedelta(hours=8)
_DAY = timedelta(days=1)
# A picture is named when it is written, some seconds after it was taken.
_TOLERANCE = timedelta(seconds=60)
_CLOCK = re.compile(r"(?<!\d)([01]\d|2[0-3])-([0-5]\d)-([0-5]\d)(?!\d)")


def of_clock_in_name(name: str, captured_at: datetime | None) -> tuple[str, ...]:
    """What the clock in a name, ``hh-mm-ss``, says beside the time of the body, naive UTC.

    Tencent's live snapshots are called by Beijing's clock: ``room-screenshot-10-12-05-1280x720.jpg`` is of 02:12:05
    UTC. The name is not read as a time at all; that it would be wrong by eight hours is only said.
    """
    clocks = _CLOCK.findall(name)
    if captured_at is None or not clocks:
        return ()
    hours, minutes, seconds = map(int, clocks[-1])
    midnight = captured_at.replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = (midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds) - captured_at) % _DAY
    if min(ahead, _DAY - ahead) <= _TOLERANCE:
        return ()
    return (BEIJING_NAME,) if abs(ahead - _BEIJING) <= _TOLERANCE else (TIMES_DISAGREE,)
