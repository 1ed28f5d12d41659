"""``indexer ingest``: moderation payloads from files."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.config import find_config
from indexer.ingest import ingest_files


@click.command
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--provider",
    metavar="NAME",
    help="Whose bodies these are, where their shape does not tell; or a [moderation.NAME] of the configuration.",
)
@common_options
@output_options()
def ingest(app: App, show: Show, paths: tuple[str, ...], provider: str | None) -> None:
    """Take in moderation payloads: JSON, JSON Lines, one body a file, .gz, globs, folders, - for stdin."""
    config = app.config() if app.config_path or find_config().exists() else None
    result = ingest_files(
        app.index(config),
        paths,
        provider=provider,
        generics=config.generics if config else {},
        stdin=sys.stdin.buffer,
    )
    show([asdict(result)])
