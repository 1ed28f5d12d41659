"""``indexer export`` and ``indexer attach``, as a user sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.running import rows, run

if TYPE_CHECKING:
    from pathlib import Path


def test_an_exported_index_is_attached_and_asked(demo: Path, tmp_path: Path) -> None:
    """Export tells of each table, attach makes an index of the lake, and a query over it answers the same."""
    exported = run("export", tmp_path / "lake")
    assert (exported.exit_code, "objects" in exported.stdout) == (0, True)
    attached = run("attach", tmp_path / "lake", "--index", tmp_path / "shows.duckdb")
    assert (attached.exit_code, "2,931 objects" in attached.stderr) == (0, True)
    assert rows("query", "sessions", "--index", tmp_path / "shows.duckdb") == rows("query", "sessions")


def test_a_run_into_an_attached_index_is_refused(demo: Path, tmp_path: Path) -> None:
    """Sync, ingest, reconcile and archive end with 2 in one line that says why."""
    assert run("export", tmp_path / "lake").exit_code == 0
    assert run("attach", tmp_path / "lake", "--index", tmp_path / "shows.duckdb").exit_code == 0
    for words in (("sync",), ("ingest", "payloads/agora-live.jsonl"), ("reconcile",)):
        result = run(*words, "--index", tmp_path / "shows.duckdb")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "shows the lake" in result.stderr


def test_the_index_of_a_configuration_is_not_replaced(demo: Path, tmp_path: Path) -> None:
    """Attach without --index does not take the place of the index that runs write."""
    assert run("export", tmp_path / "lake").exit_code == 0
    result = run("attach", tmp_path / "lake")
    assert (result.exit_code, "--index" in result.stderr) == (2, True)


def test_what_is_no_lake_is_told(tmp_path: Path) -> None:
    """A folder without a manifest is told with what makes one."""
    result = run("attach", tmp_path, "--index", tmp_path / "shows.duckdb")
    assert (result.exit_code, "indexer export" in result.stderr) == (2, True)
