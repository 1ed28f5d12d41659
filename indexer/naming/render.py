"""Writes a screenshot's name: the inverse of decoding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from indexer.naming.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.naming.template import Template

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def render(record: Mapping[str, Any], layout: Layout = Layout()) -> str:  # noqa: B008 - it is frozen
    """The key of a decoded screenshot, byte for byte.

    ``record`` has the fields of a decoded row with ``prefix`` and ``form``.

    >>> render({"service": "cloud-recording", "prefix": "shots/", "form": "17", "failover": None, "sid": "38f8e3",
    ...         "cname": "room_1", "uid": 7, "stream_type": "video", "captured_at": datetime(2026, 1, 5, 10, 0, 5)})
    'shots/38f8e3_room_1__uid_s_7__uid_e_video_20260105100005000.jpg'
    """
    match record["service"]:
        case "template":
            return _from_template(record, layout)
        case "live-streaming":
            started = _digits(record["session_started_at"], "17")
            filed = _digits(record["captured_at"], record["form"])
            return f"{record['prefix']}{record['app']}/{record['stream']}/{record['sid']}_{started}_{filed}.jpg"
        case _:
            backup = "" if record["failover"] is None else f"bak{record['failover']}_"
            kind = f"{record['stream_type']}_" if record["stream_type"] else ""
            who = f"{record['sid']}_{record['cname']}__uid_s_{record['uid']}__uid_e_"
            return f"{record['prefix']}{backup}{who}{kind}{_digits(record['captured_at'], record['form'])}.jpg"


def _digits(moment: datetime, form: str) -> str:
    """An instant as 17 or 14 calendar digits, or as 13 or 10 digits of Unix time; never through a float."""
    if form in ("17", "14"):
        seconds = moment.strftime("%Y%m%d%H%M%S")
        return seconds + f"{moment.microsecond // 1000:03d}" if form == "17" else seconds
    milliseconds = (moment.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
    return str(milliseconds if form == "13" else milliseconds // 1000)


def _from_template(record: Mapping[str, Any], layout: Layout) -> str:
    number, *parts = record["form"].split(" ")
    widths = {name: int(width) for name, equals, width in (part.partition("=") for part in parts) if equals}
    texts = {name: text for name, colon, text in (part.partition(":") for part in parts) if colon}
    template = layout.templates[int(number)]
    return "".join(
        texts.get(name) or _value(name, record, widths, template) if name else literal
        for name, literal in template.parts
    )


def _value(name: str, record: Mapping[str, Any], widths: Mapping[str, int], template: Template) -> str:
    if name in ("AppName", "StreamName", "DomainName"):
        return str(record[{"AppName": "app", "StreamName": "stream", "DomainName": "domain"}[name]])
    if name == "Sequence":
        return str(record["sequence"]).zfill(widths[name])
    moment: datetime = record["captured_at"]
    if name == "UnixTimestamp":
        return _digits(moment, str(widths[name])).zfill(widths[name])
    moment += timedelta(minutes=template.utc_offset_minutes)
    texts = {
        "Date": moment.strftime("%Y%m%d" if widths.get("Date") == len("20260105") else "%Y-%m-%d"),
        "Hour": str(moment.hour),
        "Minute": str(moment.minute),
        "Second": str(moment.second),
    }
    return texts[name].zfill(widths.get(name, 0))
