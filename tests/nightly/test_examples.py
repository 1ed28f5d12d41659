"""The examples for schedulers: they are what the schedulers read, and the metrics are those that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cli.running import run
from prometheus_client.parser import text_string_to_metric_families

from nightly.places import place

PAGE = (Path(__file__).parents[2] / "docs" / "nightly.md").read_text("utf-8")
PROGRAM = "/opt/indexer/bin/indexer"


def examples(language: str) -> list[str]:
    """The blocks of a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="only systemd knows its units")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Systemd has nothing to say against the service and the timer, but that the program is not on this machine."""
    units = [tmp_path / "indexer-nightly.service", tmp_path / "indexer-nightly.timer"]
    for path, text in zip(units, examples("ini"), strict=True):
        assert text.startswith(f"# /etc/systemd/system/{path.name}\n")
        path.write_text(text.replace(PROGRAM, str(shutil.which("true"))))
    verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    said = [line for line in verified.stderr.splitlines() if "indexer-nightly" in line]
    assert (verified.returncode, said) == (0, [])


class Retried(Exception):
    """What Airflow tries again."""


class Failed(Exception):
    """What Airflow does not try again."""


def task(function: Any = None, **_: object) -> Any:
    """A task of Airflow's that is run at once."""
    return function or task


@pytest.mark.parametrize(
    ("code", "ends"), [(0, None), (1, Failed), (2, Failed), (3, Retried), (4, Failed), (5, Retried), (6, Retried)]
)
def test_airflow_does_what_the_table_says(
    monkeypatch: pytest.MonkeyPatch, code: int, ends: type[Exception] | None
) -> None:
    """The example is Python, tries again what can be mended, and tells of findings after the run has succeeded."""
    (text,) = examples("python")
    for name, module in {
        "airflow": SimpleNamespace(),
        "airflow.sdk": SimpleNamespace(dag=task, task=task),
        "airflow.exceptions": SimpleNamespace(AirflowException=Retried, AirflowFailException=Failed),
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(subprocess, "run", lambda _: SimpleNamespace(returncode=code))
    with pytest.raises(ends, match="findings" if code == 4 else f"ended with {code}") if ends else nullcontext():
        exec(compile(text, "dag.py", "exec"), {})


def test_the_commands_of_the_examples_are_ours(tmp_path: Path) -> None:
    """Every option that an example gives to the program is one of its own."""
    given = set(re.findall(r"(?<=\s|\")--[a-z-]+", "".join(line for line in PAGE.splitlines() if "nightly" in line)))
    told = run("nightly", "--help").stdout
    assert given
    assert [option for option in given if option not in told] == []


def test_the_metrics_are_those_that_are_written(tmp_path: Path) -> None:
    """The table names each metric of a night's text file with its labels, and no other."""
    run("nightly", "--config", place(tmp_path))
    families = text_string_to_metric_families((tmp_path / "indexer.prom").read_text())
    written = {(sample.name, frozenset(sample.labels)) for family in families for sample in family.samples}
    rows = [line.split("|")[1:3] for line in PAGE.splitlines() if line.startswith("| `indexer_")]
    named = {(name.strip(" `"), frozenset(re.findall(r"`(\w+)`", labels))) for name, labels in rows}
    assert named == written
