"""``indexer report``: what is typed, and what it leaves."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from cli.running import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_DRAWING = ("altair", "jinja2", "vl_convert")


def test_the_newest_day_is_reported_to_a_file(demo: Path, tmp_path: Path) -> None:
    """Without a day the page is of the newest with screenshots, and where it went is said on stderr."""
    output = tmp_path / "page.html"
    result = run("report", "-o", output)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"wrote {output}\n"
    assert "2026-01-05</title>" in output.read_text("utf-8")


def test_a_day_and_a_title_are_taken(demo: Path, tmp_path: Path) -> None:
    """The page is of the day, under the title, which is text whatever it holds."""
    output = tmp_path / "page.html"
    assert run("report", "-o", output, "--day", "2026-01-04", "--title", "<b>\udcff").exit_code == 0
    assert "<title>&lt;b&gt;\\xff, 2026-01-04</title>" in output.read_text("utf-8")


def test_what_is_no_day_is_refused(demo: Path) -> None:
    """A day that the calendar lacks, or that has no week before it, is the user's mistake."""
    assert [run("report", "--day", day).exit_code for day in ("2026-02-30", "yesterday", "0001-01-01")] == [2, 2, 2]


def test_without_an_index_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no index the exit code is 2, and there is no page."""
    monkeypatch.chdir(tmp_path)
    result = run("report")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])


def test_no_other_command_waits_for_what_draws() -> None:
    """The libraries of the charts and the page are loaded by the report alone."""
    script = f"import sys, indexer.cli; print([name for name in {_DRAWING} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
