"""The figures: what they count, of which day, and how many of them there are at most."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from reconcile.building import START, Who, bucket, every, session

from indexer.errors import UsageError
from indexer.report.figures import CHANNELS, FINDINGS, FINDINGS_LENGTH, figures
from indexer.report.text import rendered_length
from report.telling import DAY, HOUR, MADE_AT, cover, failed, find, judge, of, reconciled, written

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection


def test_without_a_day_the_newest_with_screenshots_is_told(index: Index) -> None:
    """The newest day on which a shot was taken is the day."""
    later = every(5, 3, start=START + timedelta(days=2))
    bucket(index, session(every(5, 3)), session(later, Who(sid="38f8e4")))
    assert of(index, None).day == date(2026, 1, 7)


def test_a_time_that_no_shot_can_have_is_not_the_newest_day(index: Index) -> None:
    """A key that tells a day long after its object was written does not move the report into the future."""
    far = every(5, 1, start=START + timedelta(days=9000))
    bucket(index, session(every(5, 3)), session(far, Who(sid="38f8e4"), written_after=-8999 * 86_400))
    assert of(index, None).day == DAY


def test_an_index_without_screenshots_has_figures_of_today(index: Index) -> None:
    """Where nothing was captured the day is today, and nothing is counted."""
    told = of(index, None)
    assert (told.day, told.today, told.week, told.as_of) == (MADE_AT.date(), None, [], None)


@pytest.mark.parametrize("day", [date.min, date(1, 1, 7)])
def test_a_day_without_a_week_before_it_is_the_users_mistake(index: Index, day: date) -> None:
    """A day at the beginning of the calendar is refused."""
    with pytest.raises(UsageError, match="no week before"):
        figures(index, day, MADE_AT.date())


def test_the_day_and_the_week_before_are_counted_apart(index: Index) -> None:
    """Shots, sessions and channels of the day, and of each day of the week before; an older day counts nowhere."""
    listings = [
        session(every(5, 10 + days, start=START - timedelta(days=days)), Who(sid=f"38f8e{days}"))
        for days in (0, 1, 7, 8)
    ]
    bucket(index, *listings, session(every(5, 4), Who(sid="38f8ef", cname="room_2")))
    told = of(index)
    assert told.today is not None
    assert [told.today[name] for name in ("screenshots", "sessions", "channels")] == [14, 2, 2]
    assert [row["screenshots"] for row in told.week] == [17, 11]


def test_what_is_missing_is_counted_with_what_explains_it(index: Index) -> None:
    """The day's coverage adds all channels up, and leaves other days out."""
    cover(index, "a", (10, 2, 0), (8, 4, 1))
    cover(index, "b", (5, 0, 0))
    cover(index, "a", (99, 99, 0), days=1)
    today = of(index).today
    assert today is not None
    assert (today["stored"], today["missing"], today["explained"]) == (23, 6, 1)


def test_the_worst_covered_channels_come_first(index: Index) -> None:
    """Channels are ordered by the share of what was due, and what is explained was not due."""
    cover(index, "whole", (10, 0, 0))
    cover(index, "explained", (1, 9, 9))
    cover(index, "half", (5, 5, 0))
    cover(index, "most", (9, 1, 0))
    assert [row["channel"] for row in of(index).coverage] == ["half", "most", "explained", "whole"]


def test_no_more_channels_are_shown_than_fit(index: Index) -> None:
    """Of many channels the worst are kept, and how many there are is told."""
    for number in range(CHANNELS + 5):
        cover(index, f"{number:02}", (number, 1, 0))
    rows = of(index).coverage
    assert (len(rows), rows[0]["channels"], rows[-1]["channel"]) == (CHANNELS, CHANNELS + 5, f"{CHANNELS - 1:02}")


def test_a_channel_without_a_name_has_its_hours(index: Index) -> None:
    """Screenshots of no channel are a row as others are."""
    cover(index, None, (10, 2, 0), (8, 4, 0))
    assert [(row["channel"], row["missing"]) for row in of(index).coverage] == [(None, 2), (None, 4)]


def test_violations_are_counted_by_label_and_hour(index: Index) -> None:
    """Each label has a row an hour, the most frequent label first."""
    judge(index, "gore")
    judge(index, "porn", "porn", at=START + HOUR)
    rows = [(row["place"], row["label"], row["hour"].hour, row["violations"]) for row in of(index).violations]
    assert rows == [(1, "porn", 11, 2), (2, "gore", 10, 1)]


def test_offenders_are_ordered_by_frames_of_the_day(index: Index) -> None:
    """Who offends most on the day is first, with the week before beside it; who offended only then is not told."""
    judge(index, "porn", "porn", name="lobby", at=START - timedelta(days=1))
    judge(index, "gore")
    index.execute("UPDATE verdicts SET uid = 8 WHERE label = 'gore'")
    assert [(row["who"], row["frames"], row["week_frames"]) for row in of(index).offenders] == [("8", 1, 0)]
    judge(index, "gore", "gore", name="attic", suggestion="review")
    found = [(row["who"], row["frames"], row["blocks"], row["week_frames"]) for row in of(index).offenders]
    assert found == [("7", 2, 0, 2), ("8", 1, 1, 0)]


def test_delays_are_told_of_the_day_and_of_the_week_before(index: Index) -> None:
    """Within how many seconds half, 95 % and 99 % of the objects were written is weighed by how many they are."""
    written(index, (1, 50), (4, 45), (20, 4), (7200, 1))
    written(index, (3, 10), days=-1)
    today, before = of(index).delays
    assert (today["half"], today["most"], today["nearly_all"]) == (1, 4, 20)
    assert (before["is_day"], before["half"]) == (False, 3)
    assert [(row["within"], row["of_day"], row["of_week"]) for row in of(index).latency] == [
        ("up to 2 s", 50, 0), ("3 to 5 s", 45, 10), ("11 to 30 s", 4, 0), ("over an hour", 1, 0),
    ]  # fmt: skip


def test_findings_that_stand_are_listed_the_critical_and_new_ones_first(index: Index) -> None:
    """Resolved findings and those that a person knows of are not listed; the latter are counted."""
    reconciled(index)
    find(index, "f1", "info")
    find(index, "f2", "critical", from_at=START)
    find(index, "f3", "critical", from_at=START + HOUR)
    find(index, "f4", "critical", status="new")
    find(index, "f5", "critical", status="resolved")
    find(index, "f6", "critical")
    index.execute("INSERT INTO acknowledgements VALUES ('f6', 'known', 'ann', ?)", [START])
    told = of(index)
    assert [row["finding_id"] for row in told.listed] == ["f4", "f3", "f2", "f1"]
    assert (told.standing("critical"), told.standing("critical", "acknowledged"), told.not_listed) == (3, 1, 0)


def test_more_findings_than_fit_are_counted(index: Index) -> None:
    """Of many findings a fixed number is listed, and the others are counted."""
    reconciled(index)
    for number in range(FINDINGS + 7):
        find(index, f"{number:03}")
    told = of(index)
    assert (len(told.listed), told.not_listed) == (FINDINGS, 7)


def test_long_findings_are_listed_as_far_as_they_fit(index: Index) -> None:
    """Findings whose texts are long are fewer, so that the page stays small."""
    reconciled(index)
    for number in range(FINDINGS):
        find(index, f"{number:03}", explanation='"' * 5000, key="\u202e" * 1024)
    told = of(index)
    length = sum(rendered_length(value) for row in told.listed for value in row.values())
    assert FINDINGS_LENGTH * 0.9 < length <= FINDINGS_LENGTH
    assert len(told.listed) + told.not_listed == FINDINGS


def test_the_worst_of_each_place_is_told(index: Index) -> None:
    """Places are ordered by critical findings, then warnings, each with its worst; information counts nowhere."""
    reconciled(index)
    find(index, "f1", "warning", channel="b", explanation="a warning")
    find(index, "f2", "warning", channel="a")
    find(index, "f3", "warning", channel="a")
    find(index, "f4", "critical", channel="b", explanation="the worst")
    find(index, "f5", "info", channel="c")
    places = [(row["channel"], row["critical"], row["warning"], row["explanation"]) for row in of(index).places]
    assert places == [("b", 1, 1, "the worst"), ("a", 0, 2, "10 missing")]


def test_a_source_whose_newest_listing_failed_is_told(index: Index) -> None:
    """A listing that failed is told until one of its source comes to its end."""
    failed(index, "classroom", "the key may not list")
    assert [(row["source"], row["error"]) for row in of(index).failed] == [("classroom", "the key may not list")]
    bucket(index, session(every(5, 3)))
    assert of(index).failed == []
