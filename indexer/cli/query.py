"""``indexer query`` and ``indexer sql``: the published index, read-only."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click
import duckdb

from indexer.cli.common import App, argument, common_options
from indexer.cli.completion import query_names, query_parameters
from indexer.cli.output import Show, output_options
from indexer.errors import QueryError, UsageError
from indexer.queries import Query, check_reads, find, library
from indexer.store import reading

if TYPE_CHECKING:
    from collections.abc import Callable

_BATCH_ROWS = 10_000

Asked = tuple[Query, dict[str, Any]]
"""A query of the library, and the values of its parameters."""


def question(function: Callable[..., object]) -> Callable[..., None]:
    """Give a command what is ``asked``: a query of the library and its parameters' values, or ``None``.

    A command raises UsageError where there is no such query or parameter, or a value does not fit.
    """

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
    @wraps(function)
    def command(
        *arguments: Any,  # noqa: ANN401 - the wrapped command's own
        name: str | None,
        parameters: tuple[str, ...],
        **rest: Any,  # noqa: ANN401
    ) -> None:
        function(*arguments, asked=None if name is None else _bound(name, parameters), **rest)

    return command


@click.command
@question
@common_options
@output_options()
def query(app: App, show: Show, *, asked: Asked | None) -> None:
    """Answer a question of the library; without NAME, list the questions."""
    if asked is None:
        show(listed())
        return
    found, values = asked
    _run(app, show, found.sql, values)


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


def _bound(name: str, parameters: tuple[str, ...]) -> Asked:
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
