"""``indexer reconcile`` and ``indexer findings``: what is printed, what is acknowledged, and how the commands end."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from cli import gaps
from cli.running import rows, run
from indexer.reconcile.acknowledge import notes_of
from indexer.store import build, reading

if TYPE_CHECKING:
    from pathlib import Path

CRITICAL, WARNING = "critical", "warning"


@pytest.fixture(scope="module")
def reconciled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with a finding of each of two severities, which the tests only read."""
    folder = tmp_path_factory.mktemp("gaps")
    gaps.bucket(folder)
    assert run("sync", "--config", folder / "indexer.toml").exit_code == 0
    assert run("reconcile", "--config", folder / "indexer.toml").exit_code == 4
    return folder


@pytest.fixture
def index(tmp_path: Path, reconciled: Path) -> Path:
    """A copy of that index that may be changed."""
    path = tmp_path / "index.duckdb"
    path.write_bytes((reconciled / "index.duckdb").read_bytes())
    return path


def gap(index: Path, severity: str, *words: str) -> dict[str, Any]:
    """The only gap of a severity or of a worse one, as machines are told of it."""
    found = rows("findings", "--index", index, "--kind", "coverage-gap", "--status", "all", *words)
    (one,) = [row for row in found if row["severity"] == severity]
    return one


def test_the_summary_counts_by_kind_and_severity(reconciled: Path) -> None:
    """Each kind and severity is a row: what is new, still open, resolved, acknowledged, and how many rows show it."""
    words = ("reconcile", "--config", reconciled / "indexer.toml", "--fail-on", "never", "--format", "json")
    result = run(*words)
    told = [row for row in json.loads(result.stdout) if row["kind"] == "coverage-gap"]
    counts = [(row["severity"], row["new"], row["open"], row["resolved"], row["rows"]) for row in told]
    assert (result.exit_code, counts) == (0, [(CRITICAL, 0, 1, 0, 2), (WARNING, 0, 1, 0, 2)])
    assert {row["result"] for row in told} == {"found"}


def test_people_see_the_same_in_tables(reconciled: Path) -> None:
    """A table shows the kinds and their titles."""
    result = run("reconcile", "--config", reconciled / "indexer.toml", "--fail-on", "never")
    (line,) = [line for line in result.stdout.splitlines() if "coverage-gap" in line and CRITICAL in line]
    assert line.split()[:7] == ["coverage-gap", "critical", "0", "1", "0", "0", "2"]
    assert "Shots that should be there and are not" in line


def test_what_could_not_be_computed_is_told(tmp_path: Path) -> None:
    """A source without an interval is named with the reason, to people and to machines."""
    gaps.bucket(tmp_path)
    config = tmp_path / "indexer.toml"
    config.write_text(gaps.CONFIG.replace("interval = 5\n", ""))
    assert run("sync", "--config", config).exit_code == 0
    people, machines = run("reconcile", "--config", config), run("reconcile", "--config", config, "--format", "json")
    reason = "no interval is configured"
    assert ["coverage-gap", "classroom", *reason.split()] in [line.split() for line in people.stdout.splitlines()]
    told = {(row["result"], row["kind"], row["source"], row["reason"]) for row in json.loads(machines.stdout)}
    assert ("not computable", "coverage-gap", "classroom", reason) in told


def test_nothing_found_is_said(tmp_path: Path) -> None:
    """An index without anything to find says so to people, and machines get no rows but the reasons."""
    with build(tmp_path / "index.duckdb"):
        pass
    result = run("reconcile", "--index", tmp_path / "index.duckdb")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "nothing found")
    machines = run("reconcile", "--index", tmp_path / "index.duckdb", "--format", "csv")
    assert machines.stdout.splitlines()[0].startswith("result,kind,severity,new,open,resolved,acknowledged,rows,title,")


@pytest.mark.parametrize(("level", "code"), [("info", 4), (WARNING, 4), (CRITICAL, 4), ("never", 0)])
def test_findings_make_the_command_fail_from_a_level_on(reconciled: Path, level: str, code: int) -> None:
    """The command ends with 4 where something is as severe as the level or more, and with 0 where nobody asks."""
    result = run("reconcile", "--config", reconciled / "indexer.toml", "--fail-on", level)
    assert result.exit_code == code
    assert (f"`indexer findings --severity {level}`" in result.stderr) == (code == 4)


def test_what_is_acknowledged_makes_no_command_fail(index: Path) -> None:
    """Once somebody knows of the only critical finding, the command ends with 0, and still does with what is open."""
    known = gap(index, CRITICAL)["finding_id"]
    assert run("findings", "ack", known, "--note", "the recorder was restarted", "--index", index).exit_code == 0
    assert run("reconcile", "--index", index).exit_code == 0
    assert run("reconcile", "--index", index, "--fail-on", WARNING).exit_code == 4


def test_thresholds_are_the_configurations(index: Path, reconciled: Path, tmp_path: Path) -> None:
    """What [reconcile] says decides how severe a finding is."""
    config = tmp_path / "indexer.toml"
    config.write_text((reconciled / "indexer.toml").read_text() + "[reconcile]\ngap_critical_seconds = 5000\n")
    run("reconcile", "--config", config, "--index", index)
    found = rows("findings", "--index", index, "--kind", "coverage-gap")
    assert [row["severity"] for row in found] == [WARNING, WARNING]


def test_only_a_range_of_time_is_looked_at(index: Path) -> None:
    """What is outside of the range stays as it was known, and is not found anew."""
    words = ("reconcile", "--index", index, "--fail-on", "never", "--since")
    assert run(*words, "2026-01-06", "--until", "2026-01-07T00:00:00+08:00").exit_code == 0
    assert gap(index, CRITICAL)["status"] == "open"
    assert (
        gap(index, CRITICAL)["last_found_run"]
        < rows("sql", "SELECT max(run) AS run FROM runs", "--index", index)[0]["run"]
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("reconcile", "--since", "yesterday"), "parameter since: 'yesterday' is no timestamp"),
        (("reconcile", "--since", "2026-01-06", "--until", "2026-01-06"), "--since 2026-01-06 is not before"),
        (("findings", "--kind", "coverage-gab"), "no kind 'coverage-gab': did you mean coverage-gap?"),
        (("findings", "show", "zzzz"), "no finding 'zzzz': `indexer findings --status all` lists them"),
        (("findings", "show", ""), "'' is too little of an id: write 4 letters of it or more"),
        (("findings", "ack", "zzzz", "--note", "x"), "no finding 'zzzz'"),
        (("findings", "ack", "zzzz", "--note", " "), "--note: write 1 to 2,000 letters"),
        (("findings", "ack", "zzzz", "--note", "x" * 2001), "--note: write 1 to 2,000 letters"),
    ],
)
def test_a_mistake_says_what_to_do(index: Path, words: tuple[str, ...], complaint: str) -> None:
    """A wrong argument ends with 2 and a line that names the next step, and nothing is kept of it."""
    result = run(*words, "--index", index)
    assert (result.exit_code, result.stdout) == (2, "")
    assert complaint in result.stderr
    assert not notes_of(index).exists()


@pytest.mark.parametrize("words", [("reconcile",), ("findings",), ("findings", "show", "abcd")])
def test_without_an_index_the_next_step_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Where nothing was published yet, the message says what publishes it."""
    result = run(*words, "--index", tmp_path / "index.duckdb")
    assert result.exit_code == 2
    assert "run `indexer sync`" in result.stderr


def test_findings_are_listed_the_worst_first(reconciled: Path) -> None:
    """Critical findings stand before warnings, and each with its place, its times and its explanation."""
    found = rows("findings", "--index", reconciled / "index.duckdb")
    severities = [row["severity"] for row in found]
    assert severities == sorted(severities, key=[CRITICAL, WARNING, "info"].index)
    worst = found[0]
    assert (worst["source"], worst["channel"], worst["sid"], worst["uid"]) == ("classroom", "room_1", "38f8e3", 7)
    assert (worst["from_at"], worst["until_at"]) == ("2026-01-05T10:33:15.000Z", "2026-01-05T10:50:00.000Z")
    assert worst["explanation"].startswith("200 missing in 1005 s")


def test_people_see_the_place_of_a_finding_in_one_column(reconciled: Path) -> None:
    """A table has one line a finding, with its id, its place and what it is."""
    result = run("findings", "--severity", CRITICAL, "--index", reconciled / "index.duckdb")
    (line,) = [line for line in result.stdout.splitlines() if "coverage-gap" in line]
    assert " classroom room_1 uid 7 38f8e3 " in line
    assert " 200 missing in 1005 s" in line


@pytest.mark.parametrize(
    ("words", "severities"),
    [
        (("--kind", "coverage-gap"), [CRITICAL, WARNING]),
        (("--kind", "coverage-gap", "--severity", CRITICAL), [CRITICAL]),
        (("--kind", "coverage-gap", "--source", "classroom"), [CRITICAL, WARNING]),
        (("--kind", "coverage-gap", "--source", "x' OR true --"), []),
        (("--kind", "coverage-gap", "--status", "resolved"), []),
        (("--kind", "coverage-gap", "--kind", "vanished", "--status", "all"), [CRITICAL, WARNING]),
    ],
)
def test_findings_are_looked_for(reconciled: Path, words: tuple[str, ...], severities: list[str]) -> None:
    """Findings are chosen by kind, severity and above, status and source; what is asked for is never a statement."""
    found = rows("findings", "--index", reconciled / "index.duckdb", *words)
    assert [row["severity"] for row in found] == severities


def test_a_finding_that_is_gone_is_resolved(tmp_path: Path) -> None:
    """What is not found again is among the resolved ones, and no more among those that the list shows."""
    gaps.bucket(tmp_path)
    config = tmp_path / "indexer.toml"
    assert run("sync", "--config", config).exit_code == 0
    run("reconcile", "--config", config)
    gaps.session(tmp_path, range(2000, 3000, 5))
    assert run("sync", "--config", config).exit_code == 0
    (told,) = [
        row
        for row in rows("reconcile", "--config", config)
        if (row["kind"], row["severity"]) == ("coverage-gap", CRITICAL)
    ]
    assert (told["new"], told["open"], told["resolved"]) == (0, 0, 1)
    words = ("findings", "--config", config, "--kind", "coverage-gap", "--severity", CRITICAL)
    assert [rows(*words), [row["status"] for row in rows(*words, "--status", "resolved")]] == [[], ["resolved"]]


def test_a_finding_is_shown_with_its_query_and_its_rows(reconciled: Path) -> None:
    """People get what is known of a finding, the statement that shows it, and what that answers."""
    index = reconciled / "index.duckdb"
    found = gap(index, CRITICAL)
    result = run("findings", "show", found["finding_id"][:8], "--index", index)
    lines = result.stdout.splitlines()
    assert (result.exit_code, lines[:3]) == (
        0,
        [f"finding id: {found['finding_id']}", "kind: coverage-gap", "severity: critical"],
    )
    assert f"explanation: {found['explanation']}" in lines
    assert "    AND captured_at IN (TIMESTAMP '2026-01-05 10:33:15', TIMESTAMP '2026-01-05 10:50:00')" in lines
    assert sum("38f8e3_room_1__uid_s_7__uid_e_video_" in line for line in lines) == found["rows"]


def test_machines_get_the_rows_of_a_finding(reconciled: Path) -> None:
    """In a format for machines a finding is the rows of its query, and nothing else."""
    index = reconciled / "index.duckdb"
    shown = rows("findings", "show", gap(index, CRITICAL)["finding_id"], "--index", index)
    assert [row["captured_at"] for row in shown] == ["2026-01-05T10:33:15.000Z", "2026-01-05T10:50:00.000Z"]


def test_an_id_that_begins_two_is_not_enough(index: Path) -> None:
    """Where several findings begin alike, the command says how many and which, and does nothing."""
    with build(index) as connection:
        connection.execute("CREATE SEQUENCE one")
        connection.execute(
            "UPDATE finding_rows SET finding_id = 'abcd' || nextval('one') WHERE kind = ?", ["coverage-gap"]
        )
        connection.execute("DROP SEQUENCE one")
    result = run("findings", "ack", "abcd", "--note", "x", "--index", index)
    assert result.exit_code == 2
    assert "2 findings begin with 'abcd': write more of it; they are abcd" in result.stderr
    assert run("findings", "ack", "abcd1", "--note", "x", "--index", index).exit_code == 0


def test_more_rows_than_anybody_reads_are_for_machines(index: Path) -> None:
    """People see the first hundred rows of a finding and how many there are more."""
    with build(index) as connection:
        connection.execute(
            "UPDATE checks SET query = 'SELECT range AS row FROM range(1234)' WHERE kind = 'coverage-gap'"
        )
        connection.execute("UPDATE finding_rows SET rows = 1234 WHERE kind = 'coverage-gap'")
    found = gap(index, CRITICAL)["finding_id"]
    lines = run("findings", "show", found, "--index", index).stdout.splitlines()
    shown = [int(line) for line in lines if line.strip().isdigit()]
    assert (shown, lines[-1]) == (list(range(100)), "1,134 rows more: --format csv has all of them")
    assert len(rows("findings", "show", found, "--index", index)) == 1234


def test_an_acknowledgement_is_shown_before_a_run_takes_it_over(index: Path) -> None:
    """What somebody says is in the list at once, though the index learns of it in the next run; the newest counts."""
    found = gap(index, CRITICAL)["finding_id"]
    for author in ("ann", "bob"):
        assert (
            run("findings", "ack", found, "--note", f"{author} knows", "--author", author, "--index", index).exit_code
            == 0
        )
    told = gap(index, CRITICAL)
    assert (told["acknowledged_by"], told["note"]) == ("bob", "bob knows")
    with reading(index) as connection:
        assert connection.execute("SELECT count(note) FROM findings").fetchall() == [(0,)]
    run("reconcile", "--index", index)
    notes_of(index).unlink()
    assert gap(index, CRITICAL)["note"] == "bob knows"


def test_who_acknowledges_is_who_is_logged_in(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --author the login name stands for it, and where nobody is logged in the option is asked for."""
    found = gap(index, CRITICAL)["finding_id"]
    monkeypatch.setenv("LOGNAME", "carla")
    assert run("findings", "ack", found, "--note", "seen", "--index", index).exit_code == 0
    assert gap(index, CRITICAL)["acknowledged_by"] == "carla"
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    result = run("findings", "ack", found, "--note", "seen", "--index", index)
    assert (result.exit_code, "say so with --author" in result.stderr) == (2, True)


def test_what_people_write_drives_no_terminal(index: Path) -> None:
    """Control characters and markup in a note and a name are written out, wherever they are shown."""
    found = gap(index, CRITICAL)["finding_id"]
    said = run(
        "findings", "ack", found, "--note", "\x1b[31m[bold]'; DROP", "--author", "\x07eve\udcff", "--index", index
    )
    shown = run("findings", "show", found, "--index", index).stdout
    listed = run("findings", "--index", index).stdout
    assert "\x1b" not in said.output + shown + listed
    assert "\x07" not in said.output + shown
    assert "acknowledged by: \\x07eve\\xff" in shown
    assert "\\x1b[31m[bold]'; DROP" in listed


def test_a_source_that_was_not_listed_is_told(tmp_path: Path) -> None:
    """Where the last listing of a source failed, the summary says of when what is found is, to people and machines."""
    gaps.bucket(tmp_path)
    config = tmp_path / "indexer.toml"
    assert run("sync", "--config", config).exit_code == 0
    (tmp_path / "bucket").rename(tmp_path / "elsewhere")
    assert run("sync", "--config", config).exit_code == 1
    people, machines = run("reconcile", "--config", config), run("reconcile", "--config", config, "--format", "json")
    assert "source classroom: its last listing is failed, so what is found of it is of 20" in people.stdout
    (told,) = [row for row in json.loads(machines.stdout) if row["result"] == "incomplete listing"]
    assert (told["source"], told["reason"].startswith("failed: ")) == ("classroom", True)
