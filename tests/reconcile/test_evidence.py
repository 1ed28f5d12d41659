"""What became of the pictures in which moderation found something."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from store.listings import BEGUN, Found, Listing, begun
from store.payloads import payload, verdict

from indexer.naming import Layout
from indexer.naming.template import Template
from indexer.reconcile import Thresholds
from reconcile.building import (
    START,
    Who,
    bucket,
    every,
    expecting,
    findings,
    microseconds,
    not_computable,
    session,
)
from reconcile.told import HOUR, judge, say

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

SHOTS = session(every(60, 4))
KEYS = list(SHOTS)
SOON = START + timedelta(seconds=30)
DAY = timedelta(days=1)


def without(*numbers: int) -> Listing:
    """The bucket without some of its shots."""
    return {key: found for number, (key, found) in enumerate(SHOTS.items()) if number not in numbers}


def test_a_deleted_picture_is_missing_evidence(index: Index) -> None:
    """A picture that was deleted is one finding, by key, that says since when and what was said of it."""
    bucket(index, SHOTS)
    judge(index, KEYS[:2], label="porn")
    judge(index, KEYS[:1], provider="hive", label="gun", suggestion="review")
    bucket(index, without(0))
    (found,) = findings(index, "evidence-missing")
    place = ("classroom", "room_1", "38f8e3", 7, KEYS[0], None)
    assert tuple(found[name] for name in ("source", "channel", "sid", "uid", "key", "subject")) == place
    assert (found["severity"], found["rows"], found["from_at"]) == ("critical", 2, START)
    assert f"deleted before {begun(2):%Y-%m-%dT%H:%M:%SZ}, and no retention_days explains it" in found["explanation"]
    assert "block for porn by agora_live, review for gun by hive" in found["explanation"]


def test_a_picture_that_was_due_is_said_to_have_been(index: Index) -> None:
    """Where the source's retention explains the loss, the finding says so; it is lost all the same."""
    bucket(index, SHOTS, of=expecting(retention_days=30))
    judge(index, KEYS[:1])
    bucket(index, without(0), of=expecting(retention_days=30))
    index.execute("UPDATE sources SET retention_days = 30")
    (found,) = findings(index, "evidence-missing")
    assert "older than the 30.0 days that its source keeps pictures" in found["explanation"]


def test_a_picture_that_was_never_there_is_missing_evidence(index: Index) -> None:
    """A key that no listing found is a finding of no source; the same key in two buckets is two pictures."""
    bucket(index, without(1))
    judge(index, KEYS[:2])
    judge(index, [KEYS[1]], bucket="one")
    found = findings(index, "evidence-missing")
    assert [(one["source"], one["sid"], one["uid"], one["key"]) for one in found] == [(None, "38f8e3", 7, KEYS[1])] * 2
    assert {one["subject"] for one in found} == {None, "one"}


def test_a_verdict_without_a_key_is_told_by_user_and_time(index: Index) -> None:
    """Session, user and time say which picture is meant; each time is another picture."""
    bucket(index, SHOTS)
    told: dict[str, Any] = {"sid": "38f8e3", "cname": "room_1", "uid": 9}
    say(index, *(payload(verdict(captured_at=moment, **told), text=f"{moment}") for moment in every(60, 2)))
    found = findings(index, "evidence-missing")
    assert [(one["key"], one["uid"], one["from_at"]) for one in found] == [(None, 9, m) for m in every(60, 2)]
    assert "no bucket has a picture of this user at 2026-01-05T10:00:00Z" in found[0]["explanation"]


@pytest.mark.parametrize("told", [{"object_state": "frozen"}, {"key": None}], ids=str)
def test_what_is_withheld_or_not_named_is_no_missing_evidence(index: Index, told: dict[str, Any]) -> None:
    """The provider took it away, or nobody knows which picture is meant: neither is a loss of the bucket's."""
    bucket(index, without(1))
    say(index, payload(verdict(**({"key": KEYS[1]} | told))))
    assert findings(index, "evidence-missing") == []


def test_what_was_judged_since_the_listing_may_be_there(index: Index) -> None:
    """A picture is missing only where a listing that began after the verdict did not find it."""
    bucket(index, without(1))
    judge(index, [KEYS[1]], moderated_at=begun(1))
    assert findings(index, "evidence-missing") == []
    bucket(index, without(1))
    assert len(findings(index, "evidence-missing")) == 1


def test_nothing_is_missing_from_what_was_never_listed(index: Index) -> None:
    """Without a listing, no picture can be said to be missing."""
    judge(index, KEYS)
    assert findings(index, "evidence-missing") == []
    assert not_computable(index, "evidence-missing") == {None: "no source was ever listed to its end"}


@pytest.mark.parametrize(("later", "changed"), [(0, 0), (60, 0), (60.001, 1), (3600, 1)])
def test_a_picture_that_was_written_after_its_verdict_has_changed(index: Index, later: float, changed: int) -> None:
    """What was judged cannot have been what was written later; a minute is left to the clocks."""
    bucket(index, session([START], written_after=30 + later))
    judge(index, KEYS[:1], moderated_at=SOON)
    judge(index, KEYS[:1], moderated_at=BEGUN)
    found = findings(index, "evidence-changed")
    assert [(one["severity"], one["key"], one["rows"]) for one in found] == [("critical", KEYS[0], 2)] * changed


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Found(9, "e2", SHOTS[KEYS[0]].last_modified), "it had 50000 bytes and etag"),
        (Found(50_000, "e2", SHOTS[KEYS[0]].last_modified), "and has 50000 and e2 now"),
        (SHOTS[KEYS[0]], None),
        (SHOTS[KEYS[0]]._replace(etag=None), None),
    ],
    ids=str,
)
def test_a_picture_is_held_to_what_it_was_when_it_was_first_found(index: Index, now: Found, said: str | None) -> None:
    """Another size or etag than at the first reconciliation is another picture, though its time be the same."""
    bucket(index, SHOTS)
    judge(index, KEYS, moderated_at=BEGUN)
    assert findings(index, "evidence-changed") == []
    bucket(index, SHOTS | {KEYS[0]: now})
    found = findings(index, "evidence-changed")
    assert [one["key"] for one in found] == ([KEYS[0]] if said else [])
    assert all(said in one["explanation"] for one in found if said)


def test_custody_is_taken_once(index: Index) -> None:
    """What an object was when it was first found stays, whatever becomes of it."""
    bucket(index, SHOTS)
    judge(index, KEYS, moderated_at=BEGUN)
    findings(index, "evidence-changed")
    first = index.execute("SELECT * FROM custody ORDER BY key").fetchall()
    assert len(first) == 4
    bucket(index, {key: found._replace(size=1) for key, found in SHOTS.items()})
    assert len(findings(index, "evidence-changed")) == 4
    assert index.execute("SELECT * FROM custody ORDER BY key").fetchall() == first


def test_a_picture_that_is_overwritten_by_design_is_mutable_evidence(index: Index) -> None:
    """A name without a time proves nothing, and is no changed evidence however late it was written."""
    cover = expecting("cover", layout=Layout("template", (Template("{AppName}/{StreamName}.jpg"),)))
    bucket(index, {"stage/anna.jpg": Found(1, "a", microseconds(BEGUN)), "stage/bob.jpg": Found()}, of=cover)
    judge(index, ["stage/anna.jpg"], moderated_at=START)
    judge(index, ["stage/anna.jpg"], moderated_at=SOON)
    (found,) = findings(index, "evidence-mutable")
    assert (found["severity"], found["key"], found["channel"], found["rows"]) == (
        "warning",
        "stage/anna.jpg",
        "stage/anna",
        2,
    )
    assert findings(index, "evidence-changed") == []


def expiring(index: Index, days: float, thresholds: Thresholds = Thresholds()) -> list[dict[str, Any]]:  # noqa: B008
    """What is told of pictures that were written so many days before the listing, of a source that keeps 30 days."""
    written = begun(1) - days * DAY
    bucket(index, session([written], written_after=0), of=expecting(retention_days=30))
    index.execute("UPDATE sources SET retention_days = 30")
    judge(index, session([written]))
    return findings(index, "evidence-expiring", thresholds=thresholds)


@pytest.mark.parametrize(
    ("days", "told"), [(0, False), (22, False), (23, True), (29.9, True), (30.1, True), (31, True), (90, True)]
)
def test_evidence_is_told_of_before_its_bucket_deletes_it(index: Index, days: float, told: bool) -> None:  # noqa: FBT001
    """Pictures that reach the source's retention within a week, or are past it, are a finding by the day of that."""
    found = expiring(index, days)
    assert [one["subject"] for one in found] == [f"{begun(1) + (30 - days) * DAY:%Y-%m-%d}"] * told
    assert all((one["severity"], one["source"], one["rows"]) == ("warning", "classroom", 1) for one in found)
    assert all(("and are still there" in one["explanation"]) == (days > 30) for one in found)


def test_how_long_before_can_be_set(index: Index) -> None:
    """The days are those of the configuration."""
    assert len(expiring(index, 10, Thresholds(expiring_days=20))) == 1


def test_a_day_of_expiry_is_one_finding(index: Index) -> None:
    """However many verdicts and sessions the pictures are of."""
    written = begun(1) - 28 * DAY
    one, other = session([written]), session([written + HOUR], Who(uid=8))
    bucket(index, one, other, of=expecting(retention_days=30))
    index.execute("UPDATE sources SET retention_days = 30")
    judge(index, [*one, *other, *one])
    (found,) = findings(index, "evidence-expiring")
    assert (found["rows"], found["from_at"], found["until_at"]) == (3, written, written + HOUR)


def test_without_a_retention_nothing_expires(index: Index) -> None:
    """A source without retention_days cannot be told of."""
    bucket(index, SHOTS)
    judge(index, KEYS)
    assert findings(index, "evidence-expiring") == []
    assert not_computable(index, "evidence-expiring") == {"classroom": "no retention_days is configured"}


@pytest.mark.parametrize("text", ["'; DROP TABLE names; --", "{0} {{1}} $key %s %d", "\x1b[2J\n中文", '"'])
def test_hostile_words_stay_data(index: Index, text: str) -> None:
    """Whatever a key, a bucket or a label is called, a finding holds it whole and its query shows its rows."""
    bucket(index, SHOTS)
    judge(index, [text], label=text, bucket=text, sid=text, cname=text)
    (found,) = findings(index, "evidence-missing")
    assert (found["key"], found["subject"], found["sid"], found["channel"]) == (text,) * 4
    assert f"block for {text} by agora_live" in found["explanation"]
