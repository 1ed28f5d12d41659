"""``indexer serve``: takes the platforms' callbacks over HTTP into the inbox, and shows the index in a browser."""

from __future__ import annotations

import click

from indexer.cli.common import App, common_options


@click.command
@common_options
def serve(app: App) -> None:
    """Take callbacks over HTTP, and show the index in a browser, until SIGTERM: what [receiver] and [pages] say.

    Each callback is answered once it is safe on disk, in the inbox; `indexer ingest --inbox` takes them in.
    """
    # A web server is nothing that the other commands should wait for.
    from indexer.service.serve import serve as run  # noqa: PLC0415
    from indexer.service.serve import services  # noqa: PLC0415

    config = app.config()
    run(
        services(config, app.index(config)),
        lambda service, address: app.say(f"listening on {address}, {service.what}"),
        quiet=app.quiet,
    )
