"""What queries answer on the sample is what a count of its shots and its bodies in Python comes to."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from library.sample import AS_OF, ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from indexer.demo import Sample
    from indexer.demo.sample import Shot
    from library.sample import Night

MINUTE = timedelta(minutes=1)


class Judged(NamedTuple):
    """A frame as somebody judges it in a body of the sample. ``frame`` is its key."""

    provider: str
    reviewer: str
    who: str
    frame: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies in the sample's files, by the files' names: those that can be read, and those that cannot."""

    parsed: dict[str, list[dict[str, Any]]]
    broken: dict[str, list[str]]

    def of(self, name: str) -> list[dict[str, Any]]:
        """Those of one file that can be read."""
        return self.parsed[name]

    def live(self, event: int) -> list[dict[str, Any]]:
        """What the notices of streams say of one event."""
        return [body["payload"] for body in self.of("agora-live") if body["eventType"] == event]


@pytest.fixture(scope="module")
def sample(made: Night) -> Sample:
    """The sample."""
    return made.sample


@pytest.fixture(scope="module")
def bodies(sample: Sample) -> Bodies:
    """What is in the sample's payload files."""
    folder = sample.folder / "payloads"
    texts = {path.stem: path.read_text("utf-8").splitlines() for path in folder.glob("*.jsonl")}
    texts["alibaba"] = [path.read_text("utf-8") for path in sorted((folder / "alibaba").iterdir())]
    parsed, broken = defaultdict(list), defaultdict(list)
    for name, text in ((name, text) for name, many in texts.items() for text in many):
        try:
            parsed[name].append(json.loads(text))
        except ValueError:
            broken[name].append(text)
    with (folder / "inhouse.csv").open(encoding="utf-8") as file:
        parsed["inhouse"] = list(csv.DictReader(file))
    return Bodies(parsed, broken)


@pytest.fixture(scope="module")
def judged(sample: Sample, bodies: Bodies) -> set[Judged]:
    """Each frame that was judged, by whom, with what was said of it in the words of the index."""
    words = {"REJECT": "block", "MANUAL": "review", "OK": "pass"}
    keys = {(who(shot), f"{shot.moment.isoformat(timespec='milliseconds')}Z"): shot.key for shot in all_shots(sample)}
    flagged = [*sample.shots["record"][:8], sample.shots["cover"][0]]
    return {
        *(Judged("agora_live", "machine", b["streamName"], b["fileName"], b["suggestion"]) for b in bodies.live(5)),
        *(
            Judged("agora_client", "machine", body["userId"], body["object"], body["suggestion"])
            for body in bodies.of("agora-client")
        ),
        *(Judged("alibaba_live", "machine", who(shot), shot.key, "block") for shot in flagged),
        *(
            Judged("inhouse", row["by"], row["user"], keys[row["user"], row["taken"]], words[row["decision"]])
            for row in bodies.of("inhouse")
            if row["taken"]
        ),
    }


@pytest.fixture(scope="module")
def standing(judged: set[Judged]) -> set[Judged]:
    """The flagged frames, without those that a person has passed."""
    passed = {one.frame for one in judged if (one.reviewer, one.suggestion) == ("human", "pass")}
    assert passed
    return {one for one in judged if one.suggestion != "pass" and one.frame not in passed}


def all_shots(sample: Sample) -> Iterator[Shot]:
    """Every shot."""
    for shots in sample.shots.values():
        yield from shots


def who(shot: Shot) -> str:
    """The user, or the stream where a service has none."""
    return str(shot.record.get("uid") or shot.record["stream"])


def sessions(shots: Iterable[Shot]) -> dict[tuple[Any, ...], list[Shot]]:
    """The shots of each session in order of time."""

    def session(shot: Shot) -> tuple[str, ...]:
        return (shot.source, shot.channel, who(shot), str(shot.record.get("sid")))

    ordered = sorted(shots, key=lambda shot: (session(shot), shot.moment))
    return {key: list(members) for key, members in groupby(ordered, key=session)}


def seconds(later: datetime, earlier: datetime) -> float:
    """How many seconds lie between, to the millisecond."""
    return round((later - earlier).total_seconds(), 3)


def test_every_shot_is_counted_on_its_day(index: Path, sample: Sample) -> None:
    """Screenshots a day are those that were made, each source's deleted ones among them."""
    planted = Counter((shot.source, shot.record["captured_at"] and shot.moment.date()) for shot in all_shots(sample))
    found = ask(index, "screenshots_per_day")
    assert {(row["source"], row["day"]): row["screenshots"] for row in found} == planted
    assert sum(row["deleted"] for row in found) == len(sample.doomed)
    assert sum(row["sessions"] for row in found) == len(sessions(all_shots(sample))) + found_twice(sample)


def found_twice(sample: Sample) -> int:
    """How many sessions last over midnight."""
    return sum(len({shot.moment.date() for shot in shots}) - 1 for shots in sessions(all_shots(sample)).values())


def test_a_channel_has_its_shots_and_users(index: Path, sample: Sample) -> None:
    """The busiest channels are those with the most shots, and streams count as users."""
    planted = Counter((shot.source, shot.channel) for shot in all_shots(sample))
    users = {
        place: {who(shot) for shot in all_shots(sample) if (shot.source, shot.channel) == place} for place in planted
    }
    found = ask(index, "busiest_channels")
    assert {(row["source"], row["channel"]): row["screenshots"] for row in found} == planted
    assert {(row["source"], row["channel"]): row["users"] for row in found} == {p: len(u) for p, u in users.items()}
    assert [row["screenshots"] for row in found] == sorted(planted.values(), reverse=True)


def test_a_users_sessions_are_all_there(index: Path, sample: Sample) -> None:
    """Asked for a user, the query gives that user's sessions, wherever they were."""
    planted = {key: shots for key, shots in sessions(all_shots(sample)).items() if key[2] == "2001"}
    found = ask(index, "user_sessions", who="2001")
    assert {(row["sid"], row["screenshots"]) for row in found} == {(key[3], len(s)) for key, s in planted.items()}
    assert len(found) == len(planted) == 2


def test_gaps_are_the_pauses_between_two_shots(index: Path, sample: Sample) -> None:
    """A gap is a pause of more than a minute between two neighbouring shots of a session."""
    planted = {
        (key[1], one.moment, other.moment, seconds(other.moment, one.moment))
        for key, shots in sessions(all_shots(sample)).items()
        for one, other in pairwise(shots)
        if other.moment - one.moment > MINUTE
    }
    found = ask(index, "gaps")
    assert {(row["channel"], row["from_at"], row["until_at"], row["seconds"]) for row in found} == planted
    assert planted


def test_a_failover_is_told_once_a_session(index: Path, sample: Sample) -> None:
    """Each session that a second recorder took over is told once, with the time that nobody took shots."""
    planted = set()
    for key, shots in sessions(sample.shots["classroom"]).items():
        after = [shot.moment for shot in shots if shot.record["failover"] is not None]
        if after:
            planted.add(
                (key[2], min(after), seconds(min(after), max(s.moment for s in shots if s.moment < min(after))))
            )
    found = ask(index, "failovers")
    assert {(str(row["uid"]), row["first_shot_at"], row["gap_seconds"]) for row in found} == planted
    assert len(found) == len(planted) == 3


def test_what_is_deleted_is_told_by_source(index: Path, sample: Sample) -> None:
    """Deletions are the objects that retention took, and nothing else."""
    source_of = {shot.key: shot.source for shot in all_shots(sample)}
    planted = Counter(source_of[key] for key in sample.doomed)
    assert Counter({row["source"]: row["objects"] for row in ask(index, "deletions_by_day")}) == planted


def test_storage_is_what_the_bucket_holds(index: Path, sample: Sample) -> None:
    """Objects and bytes are those of the files that are there, the recordings' among them."""
    files = [path.stat().st_size for path in (sample.folder / "bucket").rglob("*") if path.is_file()]
    found = ask(index, "storage_by_age", as_of=AS_OF)
    assert (sum(row["objects"] for row in found), sum(row["bytes"] for row in found)) == (len(files), sum(files))
    assert sum(row["due_objects"] for row in found) == 0


def test_retention_frees_a_source_of_its_old_objects(index: Path, sample: Sample) -> None:
    """A month and a day later, all of a source that keeps 30 days is due, and of the others nothing."""
    found = ask(index, "storage_by_age", as_of="2026-02-05T12:00:00Z")
    due = {row["source"] for row in found if row["due_objects"]}
    held = list((sample.folder / "bucket" / "record").rglob("*.jpg"))
    assert (due, sum(row["due_objects"] for row in found)) == ({"record"}, len(held))


def test_late_uploads_are_counted(index: Path, sample: Sample) -> None:
    """Late are the shots whose files were written more than five minutes after them, the replaced one too."""
    late = Counter(
        shot.source
        for shot in all_shots(sample)
        if shot.key in sample.replaced or (shot.uploaded_after or MINUTE) >= 5 * MINUTE
    )
    found = ask(index, "upload_latency_by_day")
    assert Counter({row["source"]: row["late"] for row in found if row["late"]}) == late
    assert late.total() > 1


def test_frozen_pictures_are_one_picture(index: Path, sample: Sample) -> None:
    """The keys of one picture are those of the stretch that froze."""
    planted = Counter(shot.same_as for shot in all_shots(sample) if shot.same_as)
    found = ask(index, "same_picture")
    assert sorted(row["keys"] for row in found) == sorted(count + 1 for count in planted.values())


def test_missing_shots_are_those_left_out(index: Path, sample: Sample) -> None:
    """Of a session that was cut twice, what is missing is what its interval promises and its shots do not come to."""
    shots = sample.session("classroom", "chess", 3001)
    promised = round((shots[-1].moment - shots[0].moment).total_seconds() / 5) + 1
    (row,) = (row for row in ask(index, "coverage_by_channel") if row["channel"] == "chess")
    assert (row["shots"], row["missing"], row["explained"]) == (len(shots), promised - len(shots), 0)


def test_coverage_adds_up_however_it_is_cut(index: Path) -> None:
    """By channel, by session and by hour the same shots are there and the same are missing."""
    sums = {
        tuple(
            sum(row[column] for row in ask(index, f"coverage_by_{cut}")) for column in ("shots", "missing", "explained")
        )
        for cut in ("channel", "session", "hour")
    }
    assert len(sums) == 1


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


def test_open_findings_are_all_that_stand(index: Path) -> None:
    """By kind and channel there are as many findings as there are by run, none of them resolved."""
    by_place, by_run = ask(index, "open_findings"), ask(index, "findings_by_run")
    counted: Counter[str] = Counter()
    for row in by_place:
        counted[row["kind"]] += row["findings"]
    assert counted == Counter({row["kind"]: row["standing"] for row in by_run})
    assert {row["resolved"] for row in by_run} == {0}


def test_a_run_tells_of_each_source(index: Path, sample: Sample) -> None:
    """The first sync added every object, and the second one saw what was deleted and replaced."""
    syncs = ask(index, "runs", command="sync")
    first = [row for row in syncs if row["run"] == 1]
    again = [row for row in syncs if row["run"] == 2]
    assert sum(row["added"] for row in first) == sample.objects
    assert sum(row["deleted"] for row in again) == len(sample.doomed)
    assert sum(row["changed"] for row in again) == len(sample.replaced)
