"""A night's run that is killed in each of its steps: the next one goes on, and ends as one that was not killed."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest
from cli.running import run
from store.processes import started

from nightly.places import held, place, waiting

if TYPE_CHECKING:
    from pathlib import Path

STEPS = ("sync", "inbox", "ingest", "ingest inhouse", "reconcile")
"""The steps that publish, in their order."""

KILLED = """
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from indexer.config import load_config
from indexer.nightly import nightly

build = import_module("indexer.store.build")
publish, left, when = build._publish, int(sys.argv[2]), sys.argv[3]

def publish_or_die(beside, index):
    global left
    if left == 0 and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    publish(beside, index)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1

build._publish = publish_or_die
config = load_config(Path(sys.argv[1]))
nightly(config.index, config)
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose run nobody killed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run("nightly", "--config", place(folder)).exit_code == 4
    return folder


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", range(len(STEPS)), ids=STEPS)
def test_a_run_that_was_killed_is_gone_on_with(tmp_path: Path, undisturbed: Path, number: int, when: str) -> None:
    """Killed before or after a step publishes, the next run ends as ever: nothing is lost, nothing is counted twice."""
    config = place(tmp_path)
    with started(KILLED, config, number, when) as process:
        assert process.wait(60) == -signal.SIGKILL, "the run was not killed"
    assert run("nightly", "--config", config).exit_code == 4
    assert held(tmp_path) == held(undisturbed)
    assert waiting(tmp_path) == 0
    assert json.loads((tmp_path / "nightly.json").read_text())["exit_code"] == 4
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in undisturbed.iterdir()}
