"""``indexer ingest --rebuild``: what the index keeps, read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moderation.reading import sample

from cli.running import rows, run
from indexer.moderation import MAPPINGS

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rebuild_counts_what_the_kept_bodies_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild needs no file, tells what it derived, and leaves nothing of an older reading."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "body.json").write_text(sample("agora_client"))
    (told,) = rows("ingest", "body.json")
    assert (told["verdicts"], told["notifications"]) == (1, 0)
    assert rows("ingest", "--rebuild") == [
        {"payloads": 1, "repaired": 0, "failed": 0, "verdicts": 1, "violations": 0, "notifications": 0}
    ]
    shapes = {mapping.provider: mapping.shape for mapping in MAPPINGS}
    assert rows("sql", "SELECT shape FROM payloads") == [{"shape": shapes["agora_client"]}]


@pytest.mark.parametrize(
    "words", [(), ("--rebuild", "a.json"), ("--rebuild", "--inbox"), ("--rebuild", "--provider", "agora_live")]
)
def test_only_one_thing_is_taken_in(words: tuple[str, ...]) -> None:
    """Files, the inbox and a rebuild are three things, and a provider is named for files alone."""
    result = run("ingest", *words)
    assert (result.exit_code, "or --rebuild alone" in result.stderr) == (2, True)


def test_there_must_be_an_index_to_rebuild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild of nothing is an error that says so."""
    monkeypatch.chdir(tmp_path)
    result = run("ingest", "--rebuild")
    assert (result.exit_code, "there is nothing to rebuild" in result.stderr) == (2, True)
