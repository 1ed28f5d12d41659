"""What is doubtful in a body: two times that disagree, and names by Beijing's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from indexer.moderation.quality import BEIJING_NAME, TIMES_DISAGREE, of_clock_in_name, of_times

AT = datetime.fromisoformat("2026-01-05 20:12:05")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (0 * SECOND, ()),
        (1 * SECOND, ()),
        (-1 * SECOND, ()),
        (2 * SECOND, (TIMES_DISAGREE,)),
        (timedelta(hours=8), (BEIJING_NAME,)),
        (timedelta(hours=-8, seconds=1), (BEIJING_NAME,)),
        (timedelta(hours=8, seconds=2), (TIMES_DISAGREE,)),
        (timedelta(days=900), (TIMES_DISAGREE,)),
    ],
)
def test_two_tellings_of_an_instant_are_compared(apart: timedelta, said: tuple[str, ...]) -> None:
    """Times further apart than the tolerance disagree; eight hours apart one is Beijing's."""
    assert of_times(AT, AT + apart, SECOND) == of_times(AT + apart, AT, SECOND) == said


def test_a_time_that_is_not_told_disagrees_with_none() -> None:
    """One telling alone is no disagreement."""
    assert of_times(None, AT, SECOND) == of_times(AT, None, SECOND) == of_times(None, None, SECOND) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("room/room-screenshot-04-12-05-1280x720.jpg", (BEIJING_NAME,)),
        ("room/room-screenshot-04-12-09-1280x720.jpg", (BEIJING_NAME,)),
        ("2026-01-06/room-screenshot-04-12-05-1280x720.jpg", (BEIJING_NAME,)),
        ("room/room-screenshot-20-12-05-1280x720.jpg", ()),
        ("room/room-screenshot-12-12-05-1280x720.jpg", (TIMES_DISAGREE,)),
        ("room/room-screenshot-29-61-61-1280x720.jpg", ()),
        ("a.jpg", ()),
        ("", ()),
    ],
)
def test_a_clock_in_a_name_is_compared_with_the_time_of_the_body(name: str, said: tuple[str, ...]) -> None:
    """A clock eight hours ahead of the body's UTC time is Beijing's, over midnight too; no clock says nothing."""
    assert of_clock_in_name(name, AT) == said
    assert of_clock_in_name(name, None) == ()
