"""The demo's folder, made once and only read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.running import run


@pytest.fixture(scope="session")
def demo_output(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that `indexer demo` made, and what it printed."""
    folder = tmp_path_factory.mktemp("demo") / "sample"
    before = Path.cwd()
    try:
        result = run("demo", folder)
    finally:
        os.chdir(before)
    assert result.exit_code == 0, result.output
    return folder, result.stdout


@pytest.fixture
def demo(demo_output: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's folder, as the current one."""
    folder, _ = demo_output
    monkeypatch.chdir(folder)
    return folder
