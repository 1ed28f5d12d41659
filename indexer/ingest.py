"""One ingest, top to bottom: read bodies, take in what they say, find their objects, and publish the index."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from indexer.config import Moderation
from indexer.errors import IndexMissing, UsageError
from indexer.moderation import MAPPINGS, GenericMapping, generic_mapping, read_again, read_payloads, read_received
from indexer.service.drain import Drain
from indexer.service.inbox import opened_inbox
from indexer.store import Ingested, Rebuilt, build, ingest, match, rebuild, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Mapping as Dict
    from datetime import timedelta
    from pathlib import Path

    import duckdb

    from indexer.config.settings import GenericSettings
    from indexer.moderation import Mapping, Payload

_AS_IT_IS = Moderation()
_Done = TypeVar("_Done", Ingested, Rebuilt)


def ingest_files(  # noqa: PLR0913 - where bodies are, whose they are, and how they are read
    index: Path,
    paths: Sequence[str],
    *,
    provider: str | None,
    generics: Dict[str, GenericSettings],
    stdin: BinaryIO,
    moderation: Moderation = _AS_IT_IS,
) -> Ingested:
    """Take the bodies of payload files into the index, and publish it.

    ``provider`` forces whose bodies they are: a provider's name, or that of a ``[moderation.NAME]``.

    Raises:
        UsageError: a path or the provider is not known.
        IndexLocked: another run is at it.
    """
    forced = _forced(provider, generics) if provider else None

    def read(run: int) -> Iterable[Payload]:
        return read_payloads(
            paths,
            MAPPINGS,
            forced=forced,
            stdin=stdin,
            stdin_name=f"stdin of run {run}",
            handling=moderation.handling,
        )

    return _ingest(index, read, moderation)


def ingest_inbox(
    index: Path,
    inbox_path: Path,
    *,
    generics: Dict[str, GenericSettings],
    keep: timedelta | None = None,
    moderation: Moderation = _AS_IT_IS,
) -> Ingested:
    """Take the callbacks that wait in an inbox into the index, and publish it.

    The inbox keeps them for ``keep`` after their last delivery, for good without it. Where this dies, the next goes on.

    Raises:
        InboxUnavailable: there is no inbox, or it cannot be read.
        IndexLocked: another run is at it.
    """
    mappings = _all(generics)
    with opened_inbox(inbox_path) as inbox:
        drain = Drain(inbox, {mapping.provider for mapping in mappings})
        ingested = _ingest(index, lambda _: read_received(drain.bodies(), mappings, moderation.handling), moderation)
        drain.published()
        if keep is not None:
            inbox.forget(datetime.now(UTC) - keep)
    return ingested


def rebuild_index(index: Path, *, generics: Dict[str, GenericSettings], moderation: Moderation = _AS_IT_IS) -> Rebuilt:
    """Derive verdicts and notifications again from the bodies that the index keeps, and publish it.

    Raises:
        IndexMissing: nothing was published there yet.
        UsageError: bodies were read as a ``[moderation.NAME]`` that is not there any more; nothing was changed.
        IndexLocked: another run is at it.
    """
    if not index.exists():
        raise IndexMissing(f"{index} is not there yet: there is nothing to rebuild")
    mappings = _all(generics)

    def work(connection: duckdb.DuckDBPyConnection, _: int) -> Rebuilt:
        _check_providers(connection, {mapping.provider for mapping in mappings})
        return rebuild(connection, lambda kept: read_again(kept, mappings, moderation.handling))

    return _run(index, work, moderation)


def _ingest(index: Path, read: Callable[[int], Iterable[Payload]], moderation: Moderation) -> Ingested:
    """One run over the bodies that are read for the run of this number."""
    now = _now()
    return _run(index, lambda connection, run: ingest(connection, read(run), now), moderation)


def _run(index: Path, work: Callable[[duckdb.DuckDBPyConnection, int], _Done], moderation: Moderation) -> _Done:
    """One run: its work, each verdict's object, and the record that it ended.

    What breaks off is not published, so its parts need no transaction around them: one keeps every temporary table of
    every batch in memory until it ends.
    """
    with build(index) as connection:
        run = runs.start(connection, "ingest", _now())
        done = work(connection, run)
        match(connection, moderation.tolerance_seconds)
        runs.finish(connection, run, _now(), "complete")
    return done


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _check_providers(connection: duckdb.DuckDBPyConnection, known: set[str]) -> None:
    named = connection.execute("SELECT DISTINCT provider FROM payload_bodies WHERE forced AND whole ORDER BY 1")
    for (provider,) in named.fetchall():
        if provider is not None and provider not in known:
            raise UsageError(f"the index has bodies of {provider!r}: they need its [moderation.{provider}] to be read")


def _all(generics: Dict[str, GenericSettings]) -> tuple[Mapping, ...]:
    return (*MAPPINGS, *(_forced(name, generics) for name in generics))


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
