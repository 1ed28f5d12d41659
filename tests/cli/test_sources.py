"""``indexer init``: the file that a configuration starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.running import run

if TYPE_CHECKING:
    from pathlib import Path


def test_init_writes_a_private_file_once(tmp_path: Path) -> None:
    """The example is readable by its owner alone, and nothing is written over unless that is asked for."""
    path = tmp_path / "indexer.toml"
    assert run("init", path).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    example = path.read_text()
    path.write_text("mine")
    assert run("init", path).exit_code == 2
    assert path.read_text() == "mine"
    assert run("init", path, "--force").exit_code == 0
    assert path.read_text() == example


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o600])
def test_what_init_writes_over_becomes_private(tmp_path: Path, mode: int) -> None:
    """A file that others could read is readable by its owner alone once `--force` wrote over it."""
    path = tmp_path / "indexer.toml"
    path.write_text("")
    path.chmod(mode)
    assert run("init", path, "--force").exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
