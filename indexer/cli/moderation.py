"""``indexer ingest``: moderation payloads from files, and callbacks from the inbox."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.config import find_config
from indexer.ingest import ingest_files, ingest_inbox
from indexer.service.inbox import inbox_of

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.config import Config
    from indexer.store import Ingested


@click.command
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--provider",
    metavar="NAME",
    help="Whose bodies these are, where their shape does not tell; or a [moderation.NAME] of the configuration.",
)
@click.option("--inbox", is_flag=True, help="Take in what `indexer serve` received, and no files.")
@common_options
@output_options()
def ingest(app: App, show: Show, paths: tuple[str, ...], provider: str | None, *, inbox: bool) -> None:
    """Take in moderation payloads: JSON, JSON Lines, one body a file, .gz, globs, folders, - for stdin."""
    if inbox == bool(paths) or (inbox and provider):
        raise click.UsageError("name files, or --inbox alone")
    config = app.config() if app.config_path or find_config().exists() else None
    if inbox:
        show([asdict(_drained(app.index(config), config))])
        return
    result = ingest_files(
        app.index(config),
        paths,
        provider=provider,
        generics=config.generics if config else {},
        stdin=sys.stdin.buffer,
    )
    show([asdict(result)])


def _drained(index: Path, config: Config | None) -> Ingested:
    receiver = config.receiver if config else None
    return ingest_inbox(
        index,
        (receiver and receiver.inbox) or inbox_of(index),
        generics=config.generics if config else {},
        keep=timedelta(days=receiver.keep_days) if receiver else None,
    )
