"""``indexer query`` and ``indexer sql``: what is typed, and which verdict is the latest."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from cli.running import rows, run
from indexer.store import build

if TYPE_CHECKING:
    from pathlib import Path

KEY = "shots/38f8e3cf_room_1__uid_s_91__uid_e_video_20260105100005250.jpg"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A published index that holds nothing."""
    path = tmp_path / "index.duckdb"
    with build(path):
        pass
    return path


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: one picture, indexed, and a configuration that reads verdicts on it from our own rows."""
    picture = tmp_path / "bucket" / KEY
    picture.parent.mkdir(parents=True)
    picture.write_text("")
    (tmp_path / "indexer.toml").write_text(
        '[sources.live.storage]\nvendor = "local"\nbucket = "bucket"\n'
        "[moderation.inhouse]\n"
        'columns = { key = "object", suggestion = "decision", moderated_at = "at", reviewer = "by", event_id = "id" }\n'
    )
    monkeypatch.chdir(tmp_path)
    assert run("sync").exit_code == 0
    return tmp_path


def judge(folder: Path, *verdicts: tuple[str, str, str]) -> None:
    """Take in verdicts on the picture: suggestion, time of day and reviewer of each."""
    lines = [
        {"object": KEY, "decision": suggestion, "at": f"2026-01-05T{at}Z", "by": by, "id": f"{number}"}
        for number, (suggestion, at, by) in enumerate(verdicts)
    ]
    (folder / "verdicts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (told,) = rows("ingest", "verdicts.jsonl", "--provider", "inhouse")
    assert (told["failed"], told["verdicts"]) == (0, len(verdicts))


def latest() -> str:
    """What the latest verdict on the picture suggests."""
    (row,) = rows("query", "latest_verdicts")
    suggestion: str = row["suggestion"]
    return suggestion


@pytest.mark.parametrize("suggestions", [*itertools.permutations(["pass", "review", "block"], 2)])
def test_of_verdicts_of_one_time_the_worst_counts(judged: Path, suggestions: tuple[str, str]) -> None:
    """Of two verdicts of one time and reviewer the worse is the latest, in whichever order they came."""
    judge(judged, *((suggestion, "10:01:00", "machine") for suggestion in suggestions))
    assert latest() == next(each for each in ("block", "review", "pass") if each in suggestions)


def test_a_later_verdict_counts_before_a_worse_one(judged: Path) -> None:
    """A verdict that is newer goes before one that is worse."""
    judge(judged, ("block", "10:01:00", "machine"), ("pass", "10:02:00", "machine"))
    assert latest() == "pass"


def test_a_persons_verdict_counts_before_a_worse_and_later_one(judged: Path) -> None:
    """What a person said stands, whatever a machine says after it."""
    judge(judged, ("pass", "10:01:00", "human"), ("block", "10:02:00", "machine"))
    assert latest() == "pass"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("repeat_offenders", "since=0001-01-01T00:00:00+10:00"),
        ("repeat_offenders", f"at_least={'9' * 60}"),
        ("sessions", "day=10000-01-01"),
    ],
)
def test_a_parameter_out_of_range_is_the_users_mistake(index: Path, query: str, parameter: str) -> None:
    """A value too great or too early for its type is refused with exit code 2, and not called a bug."""
    result = run("query", query, "-p", parameter, "--index", index)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "bug" not in result.stderr


@pytest.mark.parametrize("name", ["channel", "source"])
def test_a_parameter_of_other_bytes_is_data(index: Path, name: str) -> None:
    """A parameter whose bytes are no UTF-8 is compared as the index spells such keys."""
    result = run("query", "sessions", "-p", f"{name}=\udcff", "--index", index, "--format", "json")
    assert (result.exit_code, result.stdout) == (0, "[]\n")


def test_a_statement_of_other_bytes_is_text(index: Path) -> None:
    """A statement's bytes that are no UTF-8 are written out, as in a key."""
    result = run("sql", "SELECT '\udcff.jpg' AS key", "--index", index, "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [{"key": "\\xff.jpg"}])


def test_columns_of_one_name_are_both_shown(index: Path) -> None:
    """A statement that names two columns alike answers with both, the second with a number."""
    assert rows("sql", "SELECT 1 AS a, 2 AS a", "--index", index) == [{"a": 1, "a_1": 2}]
