"""What the commands share: their common options, where the index is, and how they log."""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.config import Config, find_config, load_config
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable

VERBOSITY = "indexer.verbosity"
_DEFAULT_INDEX = "index.duckdb"
FIELDS = "fields"
"""What a log line in JSON holds besides its message: the name in a record's ``extra``."""


def argument(text: str) -> str:
    """An argument as text, its bytes that are no UTF-8 written out."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class App:
    """What the common options of a command say."""

    config_path: Path | None
    index_path: Path | None
    quiet: bool

    def config(self) -> Config:
        """The configuration, read and checked."""
        return load_config(self.config_path)

    def config_if_any(self) -> Config | None:
        """The configuration, where one is named or there is one."""
        return self.config() if self.config_path or find_config().exists() else None

    def index(self, config: Config | None = None) -> Path:
        """The index file: the one named, the configuration's, or ``./index.duckdb``."""
        if self.index_path:
            return self.index_path.absolute()
        found = config or self.config_if_any()
        return found.index if found else Path(_DEFAULT_INDEX).absolute()

    def say(self, text: str) -> None:
        """Tell the user something that is no data, on stderr."""
        if not self.quiet:
            click.echo(escaped(text), err=True)


def common_options(function: Callable[..., object]) -> Callable[..., object]:
    """Give a command the options that all share, and an ``App`` that has read them as its first argument."""

    @click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path),
        envvar="INDEXER_CONFIG",
        show_envvar=True,
        help="The configuration; without it ./indexer.toml, then the user's own.",
    )
    @click.option(
        "--index",
        "index_path",
        type=click.Path(path_type=Path),
        envvar="INDEXER_INDEX",
        show_envvar=True,
        help="The index file; without it the one that the configuration names.",
    )
    @click.option("-v", "--verbose", count=True, help="Say more; -vv shows tracebacks.")
    @click.option("-q", "--quiet", is_flag=True, help="Say nothing but data and errors.")
    @click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How log lines on stderr are written.",
    )
    @wraps(function)
    def command(
        config_path: Path | None,
        index_path: Path | None,
        verbose: int,
        log_format: str,
        *,
        quiet: bool,
        **rest: Any,  # noqa: ANN401 - the wrapped command's own
    ) -> object:
        click.get_current_context().meta[VERBOSITY] = verbose
        _set_up_logging(verbose, log_format, quiet=quiet)
        return function(App(config_path, index_path, quiet), **rest)

    return command


def _set_up_logging(verbose: int, log_format: str, *, quiet: bool) -> None:
    """Log this package's own lines only: the SDKs log signatures and tokens when they are asked to log much."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if log_format == "json" else _TextLines())
    logger = logging.getLogger("indexer")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.ERROR if quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)])


class _TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{_moment(record)} {record.levelname.lower()} {escaped(record.getMessage())}"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _moment(record), "level": record.levelname.lower(), "logger": record.name}
        return json.dumps(getattr(record, FIELDS, {}) | line | {"message": record.getMessage()})


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
