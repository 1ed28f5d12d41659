"""Writing a report: whole or not at all, from the published index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.errors import IndexMissing, UsageError
from indexer.report import Options, write, write_report
from indexer.store import build
from report.telling import DAY, MADE_AT, tell

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """An index with something to report."""
    path = tmp_path / "index.duckdb"
    with build(path) as connection:
        tell(connection, "lobby")
    return path


def options(title: str = "Nightly") -> Options:
    """The day that was told of, at a fixed moment."""
    return Options(DAY, title, lambda: MADE_AT)


def test_the_report_of_an_index_is_one_file(published: Path, tmp_path: Path) -> None:
    """The file is there whole, with its title and the moment it was made, and nothing is left beside it."""
    before = set(tmp_path.iterdir())
    write_report(published, tmp_path / "report.html", options())
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "<title>Nightly, 2026-01-05</title>" in text
    assert "2026-01-06T06:00:00Z" in text
    assert text.endswith("</html>")
    assert set(tmp_path.iterdir()) - before == {tmp_path / "report.html"}


def test_the_same_index_makes_the_same_bytes(published: Path, tmp_path: Path) -> None:
    """Two reports of one moment are one file."""
    for name in ("one.html", "two.html"):
        write_report(published, tmp_path / name, options())
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_a_report_that_fails_leaves_the_old_one(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the page cannot be put in place, the old one stays, and nothing is left beside it."""
    output = tmp_path / "report.html"
    output.write_text("old")
    before = set(tmp_path.iterdir())
    monkeypatch.setattr(write, "page", lambda *_: "\ud800")
    with pytest.raises(UnicodeEncodeError):
        write_report(published, output, options())
    assert (output.read_text(), set(tmp_path.iterdir())) == ("old", before)


def test_a_folder_that_is_not_there_is_the_users_mistake(published: Path, tmp_path: Path) -> None:
    """The missing folder is named, and none is made."""
    with pytest.raises(UsageError, match="there is no folder"):
        write_report(published, tmp_path / "none" / "report.html", options())


def test_there_must_be_an_index(tmp_path: Path) -> None:
    """Without an index there is nothing to report, and no page."""
    with pytest.raises(IndexMissing):
        write_report(tmp_path / "none.duckdb", tmp_path / "report.html", options())
    assert list(tmp_path.iterdir()) == []
