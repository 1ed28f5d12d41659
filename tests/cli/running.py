"""Runs commands as a user does, in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner, Result

from indexer.cli import main

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: str | Path, stdin: bytes | None = None) -> Result:
    """One command with its output, its errors and its exit code."""
    return CliRunner().invoke(main, [str(word) for word in words], input=stdin)


def rows(*words: str | Path) -> list[dict[str, Any]]:
    """The rows that a command prints as JSON."""
    result = run(*words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found
