"""Runs a command and says what it took: wall clock, processors and memory of it and of all it started."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_KIB = 1024


class BenchmarkError(Exception):
    """A figure that would mean nothing: a command failed, or did not do the work."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock and of all processors, and the peak of one process's resident memory in bytes."""

    wall: float
    cpu: float
    rss: int

    @classmethod
    def median(cls, costs: Sequence[Self]) -> Self:
        """The median of each figure; of the memory the most."""
        return cls(
            statistics.median(cost.wall for cost in costs),
            statistics.median(cost.cpu for cost in costs),
            max(cost.rss for cost in costs),
        )


def measured(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> tuple[Cost, str]:
    """Run a command to its end, and give what it printed, which is short.

    Linux counts what a process was before it became another program: no peak is below this process's own memory, so
    this process stays small.

    Raises:
        BenchmarkError: it failed.
    """
    with tempfile.TemporaryFile("w+") as output:
        return _measured(command, cwd, environment, output), _read(output)


def measured_in_silence(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> Cost:
    """The same with what it prints thrown away."""
    return _measured(command, cwd, environment, subprocess.DEVNULL)


def lines(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> int:
    """How many lines a command prints."""
    with subprocess.Popen(command, cwd=cwd, env=_clean(cwd, environment), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        return sum(1 for _ in process.stdout)


def _measured(command: Sequence[str], cwd: Path, environment: Mapping[str, str], output: IO[str] | int) -> Cost:
    with tempfile.TemporaryFile("w+") as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=_clean(cwd, environment), stdout=output, stderr=errors)
        # What is told here is of the process itself and of all that it waited for.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise BenchmarkError(f"{' '.join(command)} ended with {process.returncode}:\n{_read(errors)[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _KIB)


def _clean(home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """No account and no setting of this machine."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "NO_PROXY": "127.0.0.1", **environment}


def _read(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()
