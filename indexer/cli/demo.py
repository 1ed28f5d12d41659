"""``indexer demo``: a sample bucket on this disk, indexed, joined and reconciled, with the commands that do it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from indexer.cli.common import App, common_options
from indexer.demo import (
    BODIES,
    REPLACED_AT,
    TABLE,
    TABLE_PROVIDER,
    Sample,
    delete_doomed,
    make_sample,
    replace_judged,
)
from indexer.errors import UsageError

_ELSEWHERE = ("INDEXER_CONFIG", "INDEXER_INDEX")
_REPORT = "report.html"
_FIRST = (("sync",),)
_THEN = (
    ("sync",),
    ("ingest", *BODIES),
    ("ingest", TABLE, "--provider", TABLE_PROVIDER),
    ("query", "violations_by_channel_and_hour"),
    ("query", "repeat_offenders"),
    ("query", "missing_evidence"),
    ("status",),
    ("reconcile", "--fail-on", "never"),
    ("report", "-o", _REPORT),
)


@click.command
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("indexer-demo"), metavar="[DIR]"
)
@common_options
def demo(_: App, folder: Path) -> None:
    """Make a sample bucket in DIR, index it, join it with violations, find what is wrong, and leave it to play with."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is there already and not empty: name another folder, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    sample = make_sample(folder.absolute())
    _say(
        f"made {folder / 'bucket'} with {sample.objects:,} objects, {folder / 'payloads'} with what moderation said, "
        f"and {folder / 'indexer.toml'}"
    )
    _say(f"$ cd {shlex.quote(str(folder))}")
    os.chdir(folder)
    _stay_here()
    _run(_FIRST)
    _change(sample)
    _run(_THEN)
    _say(f"All of it is in {Path.cwd()}: open {_REPORT} in a browser.")
    _say(f"Go on with `cd {shlex.quote(str(folder))}`, then `indexer findings` and `indexer query`.")


def _change(sample: Sample) -> None:
    """Do to the bucket what happens to buckets, after showing it."""
    _say("# retention deletes some pictures that violations point at")
    for key in sample.doomed:
        _say(f"$ rm {shlex.quote(f'bucket/{key}')}")
    delete_doomed(sample)
    _say("# somebody puts another picture in the place of one that was judged long before")
    for key, by in sample.replaced.items():
        _say(f"$ cp {shlex.quote(f'bucket/{by}')} {shlex.quote(f'bucket/{key}')}")
        _say(f"$ touch -d {REPLACED_AT:%Y-%m-%dT%H:%M:%S}Z {shlex.quote(f'bucket/{key}')}")
    replace_judged(sample)


def _stay_here() -> None:
    """Forget the variables that would lead the commands to another configuration or index."""
    if named := [name for name in _ELSEWHERE if os.environ.pop(name, None)]:
        _say(f"$ unset {' '.join(named)}")


def _run(commands: tuple[tuple[str, ...], ...]) -> None:
    """Run commands of this program as the user would, after showing them."""
    program = click.get_current_context().find_root().command
    for words in commands:
        _say(f"$ indexer {shlex.join(words)}")
        exit_code = program.main([*words], prog_name="indexer", standalone_mode=False)
        if exit_code:
            click.get_current_context().exit(exit_code)


def _say(text: str) -> None:
    click.echo(text)
