"""Decodes keys for tests, each row as a plain dictionary."""

from __future__ import annotations

from typing import Any

from indexer.naming import FIELDS, Layout, Template, decode

Row = dict[str, Any]

RTC = Layout("cloud-recording")
LIVE = Layout("live-streaming")
TEMPLATES = Layout(
    "template",
    (
        Template("record/{AppName}/{StreamName}/{Sequence}.jpg"),
        Template("{AppName}/{StreamName}/{Date}/{Hour}/{Minute}_{Second}.jpg", utc_offset_minutes=480),
        Template("{DomainName}-{StreamName}-{UnixTimestamp}.jpg"),
    ),
)
UNTIMED = Layout("template", (Template("{StreamName}/{Hour}/{Minute}_{Second}.jpg"), Template("{StreamName}.jpg")))
TWICE_TIMED = Layout("template", (Template("{StreamName}/{Date}/{Hour}/{UnixTimestamp}.jpg"),))
ALL = (Layout(), RTC, Layout("screenshot-upload"), LIVE, TEMPLATES, UNTIMED, TWICE_TIMED)


def rows(keys: list[str], layout: Layout = RTC) -> list[Row]:
    """What every key says, with what ``render`` needs besides."""
    decoded: list[Row] = decode(keys, layout).to_pylist()
    return decoded


def row(key: str, layout: Layout = RTC) -> Row:
    """What one key says."""
    (only,) = rows([key], layout)
    return only


def fields(key: str, layout: Layout = RTC) -> Row:
    """What one key says, without its own text and what it leaves open."""
    found = row(key, layout)
    return {name: found[name] for name in FIELDS if name != "key" and found[name] is not None}


def reason(key: str, layout: Layout = RTC) -> str:
    """Why a key is unparsed."""
    found = fields(key, layout)
    assert found.keys() == {"kind", "reason"}
    assert found["kind"] == "unparsed"
    return str(found["reason"])
