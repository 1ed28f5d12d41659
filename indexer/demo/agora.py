"""What Agora's moderation says of the sample: of streams in notices, of the client SDK's pictures in callbacks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from indexer.demo.shots import SECOND, shot_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from indexer.demo.sample import Sample, Shot

_SUGGESTIONS = {"neutral": "pass", "sexy": "review", "porn": "block"}
_LIVE = 7


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 of a moment in naive UTC."""
    return int(moment.replace(tzinfo=UTC).timestamp()) * 1000 + moment.microsecond // 1000


def live_notices(sample: Sample) -> list[str]:
    """That each frame of a stream was stored, and a verdict on it, passes too."""
    cooking, karaoke = sample.session("live", "live/cooking"), sample.session("live", "live/karaoke")
    labels = _labels(cooking, porn=[120], sexy=[60]) | _labels(karaoke, porn=[195, 196, 197], sexy=[100, 193, 194])
    # Nobody ended this stream; karaoke is over within a minute.
    sample.plant_in_session("time-to-action", "warning", len(cooking) - 121, cooking[120])
    _delete_later(sample, cooking[120])
    _replace_later(sample, karaoke[100], karaoke[0])
    judged = [*cooking, *karaoke, _judged_only(sample, karaoke[-1])]
    stored = (_stored(number, shot) for number, shot in enumerate(sample.shots["live"], 1000))
    verdicts = (
        _judged(number, shot, labels.get(shot.key, "neutral"), sample.chance) for number, shot in enumerate(judged)
    )
    return [*verdicts, *stored]


def client_callbacks(sample: Sample) -> Iterator[str]:
    """A verdict on each picture; but for some, and on some that are in no bucket."""
    one, two, three = (sample.session("upload", "lobby", uid) for uid in (91, 92, 93))
    labels = _labels(one, porn=[30, 31, 32, 33]) | _labels(two, sexy=[20])
    sample.plant_in_session("time-to-action", "warning", len(one) - 31, one[30])
    forgotten = set(sample.chance.sample(range(30, 170), 3))
    sample.plant_in_session("unmoderated", "warning", len(forgotten), two[0])
    judged = [*one, *(shot for number, shot in enumerate(two) if number not in forgotten), *three]
    lost, neutral = _lost(sample, one), _never_stored(sample, three)
    for number, shot in enumerate([*judged, lost, *neutral]):
        label = "porn" if shot is lost else labels.get(shot.key, "neutral")
        yield json.dumps(_client_body(number, shot, label, sample.chance))


def _labels(shots: list[Shot], **numbers: list[int]) -> dict[str, str]:
    """What is seen in which shots of a session, by their keys."""
    return {shots[number].key: label for label, where in numbers.items() for number in where}


def _delete_later(sample: Sample, shot: Shot) -> None:
    sample.doomed.append(shot.key)
    sample.plant("vanished", "warning", 1, source=shot.source)
    sample.plant_in_session("evidence-missing", "critical", 1, shot, key=shot.key)


def _replace_later(sample: Sample, shot: Shot, by: Shot) -> None:
    """The file is written again an hour later, which is long after the shot too."""
    sample.replaced[shot.key] = by.key
    sample.plant_in_session("evidence-changed", "critical", 1, shot, key=shot.key)
    sample.plant("late-upload", "warning", 1, source=shot.source)


def _judged_only(sample: Sample, shot: Shot) -> Shot:
    """A frame after the last: it was judged, and nothing says why it is not there."""
    sample.plant("verdict-without-screenshot", "warning", 1)
    return _moved(shot, shot.moment + 10 * SECOND)


def _lost(sample: Sample, shots: list[Shot]) -> Shot:
    """A frame of the next day that was judged and never stored, though it shows a violation."""
    lost = _moved(shots[10], shots[10].moment + timedelta(days=1))
    # It is in no bucket, and so of no source.
    sample.plant_in_session("evidence-missing", "critical", 1, lost, source=None, key=lost.key)
    return lost


def _never_stored(sample: Sample, shots: list[Shot]) -> list[Shot]:
    """Frames in which nothing was seen: the service does not store them unless it is told to."""
    sample.plant("verdict-without-screenshot", "info", 5)
    return [_moved(shot, shot.moment + timedelta(hours=1)) for shot in shots[:5]]


def _moved(shot: Shot, moment: datetime) -> Shot:
    """The same user's shot at another moment."""
    return shot_of(shot.source, shot.record | {"captured_at": moment})


def _outputs(label: str, chance: random.Random) -> dict[str, Any]:
    """Agora's result: three scores that sum to one, the label's the highest."""
    highest = 0.7 + chance.random() * 0.25
    scores = {name: round((1 - highest) / 2, 6) for name in _SUGGESTIONS} | {label: round(highest, 6)}
    return {"porn": {"outputs": scores, "scene": label}}


def _judged(number: int, shot: Shot, label: str, chance: random.Random) -> str:
    payload = {"results": _outputs(label, chance), "suggestion": _SUGGESTIONS[label]}
    return _notice(number, shot, 5, "new_custom_moderation_result", payload)


def _stored(number: int, shot: Shot) -> str:
    return _notice(number, shot, 4, "new_custom_snapshot_file", {})


def _notice(number: int, shot: Shot, event: int, name: str, more: dict[str, Any]) -> str:
    record = shot.record
    told = {"eventName": name, "entryPoint": record["app"], "streamName": record["stream"], "fileName": shot.key}
    body = {
        "noticeId": f"2000001428:4330:{number}",
        "productId": _LIVE,
        "eventType": event,
        "notifyMs": milliseconds(shot.moment) + 900,
        "payload": told | more,
    }
    return json.dumps(body)


def _client_body(number: int, shot: Shot, label: str, chance: random.Random) -> dict[str, Any]:
    moment = shot.moment
    return {
        "requestId": f"{shot.record['sid'].lower()}_{milliseconds(moment) // 1000}_{number:032x}",
        "callbackParam": {"cname": shot.record["cname"]},
        "callbackData": "",
        "checksum": f"{number:032x}",
        "object": shot.key,
        "code": 200,
        "msg": "Moderation complete",
        "channelName": shot.record["cname"],
        "userId": str(shot.record["uid"]),
        "results": _outputs(label, chance),
        "suggestion": _SUGGESTIONS[label],
        "timestamp": int(f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"),
    }
