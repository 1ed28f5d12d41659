"""The sample's index and what was planted in it, made once and only read."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from questions.planted import Bodies, Judged, all_shots, who
from questions.sample import Answer, Night, answers, night

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.demo import Sample


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The sample, and the index that a night made of it."""
    return night(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def told(made: Night) -> dict[str, Answer]:
    """What each query answers on the sample."""
    return {one.query.name: one for one in answers(made)}


@pytest.fixture
def index(made: Night) -> Path:
    """The sample's index."""
    return made.index


@pytest.fixture(scope="session")
def sample(made: Night) -> Sample:
    """The sample."""
    return made.sample


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def standing(judged: set[Judged]) -> set[Judged]:
    """The flagged frames, without those that a person has passed."""
    passed = {one.frame for one in judged if (one.reviewer, one.suggestion) == ("human", "pass")}
    assert passed
    return {one for one in judged if one.suggestion != "pass" and one.frame not in passed}
