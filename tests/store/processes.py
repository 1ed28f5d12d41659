"""Other processes that use an index: Python programs, told what to do on their command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import indexer

PACKAGE = str(Path(indexer.__file__).parents[1])


def started(program: str, *arguments: object, path: str = PACKAGE) -> subprocess.Popen[str]:
    """A process that runs a program, with pipes to its input and output. ``path`` is where it imports from."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that a process writes; empty where it ended."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def ended(process: subprocess.Popen[str]) -> str:
    """What a process still writes when its input ends, and until it ends well itself."""
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    return output
