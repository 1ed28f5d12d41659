"""``indexer decode``: what object keys say."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

import click
import pyarrow as pa

from indexer.cli.common import App, argument, common_options
from indexer.cli.output import Show, output_options
from indexer.errors import UsageError
from indexer.naming import FIELDS, LAYOUTS, Layout, Template, TemplateError, decode

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH_KEYS = 100_000


@click.command("decode")
@click.argument("keys", nargs=-1)
@click.option(
    "--layout", type=click.Choice(LAYOUTS), default="auto", show_default=True, help="How the keys are spelled."
)
@click.option("--template", "templates", multiple=True, help="A template of layout template; may be given again.")
@common_options
@output_options("jsonl")
def decode_keys(_: App, show: Show, keys: tuple[str, ...], layout: str, templates: tuple[str, ...]) -> None:
    """Decode object keys: given as arguments, or one a line on stdin."""
    read_as = _layout(layout, templates)
    batches = iter([[argument(key) for key in keys]]) if keys else _lines()
    schema = decode([], read_as).select(FIELDS).schema
    decoded = (batch for some in batches for batch in decode(some, read_as).select(FIELDS).to_batches())
    show(pa.RecordBatchReader.from_batches(schema, decoded))


def _layout(layout: str, templates: tuple[str, ...]) -> Layout:
    if bool(templates) != (layout == "template"):
        raise UsageError("--layout template and --template go together")
    try:
        return Layout(layout, tuple(Template(text) for text in templates))
    except TemplateError as error:
        raise UsageError(str(error)) from error


def _lines() -> Iterator[list[str]]:
    lines = (line.decode("utf-8", "backslashreplace").rstrip("\r\n") for line in sys.stdin.buffer)
    while batch := list(islice(lines, _BATCH_KEYS)):
        yield batch
