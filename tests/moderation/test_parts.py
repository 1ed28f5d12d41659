"""The columns that belong together: suggestions, scores and times, each read exactly or refused with its place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from indexer.moderation import Unmappable, parts
from indexer.moderation.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.moderation.times import Moment

BEIJING = timedelta(hours=8)
AT = datetime.fromisoformat("2026-01-05 10:00:05")


@pytest.mark.parametrize(
    ("read", "value", "at", "precision_ms"),
    [
        (parts.seconds, 1767607205, AT, 1000),
        (parts.seconds, "1767607205", AT, 1000),
        (parts.milliseconds, 1767607205073, AT.replace(microsecond=73000), 1),
        (parts.fractional_seconds, 1767607205.073, AT.replace(microsecond=73000), 1),
        (parts.fractional_seconds, 1767607205.571633, AT.replace(microsecond=571000), 1),
        (parts.instant, 20260105100005073, AT.replace(microsecond=73000), 1),
        (parts.instant, "2026-01-05T18:00:05+08:00", AT, 1000),
    ],
)
def test_a_time_is_exact(read: Callable[[Node], Moment | None], value: object, at: datetime, precision_ms: int) -> None:
    """Seconds, milliseconds, fractions, calendars and zones come out in naive UTC, to what was written."""
    moment = read(Node(value, "/at"))
    assert moment is not None
    assert (moment.at, moment.precision_ms) == (at, precision_ms)


@pytest.mark.parametrize("read", [parts.seconds, parts.milliseconds, parts.fractional_seconds, parts.instant])
@pytest.mark.parametrize("value", [10**400, -(10**17), "soon", [], True, float("inf")])
def test_what_is_no_time_is_a_reason(read: Callable[[Node], Moment | None], value: object) -> None:
    """A time outside the calendar or of another type is refused with its place."""
    with pytest.raises(Unmappable, match=r"^/at "):
        read(Node(value, "/at"))
    assert read(Node(None, "/at")) is None


@pytest.mark.parametrize("written", ["0001-01-01 00:00:05", "0001-01-01T00:00"])
def test_a_zone_that_leaves_the_calendar_is_a_reason(written: str) -> None:
    """The first hours of year 1 by Beijing's clock are before year 1."""
    with pytest.raises(Unmappable, match=r"^/at is no time"):
        parts.instant(Node(written, "/at"), BEIJING)


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("2026-01-05 18:00:05", 10),
        ("2026-01-05T18:00", 10),
        ("2026-01-05T18:00:05Z", 18),
        ("2026-01-05T18:00:05-01", 19),
    ],
)
def test_a_written_zone_holds(written: str, hours: int) -> None:
    """Only a time without a zone is by the provider's clock."""
    moment = parts.instant(Node(written, "/at"), BEIJING)
    assert moment is not None
    assert moment.at.hour == hours


def test_a_calendar_of_digits_is_not_shifted() -> None:
    """Digits are the platform's own spelling, which is UTC."""
    assert parts.instant(Node("20260105100005", "/at"), BEIJING) == parts.instant(Node(20260105100005, "/at"))


@pytest.mark.parametrize("value", ["{", '{"a":1', "NaN", '"\ud83d"'])
def test_a_text_that_is_no_json_is_a_reason(value: str) -> None:
    """What should be JSON in a text, and is none, is refused with its place."""
    with pytest.raises(Unmappable, match=r"^/metadata"):
        parts.embedded(Node(value, "/metadata"))


@pytest.mark.parametrize("value", [None, "", " "])
def test_nothing_embedded_is_an_object_without_fields(value: str | None) -> None:
    """Metadata that is not there names nothing and is no failure."""
    assert parts.embedded(Node(value, "/metadata")).fields() == {}


@pytest.mark.parametrize(
    ("named", "key"),
    [("shots/1.jpg", "shots/1.jpg"), ("/1.jpg", "1.jpg"), ("fb5ffab1-0000", None), ("", None), (None, None)],
)
def test_an_id_that_looks_like_a_name_is_a_key(named: str | None, key: str | None) -> None:
    """A caller's id with a slash or a dot is taken for the object's key, any other one for an id."""
    assert parts.caller_key(Node(named, "/DataId")) == key


def test_a_name_cannot_break_a_pointer() -> None:
    """Slashes and tildes in a field's name are escaped, so that two places never have one pointer."""
    pointers = [node.pointer for _, node in Node({"a/b": 1, "a~1b": 2, "a": 3}).members()]
    assert pointers == ["/a~1b", "/a~01b", "/a"]


def test_half_a_surrogate_pair_in_a_name_is_a_reason() -> None:
    """A name that no database can store is refused where it would become a label."""
    with pytest.raises(Unmappable, match="the body has half of a surrogate pair in a name"):
        list(Node({"\ud83d": 1}).members())


def test_the_first_known_label_gives_the_meaning() -> None:
    """A label that the vocabulary does not know means what it belongs to; nothing known is other."""
    assert parts.meaning("aws_rekognition", None, "Somewhat New", "Violence") == "violence_gore"
    assert parts.meaning("aws_rekognition", None, "Somewhat New", None) == "other"
