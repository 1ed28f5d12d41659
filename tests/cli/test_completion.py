"""What a shell completes on the tab key: queries, their parameters, kinds and ids of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from cli import gaps
from cli.running import rows, run
from indexer.cli import main
from indexer.queries import library
from indexer.reconcile import checks

if TYPE_CHECKING:
    from pathlib import Path

SHELLS = [BashComplete, ZshComplete, FishComplete]


def completed(*words: str, shell: type[ShellComplete] = BashComplete) -> list[str]:
    """What may stand in place of the last word."""
    *before, incomplete = words
    found = shell(main, {}, "indexer", "_INDEXER_COMPLETE").get_completions(before, incomplete)
    return [item.value for item in found]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_names_of_queries_are_completed(shell: type[ShellComplete]) -> None:
    """After `indexer query` all queries are offered, and those alone that go on as what is typed."""
    assert completed("query", "", shell=shell) == list(library())
    assert completed("query", "repeat_", shell=shell) == ["repeat_offenders"]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_parameters_of_a_query_are_completed(shell: type[ShellComplete]) -> None:
    """After -p the parameters of the query that is named are offered, without those that are given already."""
    every = [f"{parameter.name}=" for parameter in library()["repeat_offenders"].parameters]
    assert completed("query", "repeat_offenders", "-p", "", shell=shell) == every
    assert completed("query", "repeat_offenders", "-p", "sin", shell=shell) == ["since="]
    given = completed("query", "repeat_offenders", "-p", "since=2026-01-05", "--parameter", "", shell=shell)
    assert given == [each for each in every if each != "since="]


@pytest.mark.parametrize("words", [("query", "-p", ""), ("query", "no_such_query", "-p", "")])
def test_without_a_known_query_there_are_no_parameters(words: tuple[str, ...]) -> None:
    """Where it is not known of which query they are, no parameters are offered."""
    assert completed(*words) == []


def test_zsh_and_fish_show_what_each_is() -> None:
    """Beside a name stands what the query answers, and beside a parameter its type, where a shell can show it."""
    title = library()["repeat_offenders"].title
    for shell in (ZshComplete, FishComplete):
        completion = shell(main, {}, "indexer", "_INDEXER_COMPLETE")
        (item,) = completion.get_completions(["query"], "repeat_")
        assert title in completion.format_completion(item)
        (item,) = completion.get_completions(["query", "repeat_offenders", "-p"], "since")
        assert "timestamp: " in completion.format_completion(item)


def test_kinds_are_completed() -> None:
    """After --kind the kinds that there are checks for are offered."""
    assert completed("findings", "--kind", "") == list(checks())
    assert completed("findings", "--kind", "coverage-g") == ["coverage-gap"]


@pytest.mark.parametrize("command", ["show", "ack"])
def test_ids_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """The ids of what was found are offered, by the index of this folder or by the one that is named."""
    gaps.bucket(tmp_path)
    config = str(tmp_path / "indexer.toml")
    assert run("sync", "--config", config).exit_code == 0
    assert run("reconcile", "--config", config).exit_code == 4
    ids = [row["finding_id"] for row in rows("findings", "--config", config)]
    monkeypatch.chdir(tmp_path)
    assert completed("findings", command, "") == ids
    assert completed("findings", command, ids[0][:5]) == ids[:1]
    monkeypatch.chdir("/")
    assert completed("findings", command, "--index", str(tmp_path / "index.duckdb"), "") == ids


def test_where_nothing_can_be_read_nothing_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an index, and with a file that is none, a shell gets no ids and no complaint."""
    monkeypatch.chdir(tmp_path)
    assert completed("findings", "show", "") == []
    (tmp_path / "index.duckdb").write_text("no index")
    assert completed("findings", "show", "") == []
