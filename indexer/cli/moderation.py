"""``indexer ingest``: payloads from files, callbacks from the inbox, and both read again."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.config import Moderation
from indexer.ingest import check_there, from_files, from_inbox, from_kept, run_on
from indexer.service.inbox import inbox_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.config import Config
    from indexer.ingest import Work
    from indexer.store import Ingested, Rebuilt


@dataclass(frozen=True, slots=True)
class Bodies:
    """Which bodies a command takes in: those of files, those that wait in the inbox, or those that are kept."""

    paths: tuple[str, ...]
    provider: str | None
    inbox: bool
    rebuild: bool

    @contextmanager
    def work(self, app: App, config: Config | None) -> Iterator[Work[Ingested | Rebuilt]]:
        """Give what takes them in; the inbox takes them for published once the block ends without an error.

        Raises:
            InboxUnavailable: there is no inbox, or it cannot be read.
            UsageError: the provider is not known.
        """
        generics, moderation = config.generics if config else {}, moderation_of(config)
        if self.rebuild:
            yield from_kept(generics=generics, moderation=moderation)
        elif self.inbox:
            receiver = config.receiver if config else None
            path = (receiver and receiver.inbox) or inbox_of(app.index(config))
            keep = timedelta(days=receiver.keep_days) if receiver else None
            with from_inbox(path, generics=generics, keep=keep, moderation=moderation) as waiting:
                yield waiting
        else:
            stdin = sys.stdin.buffer
            yield from_files(self.paths, provider=self.provider, generics=generics, stdin=stdin, moderation=moderation)


def moderation_of(config: Config | None) -> Moderation:
    """How payloads are handled, where there may be no configuration."""
    return config.moderation if config else Moderation()


def body_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments that say which bodies it takes in, and ``Bodies`` that has read them."""

    @click.argument("paths", nargs=-1, metavar="[PATH]...")
    @click.option(
        "--provider",
        metavar="NAME",
        help="Whose bodies these are, where their shape does not tell; or a [moderation.NAME] of the configuration.",
    )
    @click.option("--inbox", is_flag=True, help="Take in what `indexer serve` received, and no files.")
    @click.option("--rebuild", is_flag=True, help="Read the bodies that are kept again, as this version reads them.")
    @wraps(function)
    def command(
        *arguments: Any,  # noqa: ANN401 - the wrapped command's own
        paths: tuple[str, ...],
        provider: str | None,
        inbox: bool,
        rebuild: bool,
        **rest: Any,  # noqa: ANN401
    ) -> None:
        if sum((bool(paths), inbox, rebuild)) != 1 or (provider and not paths):
            raise click.UsageError("name files, or --inbox alone, or --rebuild alone")
        function(*arguments, bodies=Bodies(paths, provider, inbox, rebuild), **rest)

    return command


@click.command
@common_options
@output_options()
@body_options
def ingest(app: App, show: Show, *, bodies: Bodies) -> None:
    """Take in moderation payloads: JSON, JSON Lines, one body a file, .gz, globs, folders, - for stdin."""
    config = app.config_if_any()
    index = app.index(config)
    if bodies.rebuild:
        check_there(index)
    with bodies.work(app, config) as work:
        show([asdict(run_on(index, work, moderation_of(config)))])
