"""What queries of the bucket answer on the sample is what a count of its shots in Python comes to."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from questions.planted import all_shots, seconds, sessions, who
from questions.sample import AS_OF, ask

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.demo import Sample

MINUTE = timedelta(minutes=1)


def test_every_shot_is_counted_on_its_day(index: Path, sample: Sample) -> None:
    """Screenshots a day are those that were made, each source's deleted ones among them."""
    planted = Counter((shot.source, shot.record["captured_at"] and shot.moment.date()) for shot in all_shots(sample))
    found = ask(index, "screenshots_per_day")
    assert {(row["source"], row["day"]): row["screenshots"] for row in found} == planted
    assert sum(row["deleted"] for row in found) == len(sample.doomed)
    assert sum(row["sessions"] for row in found) == len(sessions(all_shots(sample))) + over_midnight(sample)


def over_midnight(sample: Sample) -> int:
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
