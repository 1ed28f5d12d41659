"""Real servers as processes: moto, rclone and Azurite, on ports that they choose themselves."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from doubles.double import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Iterator

_READY = re.compile(r"http://127\.0\.0\.1:\d+")
_DEADLINE_SECONDS = 30
_INSTALLED = Path(__file__).parents[2] / "build"
# The first release that heeds startFrom. It asks for Node.js 22, and runs on 20.
_AZURITE = "3.37.0"


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
def _running(command: list[str], home: Path, **more: str) -> Iterator[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", **more}
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


@contextmanager
def azurite(home: Path) -> Iterator[str]:
    """Azurite's blob service with one account, as a URL."""
    command = [
        str(_azurite_program()),
        *("--blobHost", "127.0.0.1"),
        *("--blobPort", "0"),
        "--inMemoryPersistence",
        "--disableTelemetry",
        "--silent",
    ]
    account = f"{CREDENTIALS.access_key}:{CREDENTIALS.secret_key}"
    with _running(command, home, AZURITE_ACCOUNTS=account) as endpoint:
        yield endpoint


def _azurite_program() -> Path:
    """Azurite as npm installs it, once for a checkout; who wants it meanwhile waits."""
    there = _INSTALLED / f"azurite-{_AZURITE}"
    _INSTALLED.mkdir(exist_ok=True)
    with (_INSTALLED / "azurite.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there.exists():
            _install_azurite(there)
    return there / "node_modules" / ".bin" / "azurite-blob"


def _install_azurite(there: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_INSTALLED, ignore_cleanup_errors=True) as fresh:
        options = ("--no-audit", "--no-fund", "--ignore-scripts", "--engine-strict=false", "--loglevel=error")
        subprocess.run(["npm", "install", *options, "--prefix", fresh, f"azurite@{_AZURITE}"], check=True)
        Path(fresh).rename(there)
