"""``indexer serve``: takes the platforms' callbacks over HTTP into the inbox."""

from __future__ import annotations

import click

from indexer.cli.common import App, common_options
from indexer.errors import UsageError
from indexer.service.inbox import inbox_of


@click.command
@common_options
def serve(app: App) -> None:
    """Take callbacks over HTTP until SIGTERM, and answer each once it is safe on disk, in the inbox.

    `indexer ingest --inbox` brings them into the index.
    """
    # A web server is nothing that the other commands should wait for.
    from indexer.service.serve import serve as run  # noqa: PLC0415

    config = app.config()
    if config.receiver is None:
        raise UsageError(f"{config.path}: nobody may call yet: add a [receiver] and a [receiver.callbacks.NAME]")
    inbox = config.receiver.inbox or inbox_of(app.index(config))
    run(config.receiver, inbox, lambda address: app.say(f"listening on {address}, inbox {inbox}"), quiet=app.quiet)
