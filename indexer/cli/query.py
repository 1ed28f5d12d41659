"""``indexer query`` and ``indexer sql``: the published index, read-only."""

from __future__ import annotations

from typing import Any

import click
import duckdb

from indexer.cli.common import App, argument, common_options
from indexer.cli.completion import query_names, query_parameters
from indexer.cli.output import Show, output_options
from indexer.errors import QueryError, UsageError
from indexer.queries import Query, check_reads, find, library
from indexer.store import reading

_BATCH_ROWS = 10_000


@click.command
@click.argument("name", required=False, shell_complete=query_names)
@click.option(
    "-p",
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    shell_complete=query_parameters,
    help="A parameter of the query; may be given again.",
)
@common_options
@output_options()
def query(app: App, show: Show, name: str | None, parameters: tuple[str, ...]) -> None:
    """Answer a question of the library; without NAME, list the questions."""
    if name is None:
        show(listed())
        return
    asked, values = bound(name, parameters)
    _run(app, show, asked.sql, values)


@click.command
@click.argument("statement")
@common_options
@output_options()
def sql(app: App, show: Show, statement: str) -> None:
    """Run one read-only statement against the published index; it can neither read nor write other files."""
    statement = argument(statement)
    check_reads(statement)
    _run(app, show, statement, {})


def listed() -> list[dict[str, Any]]:
    """What there is to ask: a row a query."""
    return [_described(each) for each in library().values()]


def bound(name: str, parameters: tuple[str, ...]) -> tuple[Query, dict[str, Any]]:
    """The query of a name, and the values of its parameters as they are written on the command line.

    Raises:
        UsageError: there is no such query or parameter, or a value does not fit.
    """
    asked = find(name)
    return asked, asked.bind(dict(_pair(text) for text in parameters))


def _described(asked: Query) -> dict[str, Any]:
    parameters = (f"{each.name}={each.default or ''}" for each in asked.parameters)
    return {"query": asked.name, "title": asked.title, "answers": asked.about, "parameters": " ".join(parameters)}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = argument(text).partition("=")
    if not equals:
        raise UsageError(f"write a parameter as NAME=VALUE and not {text!r}")
    return name, value


def _run(app: App, show: Show, statement: str, parameters: dict[str, Any]) -> None:
    with reading(app.index()) as connection:
        try:
            show(connection.sql(statement, params=parameters or None).to_arrow_reader(_BATCH_ROWS))
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
