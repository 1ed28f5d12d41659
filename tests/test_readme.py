"""The README says what there is: every command, option, exit code, query and table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from indexer.cli import main
from indexer.queries import library
from indexer.store import build, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """Every command below a group, by what is typed for it."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[f"{before}{name}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{before}{name} ")
    return found


COMMANDS = commands(main)


def options(command: click.Command) -> Iterator[str]:
    """Every option of a command, as it is typed."""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from parameter.opts


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented(name: str) -> None:
    """A command stands in the README, and it and each of its options have a help text."""
    command = COMMANDS[name]
    assert f"`indexer {name}" in README
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_documented(name: str) -> None:
    """Each option of each command is named in the README."""
    assert [option for option in options(COMMANDS[name]) if option not in README] == []


def test_every_query_is_documented() -> None:
    """Each query of the library stands in the README, with its parameters."""
    for query in library().values():
        rows = [line for line in README.splitlines() if line.startswith(f"| `{query.name}` |")]
        (line,) = [row for row in rows if query.about[:20] in row]
        assert all(f"`{parameter.name}`" in line for parameter in query.parameters)


def test_every_table_is_documented(tmp_path: Path) -> None:
    """Each table and view of a published index is named in the README."""
    with build(tmp_path / "index.duckdb"):
        pass
    with reading(tmp_path / "index.duckdb") as connection:
        tables = {name for (name,) in connection.execute("SHOW TABLES").fetchall()}
    assert {name for name in tables - {"schema_migrations"} if f"`{name}`" not in README} == set()


def test_every_exit_code_is_documented() -> None:
    """Each exit code stands in the README's table."""
    assert [code for code in (0, 1, 2, 3, 4, 5, 6, 130) if f"| {code} | " not in README] == []


def test_the_two_commands_are_there() -> None:
    """One command installs and runs the main job, and one, marked for the continuous integration, the tests."""
    assert ".venv/bin/pip install -q . && .venv/bin/indexer demo\n" in README
    assert "<!-- tests -->\n```sh\npython3 -m venv .venv && " in README
