"""``indexer nightly``: everything that a night has to do, in one go."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pyarrow as pa
from pydantic import SecretStr

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.cli.reconcile import LEVELS, show_summary
from indexer.config.secrets import is_reference
from indexer.errors import UsageError

if TYPE_CHECKING:
    from indexer.config import Config
    from indexer.nightly import Night

_COUNTS = ("new", "open", "resolved", "acknowledged", "rows")
_TEXT, _COUNT, _TIME = pa.string(), pa.int64(), pa.timestamp("us")
_SCHEMA = pa.schema(
    [
        ("began_at", _TIME),
        ("finished_at", _TIME),
        ("seconds", pa.float64()),
        ("exit_code", _COUNT),
        ("outcome", _TEXT),
        (
            "steps",
            pa.list_(
                pa.struct(
                    [
                        ("step", _TEXT),
                        ("outcome", _TEXT),
                        ("exit_code", _COUNT),
                        ("seconds", pa.float64()),
                        ("told", _TEXT),
                    ]
                )
            ),
        ),
        (
            "findings",
            pa.list_(
                pa.struct(
                    [
                        ("kind", _TEXT),
                        ("severity", _TEXT),
                        *((name, _COUNT) for name in _COUNTS),
                        ("title", _TEXT),
                    ]
                )
            ),
        ),
        ("not_computable", pa.list_(pa.struct([("kind", _TEXT), ("source", _TEXT), ("reason", _TEXT)]))),
        (
            "incomplete",
            pa.list_(pa.struct([("source", _TEXT), ("status", _TEXT), ("error", _TEXT), ("as_of", _TIME)])),
        ),
    ]
)


@click.command
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    help="From which severity on findings that nobody acknowledged end the command with exit code 4; without it "
    "critical, or what [nightly] says.",
)
@click.option(
    "--notify",
    metavar="REFERENCE",
    help="Post the summary to a webhook as Slack has them. Its address is a secret, and a command line is not: "
    "say where it stands, as env:NAME, file:PATH or command:LINE.",
)
@click.option(
    "--notify-on",
    type=click.Choice(["always", "findings", "failure"]),
    help="When to post: after each run, which is the default, or unless it ends with 0, or unless with 0 or 4.",
)
@click.option(
    "--textfile",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write figures there for the textfile collector of Prometheus's node exporter.",
)
@common_options
@output_options()
def nightly(app: App, show: Show, **given: Any) -> None:  # noqa: ANN401 - what [nightly] says too
    """Sync, take in callbacks and payloads, reconcile, and tell of it: all that [nightly] names, with one lock.

    A step that fails keeps none of the others from running. Each is safe to run again: after a failure, run it again.
    """
    # What posts and what writes for Prometheus is nothing that the other commands should wait for.
    from indexer.nightly import nightly as run  # noqa: PLC0415

    config = _with(app.config(), given)
    # Arrow's own pools keep what pages took for every thread that took one.
    pa.set_memory_pool(pa.system_memory_pool())
    _log_steps(quiet=app.quiet)
    night = run(app.index(config), config)
    _show(show, night)
    click.get_current_context().exit(night.exit_code)


def _log_steps(*, quiet: bool) -> None:
    """Log each step though nobody asked for more: nobody watches."""
    of_all = logging.getLogger("indexer").level
    logging.getLogger("indexer.nightly").setLevel(of_all if quiet else min(of_all, logging.INFO))


def _with(config: Config, given: dict[str, Any]) -> Config:
    """A configuration with what the command line says in place of what its [nightly] says."""
    said = {name: value for name, value in given.items() if value is not None}
    if "notify" in said and not is_reference(said["notify"]):
        raise UsageError("--notify: write env:NAME, file:PATH or command:LINE: others can read a command line")
    if "notify" in said:
        said["notify"] = SecretStr(said["notify"])
    if "textfile" in said:
        said["textfile"] = said["textfile"].absolute()
    return replace(config, nightly=replace(config.nightly, **said))


def _show(show: Show, night: Night) -> None:
    if not show.for_people:
        show(pa.Table.from_pylist([night.row()], _SCHEMA).to_reader())
        return
    show(night.steps())
    if night.summary:
        show_summary(show, night.summary)
