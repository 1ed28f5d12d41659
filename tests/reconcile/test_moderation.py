"""What was judged, what was not, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from store.listings import Found, Listing, begun
from store.payloads import payload, verdict

from indexer.naming import Layout
from indexer.naming.template import Template
from indexer.reconcile import Thresholds
from reconcile.building import START, Who, bucket, every, expecting, findings, microseconds, not_computable, session
from reconcile.told import TAKEN_IN, good, judge, say

if TYPE_CHECKING:
    import duckdb

    Index = duckdb.DuckDBPyConnection

SHOTS = session(every(60, 6))
KEYS = list(SHOTS)
OTHERS = session(every(60, 6), Who(uid=8))
MODERATED = expecting(moderated=True)
MINUTE = timedelta(minutes=1)


def test_shots_without_a_verdict_are_one_finding_a_session(index: Index) -> None:
    """Between the first and the last judged shot of a moderated source, every shot should have been judged."""
    bucket(index, SHOTS, OTHERS, of=MODERATED)
    good(index, [KEYS[0], KEYS[2], KEYS[4]])
    judge(index, [KEYS[3]])
    found = findings(index, "unmoderated")
    assert [(one["uid"], one["rows"], one["from_at"], one["until_at"]) for one in found] == [
        (8, 5, START, START + 4 * MINUTE),
        (7, 1, START + MINUTE, START + MINUTE),
    ]
    assert {one["severity"] for one in found} == {"warning"}


def test_without_passes_nobody_can_say_what_was_not_judged(index: Index) -> None:
    """A provider that reports only what it flags says nothing of the rest, whatever scenes of a flagged one passed."""
    bucket(index, SHOTS, of=MODERATED)
    passed = verdict(key=KEYS[0], suggestion="pass", category="neutral", result_path="/other")
    say(index, payload(verdict(key=KEYS[0]), passed), payload(verdict(key=KEYS[5])))
    assert findings(index, "unmoderated") == []
    assert not_computable(index, "unmoderated") == {"classroom": "no provider reports passes for it"}


def test_a_source_that_is_not_moderated_has_nothing_to_be_judged(index: Index) -> None:
    """A source that is not said to be moderated is not looked at, though some of its shots are judged."""
    bucket(index, SHOTS)
    good(index, [KEYS[0], KEYS[5]])
    assert findings(index, "unmoderated") == []
    assert not_computable(index, "unmoderated") == {"classroom": "it is not said to be moderated"}


def test_passes_of_one_source_say_nothing_of_another(index: Index) -> None:
    """Each source is held to its own verdicts."""
    bucket(index, SHOTS, of=MODERATED)
    bucket(index, session(every(60, 6), Who(sid="aa")), of=expecting("flagged", moderated=True))
    good(index, KEYS)
    assert findings(index, "unmoderated") == []
    assert not_computable(index, "unmoderated") == {"flagged": "no provider reports passes for it"}


@pytest.mark.parametrize(
    ("provider", "told", "severity", "reason"),
    [
        ("agora_client", {"label": "neutral"}, "info", "not-stored"),
        ("agora_live", {"label": "neutral"}, "warning", "unexplained"),
        ("activefence", {}, "info", "elsewhere"),
        ("hive", {"key": None, "object_url": "https://cdn.example/other/1.jpg"}, "info", "elsewhere"),
        ("hive", {"key": None}, "info", "no-key"),
        ("tencent_ci", {"object_state": "moved"}, "info", "moved"),
    ],
)
def test_a_pass_without_a_screenshot_is_told_with_its_reason(
    index: Index, provider: str, told: dict[str, Any], severity: str, reason: str
) -> None:
    """What is known to explain that a passed picture is nowhere is an info, and what nothing explains a warning."""
    bucket(index, SHOTS)
    passed = verdict(**({"key": "gone.jpg", "suggestion": "pass", "category": "neutral"} | told))
    say(index, replace(payload(passed), provider=provider))
    (found,) = findings(index, "verdict-without-screenshot")
    assert (found["severity"], found["subject"]) == (severity, f"{provider} {reason} {TAKEN_IN:%Y-%m-%d}")
    assert (found["rows"], found["from_at"]) == (1, TAKEN_IN)


@pytest.mark.parametrize(
    ("told", "reason"), [({"key": "gone.jpg", "object_state": "frozen"}, "frozen"), ({"key": None}, "no-key")]
)
def test_a_violation_whose_picture_is_withheld_or_not_named_is_told(
    index: Index, told: dict[str, Any], reason: str
) -> None:
    """These are no lost evidence, and still nobody can be shown a picture."""
    bucket(index, SHOTS)
    say(index, payload(verdict(**told)))
    (found,) = findings(index, "verdict-without-screenshot")
    assert (found["severity"], found["subject"].split()[1]) == ("info", reason)


def test_what_has_a_screenshot_or_is_a_detail_is_not_told(index: Index) -> None:
    """Passed pictures that are there, violations that are missing evidence, and details beside a summary."""
    bucket(index, SHOTS)
    good(index, KEYS[:1])
    judge(index, ["gone.jpg"])
    good(index, ["gone.jpg"], is_overall=False)
    assert findings(index, "verdict-without-screenshot") == []


def test_verdicts_are_grouped_by_provider_reason_and_day(index: Index) -> None:
    """A day's verdicts of a provider are one finding, by the time of the picture where it is told."""
    bucket(index, SHOTS)
    for day in range(2):
        moments = [START + day * timedelta(days=1) + number * MINUTE for number in range(3)]
        good(index, session(moments, Who(sid="bb")))
    found = findings(index, "verdict-without-screenshot")
    assert [(one["subject"], one["rows"]) for one in found] == [
        ("agora_live unexplained 2026-01-05", 3),
        ("agora_live unexplained 2026-01-06", 3),
    ]


def test_a_picture_may_come_after_the_last_listing(index: Index) -> None:
    """A verdict is without a screenshot only once a listing that began after it has not found one."""
    bucket(index, SHOTS)
    good(index, ["gone.jpg"], moderated_at=begun(1))
    assert findings(index, "verdict-without-screenshot") == []
    bucket(index, SHOTS)
    assert len(findings(index, "verdict-without-screenshot")) == 1


@pytest.mark.parametrize(("action_seconds", "count"), [(179.0, 1), (180.0, 0)])
def test_a_session_that_goes_on_after_a_block_is_told(index: Index, action_seconds: float, count: int) -> None:
    """The frames after the first one to be blocked are counted, where the last is later than is allowed."""
    bucket(index, SHOTS, OTHERS)
    judge(index, [KEYS[4], KEYS[2]])
    judge(index, OTHERS, suggestion="review")
    found = findings(index, "time-to-action", thresholds=Thresholds(action_seconds=action_seconds))
    assert [(one["uid"], one["rows"], one["measure"], one["from_at"], one["until_at"]) for one in found] == [
        (7, 3, 180, START + 2 * MINUTE, START + 5 * MINUTE)
    ] * count
    assert all("3 more frames over 180 s" in one["explanation"] for one in found)


def test_a_blocked_frame_that_is_gone_was_shown_all_the_same(index: Index) -> None:
    """A deleted picture's session did not end with it."""
    bucket(index, SHOTS)
    judge(index, KEYS[:1])
    bucket(index, {key: SHOTS[key] for key in KEYS[1:]})
    assert [one["rows"] for one in findings(index, "time-to-action")] == [5]


def test_ten_minutes_without_a_shot_end_a_stream_without_a_session(index: Index) -> None:
    """Where names carry no session, each stretch of the stream is one, with a finding of its own."""
    live = expecting("live", layout=Layout("template", (Template("{AppName}/{StreamName}/{UnixTimestamp}.jpg"),)))
    first, second = every(60, 6), every(60, 4, start=START + 15 * MINUTE)
    bucket(index, _stream(first) | _stream(second), of=live)
    judge(index, [key for moment in (first[1], second[0]) for key in _stream([moment])])
    found = findings(index, "time-to-action")
    assert [(one["channel"], one["sid"], one["rows"], one["from_at"], one["until_at"]) for one in found] == [
        ("stage/anna", None, 4, first[1], first[5]),
        ("stage/anna", None, 3, second[0], second[3]),
    ]


def _stream(moments: list[Any]) -> Listing:
    written = {f"stage/anna/{microseconds(moment) // 1000}.jpg": microseconds(moment) for moment in moments}
    return {key: Found(1024, None, moment) for key, moment in written.items()}
