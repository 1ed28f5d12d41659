"""The ``indexer`` command: its subcommands, and what an error looks like."""

from __future__ import annotations

import sys
import traceback

import click

from indexer import __version__
from indexer.cli.archive import archive
from indexer.cli.common import VERBOSITY
from indexer.cli.decode import decode_keys
from indexer.cli.demo import demo
from indexer.cli.inventory import inventory
from indexer.cli.lake import attach, export
from indexer.cli.moderation import ingest
from indexer.cli.nightly import nightly
from indexer.cli.query import query, sql
from indexer.cli.reconcile import findings, reconcile
from indexer.cli.report import report
from indexer.cli.serve import serve
from indexer.cli.sources import check, init, sources
from indexer.cli.spark import spark
from indexer.cli.sync import status, sync
from indexer.errors import IndexerError
from indexer.text import escaped

_TRACEBACK_AT = 2
_INTERRUPTED = 130


class _Indexer(click.Group):
    """Turns errors into one or two lines on stderr and an exit code; a traceback comes only with -vv."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click ends quietly when nobody reads on
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told here
            if ctx.meta.get(VERBOSITY, 0) >= _TRACEBACK_AT:
                for line in "".join(traceback.format_exception(error)).splitlines():
                    click.echo(escaped(line), err=True)
            _tell(error)
            ctx.exit(error.exit_code if isinstance(error, IndexerError) else 1)
        except KeyboardInterrupt:
            click.echo("indexer: interrupted; the published index is as it was", err=True)
            ctx.exit(_INTERRUPTED)
        return result


def _tell(error: Exception) -> None:
    known = isinstance(error, IndexerError | OSError)  # a full disk is no bug
    text = str(error) if known else f"{type(error).__name__}: {error}\nthis is a bug: -vv shows where; please report it"
    for line in text.splitlines():
        if line.strip():
            click.echo(f"indexer: {escaped(line)}", err=True)


@click.group(cls=_Indexer, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="screenshot-indexer")
def main() -> None:
    """Know what your live-video screenshots say.

    Lists the buckets where screenshots land, decodes their names into rows, and joins them with moderation violations,
    in one DuckDB file.
    """


for command in (
    demo,
    init,
    sources,
    check,
    sync,
    inventory,
    ingest,
    reconcile,
    findings,
    nightly,
    report,
    archive,
    query,
    sql,
    decode_keys,
    status,
    export,
    attach,
    serve,
    spark,
):
    main.add_command(command)
