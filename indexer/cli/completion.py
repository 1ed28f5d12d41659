"""What a shell completes: the names of queries and their parameters, kinds, and the ids of findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from indexer.cli.common import App
from indexer.errors import IndexerError
from indexer.queries import library
from indexer.reconcile import checks
from indexer.reconcile.known import Wanted, known
from indexer.text import escaped

if TYPE_CHECKING:
    import click

_MOST_IDS = 50


def query_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The queries of the library, with what they answer."""
    return [
        CompletionItem(query.name, help=query.title)
        for query in library().values()
        if query.name.startswith(incomplete)
    ]


def query_parameters(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The parameters of the query that is named already, as NAME=, without those that are given."""
    # An option without its value stops click's parser, and leaves the name among what it did not get to.
    name = context.params.get("name") or next(iter(context.args), "")
    query = library().get(name)
    given = {text.partition("=")[0] for text in context.params.get("parameters") or ()}
    return [
        CompletionItem(f"{parameter.name}=", help=f"{parameter.type}: {parameter.about}")
        for parameter in (query.parameters if query else ())
        if parameter.name not in given and f"{parameter.name}=".startswith(incomplete)
    ]


def kinds(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The kinds of findings."""
    return [
        CompletionItem(check.kind, help=check.title) for check in checks().values() if check.kind.startswith(incomplete)
    ]


def finding_ids(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The worst of the findings that are not resolved, where there is an index to find them in."""
    app = App(_path(context, "config_path"), _path(context, "index_path"), quiet=True)
    try:
        with known(app.index()) as index:
            found = index.listed(Wanted(beginning=incomplete)).read_all().slice(0, _MOST_IDS).to_pylist()
    except (IndexerError, OSError):
        return []  # a shell shows no errors
    return [CompletionItem(row["finding_id"], help=escaped(f"{row['kind']}: {row['explanation']}")) for row in found]


def _path(context: click.Context, name: str) -> Path | None:
    value = context.params.get(name)
    return Path(value) if value else None
