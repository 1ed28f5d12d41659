"""Objects that were written late, and names in another time zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from store.listings import Found, rows

from indexer.reconcile import Thresholds
from reconcile.building import (
    SECOND,
    START,
    STREAMS,
    Who,
    bucket,
    every,
    expecting,
    findings,
    microseconds,
    reconcile,
    session,
    standing,
    streamed,
)

if TYPE_CHECKING:
    import duckdb
    from store.listings import Listing

    Index = duckdb.DuckDBPyConnection

LATE = "late-upload"
SKEW = "clock-skew"
HOUR = 3600


def shots(count: int, first: int = 0, *, after: float = 1.0, **told: Any) -> Listing:
    """Some of a session's shots, a minute apart, written so many seconds after they were taken."""
    return session(every(60, count, start=START + 60 * first * SECOND), written_after=after, **told)


def late(index: Index, **options: Any) -> list[tuple[Any, ...]]:
    """The day of each finding, and how many shots came late."""
    return [(one["subject"], one["rows"]) for one in findings(index, LATE, **options)]


def test_late_shots_are_told_by_day(index: Index) -> None:
    """What was written more than five minutes later is one finding a day, with how late the others of the day were."""
    bucket(index, shots(96), shots(3, 96, after=301), shots(1, 99, after=4000), shots(1, 2000, after=302))
    found, other = findings(index, LATE)
    assert (found["severity"], found["source"], found["subject"], found["rows"]) == (
        "warning", "classroom", "2026-01-05", 4,
    )  # fmt: skip
    assert (found["from_at"], found["until_at"]) == (START + 96 * 60 * SECOND, START + 99 * 60 * SECOND)
    assert found["measure"] == 4000
    assert found["explanation"] == (
        "4 of 100 shots of the day came more than 300 s late; "
        "half of all within 1 s, 95 % within 1 s, 99 % within 301 s, the last after 4000 s"
    )
    assert (other["subject"], other["rows"]) == ("2026-01-06", 1)


@pytest.mark.parametrize(("after", "found"), [(300, 0), (300.001, 1), (299.999, 0), (-301, 0)])
def test_the_threshold_is_exact(index: Index, after: float, found: int) -> None:
    """A shot is late from the first millisecond after the threshold on, and never before it was taken."""
    bucket(index, shots(1, after=after))
    assert len(late(index)) == found


@pytest.mark.parametrize("seconds", [0.5, 601.0, 3601.0, 100_000.0])
def test_any_threshold_is_exact(index: Index, seconds: float) -> None:
    """The figures of latencies get coarser with their length; what is late is counted by the shots themselves."""
    bucket(index, shots(3, after=seconds), shots(2, 3, after=seconds + 0.001))
    assert late(index, thresholds=Thresholds(late_seconds=seconds)) == [("2026-01-05", 2)]


def test_latencies_are_kept_by_the_second(index: Index) -> None:
    """The seconds are rounded down: to whole ones up to ten minutes, to the minute up to a day, then to the hour."""
    for number, after in enumerate([-0.5, 0.999, 1, 599.9, 600, 659, 86_399, 86_400, 90_000]):
        bucket(index, shots(1, after=after), of=expecting(str(number)))
    reconcile(index)
    seconds = rows(index, "SELECT seconds FROM upload_latency ORDER BY source")
    assert [one for (one,) in seconds] == [-1, 0, 1, 599, 600, 600, 86_340, 86_400, 90_000]


@pytest.mark.parametrize(
    ("zone", "named"),
    [(8, "before the time in their names, which is most likely of UTC+08:00"),
     (5.75, "before the time in their names, which is most likely of UTC+05:45"),
     (-3.5, "after the time in their names, which is most likely of UTC-03:30")],
)  # fmt: skip
def test_names_in_local_time_are_a_skew(index: Index, zone: float, named: str) -> None:
    """Where all objects were written a constant number of quarter hours off their names, these tell local time."""
    bucket(index, shots(300, after=20 - zone * HOUR))
    (found,) = findings(index, SKEW)
    assert (found["severity"], found["source"], found["rows"]) == ("warning", "classroom", 1)
    assert found["measure"] == -zone * HOUR
    assert (found["from_at"], found["until_at"]) == (START, START + 299 * 60 * SECOND)
    assert f"100.0 % of 300 shots were written {abs(zone):.2f} h {named} and not UTC" in found["explanation"]


def test_a_template_is_told_how_to_be_put_right(index: Index) -> None:
    """A template's clock can be set; the other layouts promise UTC, so that what writes them is wrong."""
    bucket(index, streamed(every(60, 60), written_after=-8 * HOUR), of=expecting(layout=STREAMS))
    bucket(index, shots(60, after=-8 * HOUR), of=expecting("utc"))
    template, other = findings(index, SKEW)
    assert template["explanation"].endswith("and not UTC: add +08:00 to the source's utc_offset")
    assert other["explanation"].endswith("and not UTC, as this layout promises: look at the clock of what writes them")


def test_a_skew_is_taken_off_what_is_late(index: Index) -> None:
    """In local time everything looks late, or nothing; only what is late besides is told."""
    for name, zone in (("east", 8), ("west", -8)):
        skewed = -zone * HOUR
        held = shots(100, after=skewed + 5), shots(2, 100, after=skewed + 301), shots(1, 102, after=skewed + 299)
        bucket(index, *held, of=expecting(name))
    reconcile(index)
    assert [(one["source"], one["rows"], one["measure"]) for one in standing(index, LATE)] == [
        ("east", 2, 301),
        ("west", 2, 301),
    ]
    explanation = standing(index, LATE)[0]["explanation"]
    assert explanation.startswith("2 of 103 shots of the day came more than 300 s late; half of all within 0 s")
    assert explanation.endswith("; the -28800 s by which the names' clock is off are taken off, to the minute")


@pytest.mark.parametrize("copied_after", [0, 4 * HOUR, 30 * 24 * HOUR])
@pytest.mark.parametrize("taken", [10, 15, 300])
def test_a_copied_bucket_is_no_skew(index: Index, copied_after: float, taken: int) -> None:
    """Objects that were all written at one time, whole hours after their shots, were copied: no clock is off."""
    at = START + (60 * taken + copied_after) * SECOND
    bucket(index, {key: Found(etag=one.etag, last_modified=microseconds(at)) for key, one in shots(taken).items()})
    assert findings(index, SKEW) == []


def test_a_bucket_uploaded_again_bit_by_bit_is_no_skew(index: Index) -> None:
    """A copy that runs in the order of the keys, much faster than the shots were taken, does not follow them."""
    at = START + 6 * HOUR * SECOND
    held = {
        key: Found(etag=one.etag, last_modified=microseconds(at + number * SECOND))
        for number, (key, one) in enumerate(shots(15).items())
    }
    bucket(index, held)
    assert findings(index, SKEW) == []


@pytest.mark.parametrize("after", [1, 290, 8 * HOUR + 600, 8 * HOUR - 120, 15 * HOUR, -13 * HOUR - 7 * HOUR])
def test_other_latencies_are_no_skew(index: Index, after: float) -> None:
    """What is near no quarter hour, near none, or further off than any time zone is an upload, and no clock."""
    bucket(index, shots(100, after=after))
    assert findings(index, SKEW) == []


@pytest.mark.parametrize(("others", "found"), [(10, 1), (12, 0)])
def test_nine_of_ten_shots_make_a_skew(index: Index, others: int, found: int) -> None:
    """A tenth of the shots may have been written at any time."""
    bucket(index, shots(90, after=-8 * HOUR), shots(others, 90, after=1))
    assert len(findings(index, SKEW)) == found


def test_a_clock_is_told_by_source(index: Index) -> None:
    """One source's clock is not another's."""
    bucket(index, shots(60, after=-8 * HOUR), of=expecting("local"))
    bucket(index, shots(60, who=Who(uid=8)), of=expecting("utc"))
    assert [one["source"] for one in findings(index, SKEW)] == ["local"]


def test_too_few_shots_tell_no_clock(index: Index) -> None:
    """Nine shots are no clock."""
    bucket(index, shots(9, after=-8 * HOUR))
    assert findings(index, SKEW) == []
    bucket(index, shots(10, after=-8 * HOUR))
    assert len(findings(index, SKEW)) == 1


def test_a_day_is_of_the_capture(index: Index) -> None:
    """A shot belongs to the day on which it was taken, however late it came."""
    bucket(index, shots(1, after=timedelta(days=3).total_seconds()))
    assert late(index) == [("2026-01-05", 1)]
