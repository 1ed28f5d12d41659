"""The page of the query library, each query with what it answers on the sample: ``python -m tests.questions.page``.

``--write`` writes it to ``docs/queries.md``, and the golden answers beside this file. ``--readme`` prints the README's
table instead.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

# The tests find each other from their own folder, where pytest begins.
if (_TESTS := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, _TESTS)

from indexer.queries import library
from indexer.text import escaped
from questions.sample import COMMAND, GOLDEN, Answer, answers, night

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.queries import Parameter, Query

PAGE = Path(__file__).parents[2] / "docs" / "queries.md"
ROWS = 6
"""How many rows of an answer the page shows."""

_HEAD = f"""\
# The questions of the library

`indexer query` lists them, and `indexer query NAME -p parameter=value` asks one. `--format csv`, `json`, `jsonl` or
`parquet` gives the answer to machines. A parameter that is not given narrows nothing, unless a default stands beside
it; times are UTC. Below is what each answers on the sample that `indexer demo` makes, as `{COMMAND}`
wrote it.

"""
# What Markdown would take for its own.
_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")


def main() -> None:
    """Print the page or the README's table, or write the page and the golden answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/queries.md and the golden answers")
    parser.add_argument("--readme", action="store_true", help="print the README's table")
    options = parser.parse_args()
    if options.readme:
        sys.stdout.write(table())
        return
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        told = answers(night(Path(folder)))
    if options.write:
        write(told)
    else:
        sys.stdout.write(page(told))


def table() -> str:
    """The README's table of queries in Markdown."""
    rows = (f"| `{query.name}` | {_parameters(query)} | {_coded(query.about)} |" for query in library().values())
    return "\n".join(("| query | parameters | what it answers |", "|---|---|---|", *rows, ""))


def page(told: list[Answer]) -> str:
    """The page in Markdown: the list of the queries, and each with its answer."""
    contents = "".join(f"- [{one.query.title}](#{one.query.name}): `{one.query.name}`\n" for one in told)
    return f"{_HEAD}{contents}{''.join(_section(one) for one in told)}"


def write(told: list[Answer]) -> None:
    """Write the page, and the golden answers of these queries and no others."""
    PAGE.write_text(page(told), "utf-8")
    for old in GOLDEN.glob("*.csv"):
        old.unlink()
    for one in told:
        (GOLDEN / f"{one.query.name}.csv").write_text(one.csv(), "utf-8")


def _section(one: Answer) -> str:
    query = one.query
    parts = (
        f'<a id="{query.name}"></a>',
        f"## {query.title}\n",
        f"{_coded(query.about)}\n",
        *(f"- {_parameter(each)}: {each.about}" for each in query.parameters),
        f"\n```sh\nindexer query {query.name}{_typed(one.given)}\n```\n",
        _shown(one),
    )
    return "\n" + "\n".join(parts)


def _typed(given: Mapping[str, str]) -> str:
    return "".join(f" -p {shlex.quote(f'{name}={value}')}" for name, value in given.items())


def _shown(one: Answer) -> str:
    if not one.rows:
        return "The sample has nothing of the kind.\n"
    lines = [one.columns, ["---"] * len(one.columns), *one.rows[:ROWS]]
    table = "".join(f"| {' | '.join(map(_escaped, line))} |\n" for line in lines)
    more = len(one.rows) - ROWS
    return f"{table}\nand {more:,} more\n" if more > 0 else table


def _escaped(text: str) -> str:
    """A cell in which nothing is Markdown's, and no line ends."""
    return text if text == "---" else _MARKUP.sub(r"\\\1", escaped(text))


def _parameters(query: Query) -> str:
    return " ".join(map(_parameter, query.parameters))


def _parameter(parameter: Parameter) -> str:
    default = f", {parameter.default}" if parameter.default is not None else ""
    return f"`{parameter.name}` ({parameter.type}{default})"


def _coded(text: str) -> str:
    """A sentence whose words with angle brackets stand as code."""
    return re.sub(r"\S*<\S*", r"`\g<0>`", text)


if __name__ == "__main__":
    main()
