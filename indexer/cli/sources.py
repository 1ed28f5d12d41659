"""``indexer init``, ``indexer sources`` and ``indexer check``: the configuration and what it reaches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.config import DEFAULT_NAME, find_config
from indexer.config.add import add_source
from indexer.config.example import EXAMPLE
from indexer.config.platform import read_document
from indexer.errors import TransientVendorError, UsageError
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.check import Checked
    from indexer.config import Source

_PRIVATE = 0o600
_NOTABLE_SKEW_SECONDS = 60


@click.command
@click.argument("path", type=click.Path(path_type=Path), default=Path(DEFAULT_NAME))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common_options
def init(app: App, path: Path, *, force: bool) -> None:
    """Write a commented indexer.toml to start from, readable by you alone."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        descriptor = os.open(path, flags, _PRIVATE)
    except FileExistsError:
        raise UsageError(f"{path} is there already: --force writes over it") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    os.fchmod(descriptor, _PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(EXAMPLE)
    app.say(f"wrote {path}: name your bucket in it, then run `indexer check`")


@click.group(invoke_without_command=True)
@common_options
@output_options()
def sources(app: App, show: Show) -> None:
    """List the sources that the configuration names, with the endpoint that each resolves to."""
    if click.get_current_context().invoked_subcommand is None:
        show([_described(source) for source in app.config().sources])


@sources.command
@click.argument("name")
@click.option("--from", "document", type=click.File(encoding="utf-8"), required=True, help="The document; - is stdin.")
@click.option("--bucket", help="The bucket's name, which the platforms leave out of what they give back.")
@common_options
def add(app: App, name: str, document: TextIO, bucket: str | None) -> None:
    """Add a source as the platform describes it: its snapshot settings, a start request, or Alibaba's configuration.

    The indexer's own keys are read from the environment variables NAME_ACCESS_KEY and NAME_SECRET_KEY.
    """
    path = app.config_path or find_config()
    found = read_document(_text(document))
    for number, described in enumerate(found, 1):
        own = name if number == 1 else f"{name}-{number}"
        add_source(path, own, described, bucket)
        app.say(f"added source {own} to {path}: set the environment variables of its keys, then run `indexer check`")
        for note in described.notes:
            app.say(f"source {own}: {note}")


def _text(document: TextIO) -> str:
    try:
        return document.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"{document.name} is no UTF-8: {error}") from error


@click.command
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@common_options
@output_options()
def check(app: App, show: Show, names: tuple[str, ...]) -> None:
    """List one page of each source: are the credentials good, and what share of the names decodes?"""
    # It brings in an HTTP client that no other command should wait for.
    from indexer.check import try_out  # noqa: PLC0415

    checked = [(source, try_out(source)) for source in app.config().chosen(names)]
    show([_checked(source, result) for source, result in checked])
    for source, result in checked:
        for line in _warnings(source, result):
            app.say(f"source {source.name}: {line}")
    errors = [result.error for _, result in checked if result.error]
    for error in errors:
        click.echo(f"indexer: {escaped(str(error))}", err=True)
    if errors:
        click.get_current_context().exit(5 if all(isinstance(each, TransientVendorError) for each in errors) else 1)


def _described(source: Source) -> dict[str, Any]:
    storage = source.storage
    return {
        "name": source.name,
        "vendor": storage.vendor,
        "region": storage.region,
        "endpoint": storage.endpoint,
        "bucket": storage.bucket,
        "prefix": storage.prefix,
        "layout": source.layout.name,
        "note": storage.note,
    }


def _checked(source: Source, result: Checked) -> dict[str, Any]:
    found = result.found
    encodings = {True: "url", False: "plain", None: None}
    return {
        "name": source.name,
        "endpoint": result.endpoint,
        "result": result.result,
        "objects": found.objects if found else None,
        "screenshots": found.screenshots if found else None,
        "found": ", ".join(f"{kind} {count}" for kind, count in found.kinds.items()) if found else None,
        "encoding": encodings[found.url_encoded] if found else None,
        "clock_skew": result.clock_skew,
        "missing_right": result.missing_right,
    }


def _warnings(source: Source, result: Checked) -> Iterator[str]:
    if source.storage.doubtful:
        yield f"{source.storage.note}"
    if abs(result.clock_skew or 0) >= _NOTABLE_SKEW_SECONDS:
        yield (
            f"this machine's clock is {result.clock_skew:+} seconds off that of {result.endpoint}; "
            "vendors refuse signatures that are 15 minutes off"
        )
