"""Values as they stand on the page."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from indexer.report.text import LONGEST, label, lasting, many, moment, rendered_length, share, shown, span, tamed

NOON = datetime.fromisoformat("2026-01-05 12:00:00.123")


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=LONGEST))
def test_a_key_is_shown_whole(text: str) -> None:
    """A text no longer than a key can be stands as it is."""
    assert tamed(text) == text


@given(st.text())
def test_no_text_holds_what_xml_refuses(text: str) -> None:
    """Control characters, lone surrogates and the two that are none are written out."""
    refused = [character for character in tamed(text) if character < " " or "\ud800" <= character <= "\udfff"]
    assert refused + [character for character in tamed(text) if character in "\ufffe\uffff"] == []


def test_a_text_longer_than_any_key_is_cut_with_its_length() -> None:
    """What is cut says how long it was."""
    assert tamed("a" * LONGEST) == "a" * LONGEST
    assert tamed("a" * 5000) == "a" * LONGEST + "… (5,000 characters)"


def test_a_text_that_overrides_the_direction_is_written_out() -> None:
    """What would make a text read as another stands as its code."""
    assert tamed("a\u202egpj.exe") == "a\\u202egpj.exe"


@pytest.mark.parametrize(
    ("text", "told"),
    [("lobby", "lobby"), ("a" * 10, "a" * 10), ("a" * 11, "a" * 9 + "…"), ("\U0001f600" * 6, "\U0001f600" * 4 + "…")],
)
def test_a_label_takes_the_room_it_is_given(text: str, told: str) -> None:
    """A label is cut between characters, and wide ones take two places."""
    assert label(text, 10) == told


def test_nothing_is_shown_for_nothing_and_markup_as_it_is() -> None:
    """What is absent is empty; markup of our own is left alone, and a number stays one."""
    assert (shown(None), shown(Markup("<b>")), shown(7)) == ("", "<b>", 7)
    assert (rendered_length(None), rendered_length("<"), rendered_length(1000)) == (0, 4, 4)


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "-"),
        (0, 10, "0.0 %"),
        (10, 10, "100.0 %"),
        (999_999, 1_000_000, "> 99.9 %"),
        (1, 1_000_000, "< 0.1 %"),
        (1, 3, "33.3 %"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_none(part: int, whole: int, told: str) -> None:
    """One missing in a million is not nothing."""
    assert share(part, whole) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "-"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (-28_800, "-8 h"), (172_800, "2 d")],
)
def test_a_length_of_time_has_the_unit_that_suits_it(seconds: float | None, told: str) -> None:
    """Seconds, minutes, hours and days, before the shot too."""
    assert lasting(seconds) == told


def test_times_are_iso_8601_in_utc() -> None:
    """A moment has its Z; of two on one day the day stands once."""
    later = NOON.replace(hour=13)
    assert moment(NOON) == "2026-01-05T12:00:00Z"
    assert span(NOON, later) == "2026-01-05T12:00:00Z to 13:00:00Z"
    assert span(NOON, later.replace(day=6)) == "2026-01-05T12:00:00Z to 2026-01-06T13:00:00Z"
    assert (span(NOON, None), span(NOON, NOON), span(None, None)) == (moment(NOON), moment(NOON), "")


def test_one_is_singular() -> None:
    """One thing, two things."""
    assert (many(1, "finding"), many(2000, "finding")) == ("1 finding", "2,000 findings")
