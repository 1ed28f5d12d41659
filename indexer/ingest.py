"""One ingest, top to bottom: read payload files, take their verdicts in, find their objects, and publish the index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from indexer.errors import UsageError
from indexer.moderation import MAPPINGS, GenericMapping, generic_mapping, read_payloads
from indexer.store import Ingested, build, ingest, match, runs

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict
    from collections.abc import Sequence
    from pathlib import Path

    from indexer.config.settings import GenericSettings
    from indexer.moderation import Mapping


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
    now = datetime.now(UTC).replace(tzinfo=None)
    with build(index) as connection:
        run = runs.start(connection, "ingest", now)
        payloads = read_payloads(paths, MAPPINGS, forced=forced, stdin=stdin, stdin_name=f"stdin of run {run}")
        connection.begin()
        ingested = ingest(connection, payloads, now)
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
