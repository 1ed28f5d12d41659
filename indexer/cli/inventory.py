"""``indexer inventory``: load a vendor's own list of a bucket instead of listing it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.common import App, common_options
from indexer.cli.output import Show, output_options
from indexer.inventory.run import load_by_hand, source_of

if TYPE_CHECKING:
    from indexer.harvest import SourceOutcome


@click.command
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--source", "name", metavar="NAME", help="Whose inventory it is, where its bucket does not tell.")
@click.option("--allow-empty", is_flag=True, help="Believe an inventory without objects of a source that held some.")
@common_options
@output_options()
def inventory(app: App, show: Show, path: Path, name: str | None, *, allow_empty: bool) -> None:
    """Load an inventory that a vendor wrote: a manifest, or a folder with the newest complete one in it.

    The index is as if the bucket had been listed at the instant that the inventory is of. What a later run saw stays as
    it is, and `indexer sync` then lists what is new since.
    """
    config = app.config()
    path = path.absolute()
    sources = config.chosen((name,) if name else ())
    outcome = load_by_hand(
        app.index(config),
        source_of(path, sources),
        path,
        lambda: datetime.now(UTC).replace(tzinfo=None),
        allow_empty=allow_empty,
        tolerance_seconds=config.moderation.tolerance_seconds,
    )
    show([_row(outcome)])
    app.say(f"source {outcome.source}: loaded {outcome.why}")


def _row(outcome: SourceOutcome) -> dict[str, object]:
    merged, listing = outcome.merged, outcome.listing
    assert merged is not None  # noqa: S101 - it was loaded
    assert listing is not None  # noqa: S101
    return {
        "source": outcome.source,
        "snapshot": listing.began_at,
        "listed": merged.listed,
        "added": merged.added,
        "changed": merged.changed,
        "deleted": merged.deleted,
        "left": merged.left_out,
    }
