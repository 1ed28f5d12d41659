"""The demo: it finds exactly what its generator planted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cli.running import rows, run
from indexer.demo import REPLACED_AT, make_sample

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_planted_object_is_found(demo: Path, tmp_path: Path) -> None:
    """Each source holds the screenshots that were planted, and the other objects beside them."""
    sample = make_sample(tmp_path / "again")
    planted = {source: len(shots) for source, shots in sample.shots.items()}
    found = rows("sql", "SELECT source, count(*) AS shots FROM screenshots GROUP BY source")
    assert {row["source"]: row["shots"] for row in found} == planted
    (others,) = rows("sql", "SELECT count(*) AS objects FROM other_objects")
    assert others["objects"] == len(sample.others)


def test_what_retention_deleted_is_marked_and_nothing_else(demo: Path, tmp_path: Path) -> None:
    """The pictures that the demo removes are the deleted ones."""
    sample = make_sample(tmp_path / "again")
    deleted = rows("sql", "SELECT key FROM screenshots WHERE deleted_at IS NOT NULL")
    assert sorted(row["key"] for row in deleted) == sorted(sample.doomed)


def test_violations_tell_their_evidence(demo: Path) -> None:
    """Violations about removed pictures are deleted, one was never stored, one is overwritten, the rest is present."""
    found = Counter(row["evidence"] for row in rows("sql", "SELECT evidence FROM violations"))
    assert (found["deleted"], found["missing"], found["mutable"]) == (3, 1, 1)
    assert found["present"] == found.total() - 5


def test_what_is_replaced_is_changed_and_nothing_else(demo: Path, tmp_path: Path) -> None:
    """The second sync sees the picture that was written again."""
    sample = make_sample(tmp_path / "again")
    late = rows("sql", f"SELECT key FROM screenshots WHERE last_modified = TIMESTAMP '{REPLACED_AT}'")
    assert [row["key"] for row in late] == list(sample.replaced)
    changed = rows("sql", "SELECT sum(changed)::BIGINT AS changed FROM run_sources")
    assert changed == [{"changed": len(sample.replaced)}]


def test_a_table_without_keys_finds_its_pictures_by_identity(demo: Path) -> None:
    """Rows with session, room, user and time alone are joined, upper-case sids and a failover's names too."""
    found = rows("sql", "SELECT matched_by, failover FROM violations WHERE provider = 'inhouse'")
    assert {row["matched_by"] for row in found} == {"identity"}
    assert {row["failover"] for row in found} == {None, 0}


def test_the_commands_are_printed_as_a_user_types_them(demo_output: tuple[Path, str], tmp_path: Path) -> None:
    """Every command is shown before its output, three queries among them, and the account comes out even."""
    _, output = demo_output
    commands = [line for line in output.splitlines() if line.startswith("$ indexer ")]
    assert sum(command.startswith("$ indexer query ") for command in commands) == 3
    sample = make_sample(tmp_path / "again")
    assert f" objects = {sample.objects - len(sample.doomed):,} objects listed" in output


def test_what_is_planted_is_summed_up(demo_output: tuple[Path, str], tmp_path: Path) -> None:
    """The demo ends with what reconciliation finds, each kind that was planted, a report, and how to go on."""
    folder, output = demo_output
    _, _, summary = output.partition("$ indexer reconcile --fail-on never\n")
    planted = {one.kind for one in make_sample(tmp_path / "again").planted}
    assert {line.split()[0] for line in summary.splitlines() if line.strip()} >= planted
    assert f"All of it is in {folder}: open report.html in a browser." in summary.splitlines()
    assert (folder / "report.html").stat().st_size > 0
    assert summary.splitlines()[-1] == f"Go on with `cd {folder}`, then `indexer findings` and `indexer query`."


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """The demo writes into no folder that holds something already."""
    (tmp_path / "mine").write_text("")
    result = run("demo", tmp_path)
    assert (result.exit_code, [path.name for path in tmp_path.iterdir()]) == (2, ["mine"])


def test_the_users_variables_lead_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo unsets the variables that name another configuration or index, says so, and leaves both be."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INDEXER_CONFIG", str(tmp_path / "mine.toml"))
    monkeypatch.setenv("INDEXER_INDEX", str(tmp_path / "mine.duckdb"))
    result = run("demo", "sample")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines.index("$ unset INDEXER_CONFIG INDEXER_INDEX") == lines.index("$ cd sample") + 1
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]
    assert (tmp_path / "sample" / "index.duckdb").exists()


def test_nothing_is_unset_that_was_not_set(demo_output: tuple[Path, str]) -> None:
    """Without such variables the demo shows no `unset`."""
    _, output = demo_output
    assert "$ unset" not in output
