"""What platforms say they stored, against what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from store.listings import begun, source

from reconcile.building import START, Who, bucket, every, expecting, findings, not_computable, session
from reconcile.told import TAKEN_IN, announce, count

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

SHOTS = session(every(5, 6))
KEYS = list(SHOTS)
NEVER = list(session(every(5, 3, start=every(5, 7)[6])))
OTHERS = list(session(every(5, 2), Who(uid=8)))


def test_announced_screenshots_that_are_not_there_are_one_finding_a_session(index: Index) -> None:
    """What a platform said before the listing began, and the listing did not find, is critical, by session."""
    bucket(index, SHOTS)
    announce(index, [*KEYS, *NEVER, *OTHERS], notified_at=TAKEN_IN)
    found = findings(index, "notified-not-stored")
    assert [(one["uid"], one["rows"], one["severity"]) for one in found] == [(8, 2, "critical"), (7, 3, "critical")]
    assert {(one["source"], one["channel"], one["sid"], one["subject"]) for one in found} == {
        ("classroom", "room_1", "38f8e3", None)
    }
    assert (found[1]["from_at"], found[1]["until_at"]) == (every(5, 7)[6], every(5, 9)[8])


def test_deleted_screenshots_were_stored(index: Index) -> None:
    """What was listed once and is gone since is no announced screenshot that never came."""
    bucket(index, SHOTS)
    bucket(index, {key: SHOTS[key] for key in KEYS[1:]})
    announce(index, KEYS, notified_at=TAKEN_IN)
    assert findings(index, "notified-not-stored") == []


@pytest.mark.parametrize("told", [{"notified_at": begun(1)}, {"notified_at": begun(2)}, {}], ids=str)
def test_only_a_later_listing_can_tell(index: Index, told: dict[str, Any]) -> None:
    """A screenshot that was announced since the last listing began is nobody's fault; without a time, coming counts."""
    bucket(index, SHOTS)
    announce(index, NEVER, **told)
    found = findings(index, "notified-not-stored")
    assert len(found) == (0 if told else 1)


def test_a_test_of_the_address_announces_nothing(index: Index) -> None:
    """A made-up event names a made-up object."""
    bucket(index, SHOTS)
    announce(index, NEVER, notified_at=TAKEN_IN, is_test=True)
    assert findings(index, "notified-not-stored") == []
    assert set(not_computable(index, "notified-not-stored")) == {None}


def test_a_bucket_that_nobody_lists_is_told_by_its_name(index: Index) -> None:
    """What lies where no source looks is a warning a bucket, however many sessions it is of."""
    bucket(index, SHOTS)
    announce(index, [*NEVER, *OTHERS], bucket="elsewhere", notified_at=TAKEN_IN)
    (found,) = findings(index, "notified-not-stored")
    assert (found["severity"], found["source"], found["subject"], found["rows"]) == ("warning", None, "elsewhere", 5)
    assert "in bucket elsewhere" in found["explanation"]


def test_the_source_of_the_longest_prefix_should_hold_it(index: Index) -> None:
    """Where several sources look into a bucket, the one that looks closest is named, whichever is called first."""
    bucket(index, SHOTS, of=source("a", bucket="shots"))
    bucket(index, {}, of=source("b", bucket="shots", prefix="deep/"))
    bucket(index, {}, of=source("c", bucket="other", prefix="deep/er/"))
    announce(index, [*NEVER, *(f"deep/er/{key}" for key in OTHERS)], bucket="shots", notified_at=TAKEN_IN)
    found = findings(index, "notified-not-stored")
    assert {(one["source"], one["uid"], one["rows"]) for one in found} == {("a", 7, 3), ("b", 8, 2)}


def test_screenshots_that_no_notification_names_are_one_finding_a_session(index: Index) -> None:
    """Between the first and the last announced shot of a source, every shot should have been announced."""
    bucket(index, SHOTS, session(every(5, 6), Who(uid=8)))
    announce(index, [KEYS[1], KEYS[4]])
    found = findings(index, "stored-not-notified")
    assert [(one["uid"], one["rows"], one["from_at"], one["until_at"]) for one in found] == [
        (8, 4, every(5, 2)[1], every(5, 5)[4]),
        (7, 2, every(5, 3)[2], every(5, 4)[3]),
    ]
    assert {one["severity"] for one in found} == {"warning"}


def test_a_deleted_screenshot_should_have_been_announced_too(index: Index) -> None:
    """It was stored, so the platform should have said so; and an announced one is announced though it is gone."""
    bucket(index, SHOTS)
    bucket(index, {key: SHOTS[key] for key in (KEYS[0], KEYS[5])})
    announce(index, [key for key in KEYS if key != KEYS[3]])
    (found,) = findings(index, "stored-not-notified")
    assert (found["rows"], found["from_at"]) == (1, every(5, 4)[3])


def test_the_same_keys_in_two_buckets_are_announced_in_both(index: Index) -> None:
    """A notification that names no bucket speaks of every one that has the object."""
    for name in ("classroom", "copy"):
        bucket(index, SHOTS, of=expecting(name))
    announce(index, KEYS)
    assert findings(index, "stored-not-notified") == []
    assert not_computable(index, "stored-not-notified") == {}


def test_a_source_of_which_nothing_is_announced_cannot_be_told_of(index: Index) -> None:
    """Where callbacks are not sent at all, their lack says nothing of a shot."""
    bucket(index, SHOTS)
    bucket(index, session(every(5, 6), Who(sid="aa")), of=expecting("silent"))
    announce(index, KEYS)
    assert findings(index, "stored-not-notified") == []
    assert not_computable(index, "stored-not-notified") == {"silent": "no notification names an object of it"}


@pytest.mark.parametrize(
    ("numbers", "missing", "ranges", "rows"),
    [
        ([0, 1, 3], 1, "numbers 2:", 2),
        ([3, 0, 1, 1, 3, 3], 1, "numbers 2:", 5),
        ([7, 12], 4, "numbers 8-11:", 2),
        ([0, 2, 4, 9], 6, "numbers 1, 3, 5-8:", 4),
        (range(0, 26, 2), 12, "numbers 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 2 more ranges:", 13),
        ([0, 1, 2, 3, 5, 6, 7], 1, "numbers 4:", 2),
        ([0, 2**63 - 1], 2**63 - 2, "numbers 1-9223372036854775806:", 2),
    ],
    ids=str,
)
def test_missing_numbers_are_lost_notices(
    index: Index, numbers: list[int], missing: int, ranges: str, rows: int
) -> None:
    """Numbers between the lowest and the highest that never came are listed; the notices beside them are the rows."""
    count(index, "38f8e3", numbers)
    (found,) = findings(index, "notification-lost")
    assert (found["severity"], found["sid"], found["rows"]) == ("warning", "38f8e3", rows)
    assert found["measure"] == float(missing)
    assert ranges in found["explanation"]


def test_retries_and_whole_sessions_have_lost_nothing(index: Index) -> None:
    """A number that came twice stands for one notice, and what came before the first or after the last is not known."""
    count(index, "aa", [5, 6, 6, 7])
    count(index, "bb", [0])
    assert findings(index, "notification-lost") == []
    assert not_computable(index, "notification-lost") == {}


def test_each_session_counts_for_itself(index: Index) -> None:
    """A number of one recording does not stand in for that of another."""
    count(index, "aa", [0, 2])
    count(index, "bb", [1, 4])
    found = findings(index, "notification-lost")
    assert [(one["sid"], one["measure"]) for one in found] == [("aa", 1), ("bb", 2)]


def test_without_numbers_no_loss_can_be_told(index: Index) -> None:
    """An index whose notices were never numbered says so."""
    announce(index, KEYS)
    assert findings(index, "notification-lost") == []
    assert "--rebuild" in not_computable(index, "notification-lost")[None]


def test_a_lost_notice_is_dated_by_those_beside_it(index: Index) -> None:
    """The time is when the notices before and after it came."""
    count(index, "aa", [0, 2])
    (found,) = findings(index, "notification-lost")
    assert (found["from_at"], found["until_at"]) == (TAKEN_IN, TAKEN_IN)
    assert found["from_at"] > START


@pytest.mark.parametrize("text", ["'; DROP TABLE names; --", "{0} {{1}} $source %s %d", "\x1b[2J\n中文", '"'])
def test_hostile_names_stay_data(index: Index, text: str) -> None:
    """Whatever a bucket, a session or a channel is called, a finding holds it whole and its query shows its rows."""
    bucket(index, SHOTS)
    announce(index, [f"{text}.jpg"], bucket=text, notified_at=TAKEN_IN)
    announce(index, [f"{text}.png"], sid=text, cname=text, notified_at=TAKEN_IN)
    count(index, text, [0, 2])
    found = findings(index, "notified-not-stored")
    assert {(one["subject"], one["sid"], one["channel"], one["rows"]) for one in found} == {
        (text, None, None, 1),
        (None, text, text, 1),
    }
    assert [one["sid"] for one in findings(index, "notification-lost")] == [text]
