"""What Agora's notification centre tells of the seminar's recording: a numbered notice of each shot."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from indexer.demo.agora import milliseconds
from indexer.demo.shots import hexadecimal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from indexer.demo.sample import Sample, Shot
    from indexer.demo.seminar import Seminar

_RECORDING = 3
_RECORDER_STARTED, _RECORDER_LEAVE, _SNAPSHOT = 40, 41, 45
_NAMES = {
    _RECORDER_STARTED: "recorder_started",
    _RECORDER_LEAVE: "recorder_leave",
    _SNAPSHOT: "recorder_snapshot_file",
}


def recording_notices(sample: Sample, seminar: Seminar) -> Iterator[str]:
    """Notices from the recorder's start to its end. One got lost, and one tells of a shot that is not in the bucket."""
    first, last = seminar.taken[0], seminar.taken[-1]
    events = [
        (_RECORDER_STARTED, first),
        *((_SNAPSHOT, shot) for shot in seminar.taken),
        (_RECORDER_LEAVE, last),
    ]
    for number, (event, shot) in enumerate(events):
        if event != _SNAPSHOT or shot is not seminar.untold:
            yield _notice(event, number, shot, shot.key)
    _plant(sample, seminar)
    yield _elsewhere(sample, last)


def _plant(sample: Sample, seminar: Seminar) -> None:
    # Those before and after it came. They are counted by session, whatever its channel.
    sample.plant("notification-lost", "warning", 2, sid=seminar.untold.record["sid"])
    sample.plant_in_session("stored-not-notified", "warning", 1, seminar.untold)
    sample.plant_in_session("notified-not-stored", "critical", 1, seminar.lost)


def _elsewhere(sample: Sample, shot: Shot) -> str:
    """A recording that somebody started with a folder which no source lists."""
    sid = hexadecimal(sample.chance)
    sample.plant("notified-not-stored", "warning", 1)
    return _notice(_SNAPSHOT, 0, shot, shot.key.replace("seminar/", "rehearsal/").replace(shot.record["sid"], sid), sid)


def _notice(event: int, number: int, shot: Shot, key: str, sid: str | None = None) -> str:
    sent_at = shot.moment + timedelta(seconds=2)
    details: dict[str, Any] = {"msgName": _NAMES[event]}
    payload = {
        "cname": shot.record["cname"],
        "uid": "527841",  # the recorder's
        "sid": sid or shot.record["sid"],
        "sequence": number,
        "sendts": milliseconds(sent_at),
        "serviceType": 1,
        "serviceScene": "rtc_snapshot",
        "details": details | ({"fileName": key} if event == _SNAPSHOT else {}),
    }
    return json.dumps(_envelope(event, number, sent_at, payload))


def _envelope(event: int, number: int, sent_at: datetime, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "noticeId": f"{payload['sid'][:8]}:3:{number}",
        "productId": _RECORDING,
        "eventType": event,
        "notifyMs": milliseconds(sent_at),
        "payload": payload,
    }
