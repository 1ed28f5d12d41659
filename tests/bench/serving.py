"""The list server as a process: ``with serving(keys=1000, latency=50) as server: server.url``."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PACKAGE = __package__ or "bench"
# A proxy of this machine cannot reach the server.
_open = build_opener(ProxyHandler({})).open
_ROOT = Path(__file__).parents[_PACKAGE.count(".") + 1]


class Counts(TypedDict):
    """What the server says of its list requests; ``positions`` and ``delimited`` with ``count_positions`` only."""

    keys: int
    requests: int
    answered: int
    faults: dict[str, int]
    positions: dict[str, int]
    delimited: dict[str, int]


@dataclass(frozen=True, slots=True)
class ListServer:
    """A running server, and its process id."""

    url: str
    pid: int
    bucket: str = "shots-bucket"

    def counts(self) -> Counts:
        """How many list requests there were until now, and how they were answered."""
        with _open(f"{self.url}/-/counts") as answer:
            return cast("Counts", json.load(answer))

    def add(self, keys: Iterable[str]) -> None:
        """Put objects; one that is there is overwritten."""
        self._post("add", keys)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects."""
        self._post("delete", keys)

    def _post(self, action: str, keys: Iterable[str]) -> None:
        with _open(Request(f"{self.url}/-/{action}", json.dumps(list(keys)).encode())):
            pass


@contextmanager
def serving(**options: float | str) -> Iterator[ListServer]:
    """Run a server with the options of its command line, until the block ends. ``True`` gives an option alone."""
    command = [sys.executable, "-m", f"{_PACKAGE}.server", *_flags(options)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError(f"the list server did not start: {' '.join(command)}")
            yield ListServer(url, process.pid)
        finally:
            process.terminate()


def _flags(options: dict[str, float | str]) -> Iterator[str]:
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        yield flag if value is True else f"{flag}={value}"
