"""``indexer reconcile`` and ``indexer findings``: what should be there and is not, and what people say of it."""

from __future__ import annotations

import difflib
import getpass
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
import pyarrow as pa

from indexer.cli.common import App, argument, common_options
from indexer.cli.completion import finding_ids, kinds
from indexer.cli.output import Show, output_options
from indexer.errors import UsageError
from indexer.queries import Parameter
from indexer.reconcile import SEVERITIES, Options, Range, Summary, Thresholds, checks
from indexer.reconcile import reconcile as run_reconcile
from indexer.reconcile.acknowledge import Acknowledgement, acknowledge
from indexer.reconcile.known import STATUSES, Wanted, known
from indexer.rows import plain
from indexer.text import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indexer.config import Source

LEVELS = (*SEVERITIES, "never")
"""What may be asked of ``--fail-on``."""

FINDINGS_EXIT = 4
_NOTE_LETTERS = 2000
_SHOWN_ROWS = 100
_FOUND = ("kind", "severity", "new", "open", "resolved", "acknowledged", "rows", "title")
_SCHEMA = pa.schema(
    [("result", pa.string())]
    + [(name, pa.int64() if name in _FOUND[2:7] else pa.string()) for name in _FOUND]
    + [("source", pa.string()), ("reason", pa.string()), ("as_of", pa.timestamp("us"))]
)
_UNTOLD = pa.schema([(name, pa.string()) for name in ("kind", "source", "reason")])


def reconciling(function: Callable[..., object]) -> Callable[..., None]:
    """Give a command the range of time that is ``wanted``, and the severity to ``fail_on``."""

    @click.option("--since", metavar="T", help="Only from this date or time on, in UTC.")
    @click.option("--until", metavar="T", help="Only before this date or time, in UTC.")
    @click.option(
        "--fail-on",
        type=click.Choice(LEVELS),
        default="critical",
        show_default=True,
        help="From which severity on findings that nobody acknowledged end the command with exit code 4.",
    )
    @wraps(function)
    def command(
        *arguments: Any,  # noqa: ANN401 - the wrapped command's own
        since: str | None,
        until: str | None,
        **rest: Any,  # noqa: ANN401
    ) -> None:
        function(*arguments, wanted=between(since, until), **rest)

    return command


@click.command
@reconciling
@common_options
@output_options()
def reconcile(app: App, show: Show, *, wanted: Range, fail_on: str) -> None:
    """Find what should be there and is not, publish it in the index, and sum it up.

    It reads the index alone, and lists no bucket.
    """
    sources, options = configured(app, wanted)
    end(app, show, run_reconcile(app.index(), sources, options), fail_on)


def configured(app: App, wanted: Range) -> tuple[Sequence[Source], Options]:
    """The sources of the configuration, and how it says to reconcile; without one no sources, and the usual way."""
    config = app.config_if_any()
    return config.sources if config else (), Options(config.reconcile if config else Thresholds(), wanted)


def end(app: App, show: Show, summary: Summary, fail_on: str) -> None:
    """Print a summary, and end the command by what nobody acknowledged."""
    show_summary(show, summary)
    if fail_on != "never" and (count := summary.at_or_above(fail_on)):
        app.say(f"nobody acknowledged {count:,} of these: see `indexer findings --severity {fail_on}`")
        click.get_current_context().exit(FINDINGS_EXIT)


@click.group(invoke_without_command=True)
@click.option(
    "--kind", "wanted_kinds", multiple=True, shell_complete=kinds, help="Only of this kind; may be given again."
)
@click.option("--severity", type=click.Choice(SEVERITIES), default="info", help="Only so severe, or more.")
@click.option(
    "--status",
    type=click.Choice(list(STATUSES)),
    default="unresolved",
    show_default=True,
    help="Only in this status; unresolved is new and open.",
)
@click.option("--source", metavar="S", help="Only of this source.")
@common_options
@output_options()
def findings(  # noqa: PLR0913 - an option each
    app: App, show: Show, *, wanted_kinds: tuple[str, ...], severity: str, status: str, source: str | None
) -> None:
    """List what the last reconciliation found, the worst first, with what people said of it."""
    if click.get_current_context().invoked_subcommand is None:
        wanted = Wanted(_known_kinds(wanted_kinds), severity, status, argument(source) if source else None)
        with known(app.index()) as index:
            show(index.placed(wanted) if show.for_people else index.listed(wanted))


@findings.command("show")
@click.argument("finding", metavar="ID", shell_complete=finding_ids)
@common_options
@output_options()
def show_finding(app: App, show: Show, finding: str) -> None:
    """Show a finding, its query, and the query's rows; ID may be the beginning of one.

    A format for machines has the rows alone.
    """
    with known(app.index()) as index:
        found = index.named(argument(finding))
        query = index.query_of(found["finding_id"])
        rows = index.rows(query)
        if not show.for_people:
            show(rows)
            return
        for line in (*_told(found), "", *query.splitlines()):
            click.echo(escaped(line))
        show(_first(rows, _SHOWN_ROWS))
    if found["rows"] > _SHOWN_ROWS:
        click.echo(f"{found['rows'] - _SHOWN_ROWS:,} rows more: --format csv has all of them")


@findings.command
@click.argument("finding", metavar="ID", shell_complete=finding_ids)
@click.option("--note", required=True, help="What is known of it, and what is done about it.")
@click.option("--author", help="Who says so; without it your login name.")
@common_options
def ack(app: App, finding: str, note: str, author: str | None) -> None:
    """Acknowledge a finding, so that it makes no command fail any more; ID may be the beginning of one."""
    said = argument(note).strip()
    if not 0 < len(said) <= _NOTE_LETTERS:
        raise UsageError(f"--note: write 1 to {_NOTE_LETTERS:,} letters")
    index = app.index()
    with known(index) as published:
        found = published.named(argument(finding))
    who = argument(author) if author else _login()
    acknowledge(index, Acknowledgement(found["finding_id"], said, who, datetime.now(UTC).replace(tzinfo=None)))
    app.say(f"finding {found['finding_id']} ({found['kind']}) is acknowledged by {who}")


def between(since: str | None, until: str | None) -> Range:
    """The time between two that are written on the command line.

    Raises:
        UsageError: one is no time, or the second is not after the first.
    """
    first, last = (Parameter(name, "timestamp", "").value(text) for name, text in (("since", since), ("until", until)))
    if first and last and first >= last:
        raise UsageError(f"--since {since} is not before --until {until}")
    return Range(first, last)


def show_summary(show: Show, summary: Summary) -> None:
    """Print a summary: tables and sentences for people, rows of one form for machines."""
    if not show.for_people:
        show(pa.Table.from_pylist(list(_rows(summary)), _SCHEMA).to_reader())
        return
    if summary.rows:
        show([{name: row[name] for name in _FOUND} for row in summary.rows])
    else:
        click.echo("nothing found")
    if summary.not_computable:
        click.echo("what could not be computed:")
        show(pa.Table.from_pylist(summary.not_computable, _UNTOLD).to_reader())
    for line in _incomplete_lines(summary):
        click.echo(escaped(line))


def _rows(summary: Summary) -> Iterator[dict[str, Any]]:
    """All of a summary in rows of one form, told apart by ``result``."""
    yield from ({"result": "found", **row} for row in summary.rows)
    yield from ({"result": "not computable", **row} for row in summary.not_computable)
    for row in summary.incomplete:
        reason = f"{row['status']}: {row['error']}"
        yield {"result": "incomplete listing", "source": row["source"], "reason": reason, "as_of": row["as_of"]}


def _incomplete_lines(summary: Summary) -> Iterator[str]:
    """Tell of the sources whose last listing did not come to its end."""
    for row in summary.incomplete:
        of = f"what is found of it is of {plain(row['as_of'])}" if row["as_of"] else "nothing of it is certain"
        yield f"source {row['source']}: its last listing is {row['status']}, so {of}: {row['error']}"


def _known_kinds(wanted: tuple[str, ...]) -> tuple[str, ...]:
    for kind in wanted:
        if kind not in checks():
            nearest = difflib.get_close_matches(kind, checks(), n=1)
            advice = f"did you mean {nearest[0]}?" if nearest else f"one of {', '.join(checks())}"
            raise UsageError(f"no kind {kind!r}: {advice}")
    return wanted


def _told(found: dict[str, Any]) -> Iterator[str]:
    """A finding in lines: each column that says something."""
    for name, value in found.items():
        if value is not None:
            yield f"{name.replace('_', ' ')}: {plain(value)}"


def _first(rows: pa.RecordBatchReader, count: int) -> pa.RecordBatchReader:
    """So many rows of a stream, whose rest is not read."""

    def some() -> Iterator[pa.RecordBatch]:
        left = count
        for batch in rows:
            yield batch.slice(0, left)
            left -= batch.num_rows
            if left <= 0:
                return

    return pa.RecordBatchReader.from_batches(rows.schema, some())


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise UsageError("nobody can tell who you are: say so with --author") from error
