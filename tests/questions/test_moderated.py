"""What queries of moderation answer on the sample is what a count of its bodies in Python comes to."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from questions.planted import Bodies, Judged, all_shots, seconds, sessions
from questions.sample import AS_OF, ask

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.demo import Sample

MINUTE = timedelta(minutes=1)


def test_offenders_are_counted_by_frames(index: Path, standing: set[Judged]) -> None:
    """A user's frames are those that anybody flagged, each once, without those that a person passed."""
    frames = Counter(who_ for who_, _ in {(one.who, one.frame) for one in standing})
    assert {row["who"]: row["frames"] for row in ask(index, "repeat_offenders", at_least="1")} == frames
    by_hour: Counter[str] = Counter()
    for row in ask(index, "violations_by_user_and_hour"):
        by_hour[row["who"]] += row["frames"]
    assert by_hour == frames
    assert {row["who"]: row["frames"] for row in ask(index, "new_offenders")} == frames


def test_episodes_are_flagged_frames_close_together(index: Path, sample: Sample, standing: set[Judged]) -> None:
    """The flagged frames of a stream that are less than a minute apart are one episode."""
    flagged = {one.frame for one in standing}
    moments = [shot.moment for shot in sample.session("live", "live/karaoke") if shot.key in flagged]
    starts = [moments[0], *(other for one, other in pairwise(moments) if other - one >= MINUTE)]
    found = ask(index, "episodes", channel="live/karaoke")
    assert [row["from_at"] for row in found] == starts
    assert sum(row["frames"] for row in found) == len(moments)
    assert len(starts) == 2


def test_a_second_apart_every_frame_is_an_episode(index: Path, standing: set[Judged]) -> None:
    """How far frames of one episode may be apart is the user's to say."""
    timed = {one.frame for one in standing if not one.frame.startswith("cover/")}
    assert len(ask(index, "episodes", apart="1")) == len(timed)


def test_what_waits_is_what_nobody_reviewed(index: Path, judged: set[Judged]) -> None:
    """A machine's word to review waits until a person judges the frame."""
    seen = {one.frame for one in judged if one.reviewer == "human"}
    asked = [one for one in judged if one.reviewer == "machine" and one.suggestion == "review"]
    waiting = Counter(one.provider for one in asked if one.frame not in seen)
    assert Counter(row["provider"] for row in ask(index, "waiting_for_review")) == waiting
    assert {row["provider"]: row["waiting"] for row in ask(index, "review_turnaround")} == waiting


def test_precision_is_what_people_uphold(index: Path, judged: set[Judged]) -> None:
    """Of what a machine flagged and a person judged, the share that the person flagged too."""
    said = {one.frame: one.suggestion != "pass" for one in judged if one.reviewer == "human"}
    flagged = {o.frame for o in judged if o.provider == "agora_client" and o.suggestion != "pass"} & said.keys()
    upheld = sum(said[frame] for frame in flagged)
    (row,) = (row for row in ask(index, "precision_by_label", provider="agora_client") if row["judged"])
    assert (row["judged"], row["upheld"], row["overturned"]) == (len(flagged), upheld, len(flagged) - upheld)
    assert row["precision"] == round(upheld / len(flagged), 3) < 1


def test_recall_says_why_it_is_not_computable(index: Path, judged: set[Judged]) -> None:
    """Nobody judged what machines passed: no provider has a recall, and each is told a reason."""
    found = ask(index, "recall")
    assert {row["provider"] for row in found} == {one.provider for one in judged}
    assert {row["recall"] for row in found} == {None}
    assert all(row["not_computable"] for row in found)


def test_providers_disagree_on_what_one_flags_and_another_passes(index: Path, judged: set[Judged]) -> None:
    """The frames are those on which two machines do not say the same."""
    machines: dict[str, dict[str, str]] = defaultdict(dict)
    for one in judged:
        if one.reviewer == "machine":
            machines[one.frame][one.provider] = one.suggestion
    apart = {frame for frame, said in machines.items() if len(set(said.values())) > 1}
    assert {row["key"] for row in ask(index, "providers_disagree")} == apart
    assert apart


def test_a_rate_is_of_the_judged_frames(index: Path, judged: set[Judged]) -> None:
    """Flagged and judged frames are those of the bodies; who reports no passes has no rate."""
    found = ask(index, "violation_rate_by_day")
    machine = {one for one in judged if one.reviewer == "machine"}
    for provider in {one.provider for one in machine}:
        rows = [row for row in found if row["provider"] == provider]
        frames = [one for one in machine if one.provider == provider]
        flagged = [one for one in frames if one.suggestion != "pass"]
        assert (sum(r["frames"] for r in rows), sum(r["flagged"] for r in rows)) == (len(frames), len(flagged))
        assert all((row["flagged_per_thousand"] is None) == (len(frames) == len(flagged)) for row in rows)
    assert {row["provider"] for row in found if row["flagged_per_thousand"] is None} == {"alibaba_live"}


def test_unjudged_are_the_shots_that_no_body_names(index: Path, sample: Sample, judged: set[Judged]) -> None:
    """Of a moderated source, the shots that no callback names are unjudged."""
    named = {one.frame for one in judged if one.provider == "agora_client"}
    forgotten = [shot for shot in sample.shots["upload"] if shot.key not in named]
    (row,) = ask(index, "unjudged_screenshots", source="upload")
    assert (row["unjudged"], row["judged"]) == (len(forgotten), len(sample.shots["upload"]) - len(forgotten))
    assert forgotten
    assert row["passes_reported"]


def test_sessions_without_a_verdict_are_those_nobody_names(index: Path, sample: Sample, bodies: Bodies) -> None:
    """Of the classrooms, the sessions of users whom the reviewers' table does not name have no verdict."""
    named = {(row["session"].lower(), row["user"]) for row in bodies.of("inhouse")}
    planted = {key for key in sessions(sample.shots["classroom"]) if (key[3], key[2]) not in named}
    found = ask(index, "sessions_without_verdict", source="classroom")
    assert {(row["source"], row["channel"], str(row["uid"]), row["sid"]) for row in found} == planted


def test_moderation_latency_is_that_of_the_notices(index: Path, bodies: Bodies, sample: Sample) -> None:
    """The median is between a frame's capture and its notice; who tells no time has none."""
    found = {row["provider"]: row for row in ask(index, "moderation_latency")}
    assert found["agora_live"]["median_seconds"] == pytest.approx(0.9)
    assert found["agora_live"]["verdicts"] == len({body["fileName"] for body in bodies.live(5)})
    assert found["agora_client"]["untimed"] == found["agora_client"]["verdicts"] == len(bodies.of("agora-client"))


def test_a_session_goes_on_after_its_first_block(index: Path, sample: Sample, standing: set[Judged]) -> None:
    """What was captured after the first blocked frame is counted, and how long that went on."""
    blocked = {one.frame for one in standing if one.suggestion == "block"}
    by_session = sessions(shot for shot in all_shots(sample) if shot.source != "cover")
    planted = {}
    for key, shots in by_session.items():
        first = min((shot.moment for shot in shots if shot.key in blocked), default=None)
        if first is not None:
            after = [shot.moment for shot in shots if shot.moment > first]
            planted[key[:3]] = (first, len(after), seconds(max(after), first))
    found = ask(index, "time_to_action")
    told = ("blocked_at", "shots_after", "seconds_after")
    assert {(r["source"], r["channel"], r["who"]): tuple(r[name] for name in told) for r in found} == planted
    assert planted


def test_bodies_are_counted_as_they_came(index: Path, bodies: Bodies) -> None:
    """Repaired is what has a comma too many, failed what is cut or empty, and the rest was read."""
    failed = [text for name, texts in bodies.broken.items() if name != "alibaba" for text in texts]
    empty = [row for row in bodies.of("inhouse") if not row["taken"]]
    found = Counter({row["why"]: row["bodies"] for row in ask(index, "unreadable_bodies", status="failed")})
    assert found.total() == len(failed) + len(empty)
    repaired = ask(index, "unreadable_bodies", status="repaired")
    assert sum(row["bodies"] for row in repaired) == len(bodies.broken["alibaba"]) == 1


def test_bodies_that_came_again_are_told(index: Path, bodies: Bodies) -> None:
    """The same body twice is one body with two deliveries."""
    texts = Counter(json.dumps(body) for name, many in bodies.parsed.items() if name != "inhouse" for body in many)
    again = sorted(count for count in texts.values() if count > 1)
    assert sorted(row["deliveries"] for row in ask(index, "repeated_deliveries")) == again == [2]


def test_every_delivery_is_of_some_hour_or_a_file(index: Path, bodies: Bodies) -> None:
    """All bodies of the sample came in files: they have no hour of receipt, and each counts as often as it came."""
    found = ask(index, "callbacks_by_hour")
    came = sum(map(len, bodies.parsed.values())) + sum(map(len, bodies.broken.values()))
    assert sum(row["deliveries"] for row in found) == came
    assert {(row["hour"], row["came_by"], row["signature"]) for row in found} == {(None, "file", "unchecked")}


def test_what_was_notified_and_is_not_there(index: Path, sample: Sample, bodies: Bodies) -> None:
    """Told and never listed are the keys that notices name and no shot has; deleted ones were stored."""
    named = {one["fileName"] for one in bodies.live(4)}
    named |= {b["payload"]["details"]["fileName"] for b in bodies.of("agora-recording") if b["eventType"] == 45}
    found = ask(index, "notifications_not_stored")
    assert {row["key"] for row in found} == named - {shot.key for shot in all_shots(sample)}
    assert {row["key"].split("/")[0]: row["listed_since"] for row in found} == {"seminar": True, "rehearsal": False}


def test_lost_evidence_is_told_by_its_provider(index: Path, sample: Sample, judged: set[Judged]) -> None:
    """Deleted evidence is what retention took of the flagged frames, missing what never was in the bucket."""
    flagged = {one.frame: one.provider for one in judged if one.suggestion != "pass"}
    known = {shot.key for shot in all_shots(sample)}
    found = ask(index, "evidence_by_provider_and_day")
    deleted = Counter({p: sum(r["deleted"] for r in found if r["provider"] == p) for p in set(flagged.values())})
    missing = Counter({p: sum(r["missing"] for r in found if r["provider"] == p) for p in set(flagged.values())})
    assert +deleted == Counter(provider for key, provider in flagged.items() if key in sample.doomed)
    assert +missing == Counter(provider for key, provider in flagged.items() if key not in known)


def test_evidence_expires_with_its_source(index: Path, sample: Sample) -> None:
    """Of the flagged frames that are left, those of a source with retention have a last day, the others none."""
    found = ask(index, "evidence_expiry", as_of=AS_OF)
    (row,) = (row for row in found if row["expires_on"])
    flagged = {shot.key for shot in sample.shots["record"][:8]}
    written = [shot.moment for shot in sample.shots["record"][:8] if shot.key not in sample.doomed]
    due = min(written) + timedelta(days=30)
    assert (row["source"], row["frames"], row["expires_on"]) == ("record", len(flagged - {*sample.doomed}), due.date())
    assert row["days_left"] == (due - datetime.fromisoformat(AS_OF).replace(tzinfo=None)).days


def test_one_key_has_its_whole_story(index: Path, sample: Sample) -> None:
    """A stored, notified, judged and deleted key is told of in that order, and no other key with it."""
    doomed = next(shot for shot in sample.shots["live"] if shot.key in sample.doomed)
    told = [row["what"] for row in ask(index, "about_key", key=doomed.key)]
    assert [what for what in told if what != "found"] == ["captured", "notified", "judged", "written", "deleted"]


def test_a_session_is_told_with_its_passes(index: Path, sample: Sample, judged: set[Judged]) -> None:
    """What moderation said of a session is a row a verdict, in order of time, whatever the case of the session's id."""
    shots = sample.session("live", "live/cooking")
    found = ask(index, "session_verdicts", sid=shots[0].record["sid"].upper())
    keys = {shot.key for shot in shots}
    assert [row["captured_at"] for row in found] == sorted(row["captured_at"] for row in found)
    assert Counter(row["suggestion"] for row in found) == Counter(o.suggestion for o in judged if o.frame in keys)
    assert {row["object"] for row in found if row["stored"] == "deleted"} == keys & {*sample.doomed}
