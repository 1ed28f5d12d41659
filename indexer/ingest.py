"""One ingest, top to bottom: read bodies, take in what they say, find their objects, and publish the index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from indexer.errors import UsageError
from indexer.moderation import MAPPINGS, GenericMapping, generic_mapping, read_payloads, read_received
from indexer.service.drain import Drain
from indexer.service.inbox import opened_inbox
from indexer.store import Ingested, build, ingest, match, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Mapping as Dict
    from datetime import timedelta
    from pathlib import Path

    from indexer.config.settings import GenericSettings
    from indexer.moderation import Mapping, Payload


def ingest_files(
    index: Path,
    paths: Sequence[str],
    *,
    provider: str | None,
    generics: Dict[str, GenericSettings],
    stdin: BinaryIO,
) -> Ingested:
    """Take the bodies of payload files into the index, and publish it.

    ``provider`` forces whose bodies they are: a provider's name, or that of a ``[moderation.NAME]``.

    Raises:
        UsageError: a path or the provider is not known.
        IndexLocked: another run is at it.
    """
    forced = _forced(provider, generics) if provider else None
    return _ingest(
        index,
        lambda run: read_payloads(paths, MAPPINGS, forced=forced, stdin=stdin, stdin_name=f"stdin of run {run}"),
    )


def ingest_inbox(
    index: Path, inbox_path: Path, *, generics: Dict[str, GenericSettings], keep: timedelta | None = None
) -> Ingested:
    """Take the callbacks that wait in an inbox into the index, and publish it.

    The inbox keeps them for ``keep`` after their last delivery, for good without it. Where this dies, the next goes on.

    Raises:
        InboxUnavailable: there is no inbox, or it cannot be read.
        IndexLocked: another run is at it.
    """
    mappings = (*MAPPINGS, *(_forced(name, generics) for name in generics))
    with opened_inbox(inbox_path) as inbox:
        drain = Drain(inbox, {mapping.provider for mapping in mappings})
        ingested = _ingest(index, lambda _: read_received(drain.bodies(), mappings))
        drain.published()
        if keep is not None:
            inbox.forget(datetime.now(UTC) - keep)
    return ingested


def _ingest(index: Path, read: Callable[[int], Iterable[Payload]]) -> Ingested:
    """One run over the bodies that are read for the run of this number."""
    now = datetime.now(UTC).replace(tzinfo=None)
    with build(index) as connection:
        run = runs.start(connection, "ingest", now)
        connection.begin()
        ingested = ingest(connection, read(run), now)
        connection.commit()
        match(connection)
        runs.finish(connection, run, datetime.now(UTC).replace(tzinfo=None), "complete")
    return ingested


def _forced(provider: str, generics: Dict[str, GenericSettings]) -> Mapping:
    known = {mapping.provider: mapping for mapping in MAPPINGS}
    if provider in known:
        return known[provider]
    if provider in generics:
        settings = generics[provider]
        return generic_mapping(
            GenericMapping(
                name=provider,
                columns=settings.columns,
                score_scale=settings.score_scale,
                suggestions=settings.suggestions,
                thresholds=settings.thresholds,
            )
        )
    raise UsageError(f"no provider {provider!r}: known are {', '.join([*known, *generics])}")
