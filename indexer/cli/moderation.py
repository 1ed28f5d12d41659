"""``indexer ingest``: payloads from files, callbacks from the inbox, and both read again."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.config import Moderation, find_config
from indexer.ingest import ingest_files, ingest_inbox, rebuild_index
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
@click.option("--rebuild", is_flag=True, help="Read the bodies that the index keeps again, as this version reads them.")
@common_options
@output_options()
def ingest(  # noqa: PLR0913 - an option each
    app: App, show: Show, paths: tuple[str, ...], provider: str | None, *, inbox: bool, rebuild: bool
) -> None:
    """Take in moderation payloads: JSON, JSON Lines, one body a file, .gz, globs, folders, - for stdin."""
    if sum((bool(paths), inbox, rebuild)) != 1 or (provider and not paths):
        raise click.UsageError("name files, or --inbox alone, or --rebuild alone")
    config = app.config() if app.config_path or find_config().exists() else None
    index, generics = app.index(config), config.generics if config else {}
    moderation = config.moderation if config else Moderation()
    if inbox:
        show([asdict(_drained(index, config))])
    elif rebuild:
        show([asdict(rebuild_index(index, generics=generics, moderation=moderation))])
    else:
        stdin = sys.stdin.buffer
        done = ingest_files(index, paths, provider=provider, generics=generics, stdin=stdin, moderation=moderation)
        show([asdict(done)])


def _drained(index: Path, config: Config | None) -> Ingested:
    receiver = config.receiver if config else None
    return ingest_inbox(
        index,
        (receiver and receiver.inbox) or inbox_of(index),
        generics=config.generics if config else {},
        keep=timedelta(days=receiver.keep_days) if receiver else None,
        moderation=config.moderation if config else Moderation(),
    )
