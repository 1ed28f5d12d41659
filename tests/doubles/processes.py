"""Real servers as processes: moto and rclone, on ports that they choose themselves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from doubles.double import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterator

_READY = re.compile(r"http://127\.0\.0\.1:\d+")
_DEADLINE_SECONDS = 30


class _Output(threading.Thread):
    """Reads a process's output to its end, so that it never blocks, and finds the address in it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        super().__init__(daemon=True)
        self._process = process
        self._found = threading.Event()
        self.endpoint: str | None = None

    def run(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if self.endpoint is None and (match := _READY.search(line)):
                self.endpoint = match[0]
                self._found.set()
        self._found.set()

    def wait(self) -> str:
        """The server's address, as soon as it says that it listens there."""
        self._found.wait(_DEADLINE_SECONDS)
        assert self.endpoint, f"{self._process.args!r} did not say where it listens"
        return self.endpoint


@contextmanager
def _running(command: list[str], home: Path) -> Iterator[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        output = _Output(process)
        output.start()
        try:
            yield output.wait()
        finally:
            process.terminate()
            output.join()


@contextmanager
def moto(home: Path) -> Iterator[str]:
    """The S3 of moto, as a URL. It takes every signature for good."""
    with _running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], home) as endpoint:
        yield endpoint


@contextmanager
def rclone(root: Path, home: Path) -> Iterator[str]:
    """The S3 of rclone over a folder whose sub-folders are the buckets, as a URL."""
    command = [
        str(Path(sysconfig.get_path("scripts")) / "rclone"),
        *("serve", "s3", str(root)),
        *("--config", str(home / "rclone.conf")),
        *("--cache-dir", str(home / "cache")),
        *("--auth-key", f"{CREDENTIALS.access_key},{CREDENTIALS.secret_key}"),
        *("--addr", "127.0.0.1:0"),
        *("--dir-cache-time", "0s"),
    ]
    with _running(command, home) as endpoint:
        yield endpoint
