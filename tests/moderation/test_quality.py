"""What is doubtful in a body: two times that disagree, and names by Beijing's clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from indexer.moderation.quality import BEIJING_NAME, TIMES_DISAGREE, of_clock_in_name

AT = datetime.fromisoformat("2026-01-05 20:12:05")


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
