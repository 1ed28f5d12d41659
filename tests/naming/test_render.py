"""Rendering is the inverse of decoding."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from indexer.naming import Layout, Template, render
from naming.reading import ALL, LIVE, RTC, row, rows
from naming.strategies import KEYS, LIVE_RECORDS, RTC_RECORDS

if TYPE_CHECKING:
    from naming.reading import Row

FEW = settings(max_examples=10)


@pytest.mark.parametrize("layout", ALL, ids=lambda layout: f"{layout.name}-{len(layout.templates)}")
@given(keys=KEYS)
@FEW
def test_a_screenshot_is_rendered_as_its_key(layout: Layout, keys: list[str]) -> None:
    """Whatever the key, a screenshot's row gives it back byte for byte."""
    shots = [row for row in rows(keys, layout) if row["kind"] == "screenshot"]
    assert [render(row, layout) for row in shots] == [row["key"] for row in shots]


@given(records=RTC_RECORDS)
@settings(max_examples=30)
def test_a_record_of_cloud_recording_is_decoded_as_it_was(records: list[Row]) -> None:
    """Any prefix, failover, sid, channel, user and time come back from the name that they make."""
    found = rows([render(record) for record in records], RTC)
    assert [{name: row[name] for name in record} for row, record in zip(found, records, strict=True)] == records


@given(records=LIVE_RECORDS)
@settings(max_examples=30)
def test_a_record_of_live_streaming_is_decoded_as_it_was(records: list[Row]) -> None:
    """Any prefix, entry point, stream, session and time come back from the name that they make."""
    found = rows([render(record) for record in records], LIVE)
    assert [{name: row[name] for name in record} for row, record in zip(found, records, strict=True)] == records


@pytest.mark.parametrize(
    "utc", ["20260105100005123", "20260105100005", "1767607205123", "1767607205", "10000101000000000"]
)
@pytest.mark.parametrize("start", ["", "bak0_", "a/__uid_s_5__uid_e_/bak12_"])
def test_a_time_is_written_as_it_was(start: str, utc: str) -> None:
    """A time keeps its form, and a name its failover and its prefix."""
    for key in (f"{start}s_a__uid_s__uid_s_5__uid_e_{utc}.jpg", f"{start}S_c__uid_s_0__uid_e_video_{utc}.jpg"):
        assert render(row(key, Layout())) == key


@pytest.mark.parametrize(
    ("template", "key"),
    [
        ("{StreamName}/{Date}/{Hour}/{Minute}_{Second}.jpg", "a/20260105/3/5_07.jpg"),
        ("{StreamName}/{Date}/{Hour}/{Minute}_{Second}.jpg", "a/2026-01-05/03/05_7.jpg"),
        ("{StreamName}/{Date}/{Minute}.jpg", "a/1000-01-02/5.jpg"),
        ("{StreamName}/{Date}.jpg", "a/99991230.jpg"),
        ("{StreamName}/{Sequence}.jpg", "a/000000000000000017.jpg"),
        ("{StreamName}/{UnixTimestamp}.jpg", "a/0000000017.jpg"),
        ("{StreamName}/{UnixTimestamp}.jpg", "a/0000000017005.jpg"),
        ("{StreamName}/{Date}/{Hour}/{UnixTimestamp}.jpg", "a/20260231/99/1767607205.jpg"),
        ("{StreamName}/{Hour}/{Minute}_{Second}.jpg", "a/7/08_9.jpg"),
        ("{StreamName}/{Hour}/{Minute}_{Second}.jpg", "a/99/61_00.jpg"),
        ("{AppName}{StreamName}.jpg", "abc.jpg"),
    ],
)
@pytest.mark.parametrize("offset", [0, 480, -210])
def test_a_templates_numbers_are_as_wide_as_they_were(template: str, key: str, offset: int) -> None:
    """Zeros before a number, the spelling of a date, and clocks that tell no time come back as they stood."""
    layout = Layout("template", (Template("{Sequence}/{Date}"), Template(template, offset)))
    assert render(row(key, layout), layout) == key


def test_a_templates_time_is_written_on_its_clock() -> None:
    """A time is moved to the template's clock, and so to another time on another clock."""
    text = "{StreamName}/{Date}/{Hour}/{Minute}_{Second}.jpg"
    here, there = (Layout("template", (Template(text, minutes),)) for minutes in (0, 480))
    assert render(row("a/20260105/20/30_00.jpg", here), there) == "a/20260106/04/30_00.jpg"


def test_a_time_is_never_rounded() -> None:
    """Every millisecond of a second is written as itself, which a time kept as a float would not be."""
    record = row("s_c__uid_s_5__uid_e_1767607205000.jpg")
    for form, begin in (("13", "1767607205"), ("17", "20260105100005")):
        for number in range(1000):
            moment = datetime(2026, 1, 5, 10, 0, 5, number * 1000)  # noqa: DTZ001 - decoded times are naive UTC
            key = render({**record, "form": form, "captured_at": moment})
            assert key == f"s_c__uid_s_5__uid_e_{begin}{number:03d}.jpg"
