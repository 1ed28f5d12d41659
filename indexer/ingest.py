"""One ingest, top to bottom: read bodies, take in what they say, find their objects, and publish the index."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import duckdb

from indexer.config import Moderation
from indexer.errors import IndexMissing, UsageError
from indexer.moderation import MAPPINGS, GenericMapping, generic_mapping, read_again, read_payloads, read_received
from indexer.service.drain import Drain
from indexer.service.inbox import opened_inbox
from indexer.store import Ingested, Rebuilt, build, ingest, match, rebuild, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Mapping as Dict
    from datetime import timedelta
    from pathlib import Path

    from indexer.config.settings import GenericSettings
    from indexer.moderation import Mapping, Payload

_AS_IT_IS = Moderation()
Done = TypeVar("Done", bound=Ingested | Rebuilt)
"""What an ingest came to."""
Work = Callable[[duckdb.DuckDBPyConnection, int], Done]
"""What a run does in an index that has the moderation's tables; it is given the run's number."""


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
    work = from_files(paths, provider=provider, generics=generics, stdin=stdin, moderation=moderation)
    return run_on(index, work, moderation)


def from_files(
    paths: Sequence[str],
    *,
    provider: str | None,
    generics: Dict[str, GenericSettings],
    stdin: BinaryIO,
    moderation: Moderation = _AS_IT_IS,
) -> Work[Ingested]:
    """What takes the bodies of payload files in. ``provider`` is ``ingest_files``'s.

    Raises:
        UsageError: the provider is not known. Of a path that is not, that is raised by the work itself.
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

    return _ingesting(read)


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
    with from_inbox(inbox_path, generics=generics, keep=keep, moderation=moderation) as work:
        return run_on(index, work, moderation)


@contextmanager
def from_inbox(
    inbox_path: Path,
    *,
    generics: Dict[str, GenericSettings],
    keep: timedelta | None = None,
    moderation: Moderation = _AS_IT_IS,
) -> Iterator[Work[Ingested]]:
    """Give what takes waiting callbacks in; the inbox takes them for published once the block ends without an error.

    Raises:
        InboxUnavailable: there is no inbox, or it cannot be read.
    """
    mappings = _all(generics)
    with opened_inbox(inbox_path) as inbox:
        drain = Drain(inbox, {mapping.provider for mapping in mappings})
        yield _ingesting(lambda _: read_received(drain.bodies(), mappings, moderation.handling))
        drain.published()
        if keep is not None:
            inbox.forget(datetime.now(UTC) - keep)


def rebuild_index(index: Path, *, generics: Dict[str, GenericSettings], moderation: Moderation = _AS_IT_IS) -> Rebuilt:
    """Derive verdicts and notifications again from the bodies that the index keeps, and publish it.

    Raises:
        IndexMissing: nothing was published there yet.
        UsageError: bodies were read as a ``[moderation.NAME]`` that is not there any more; nothing was changed.
        IndexLocked: another run is at it.
    """
    check_there(index)
    return run_on(index, from_kept(generics=generics, moderation=moderation), moderation)


def from_kept(*, generics: Dict[str, GenericSettings], moderation: Moderation = _AS_IT_IS) -> Work[Rebuilt]:
    """What derives verdicts and notifications again from the kept bodies.

    It raises UsageError where bodies were read as a ``[moderation.NAME]`` that is not there any more.
    """
    mappings = _all(generics)

    def work(connection: duckdb.DuckDBPyConnection, _: int) -> Rebuilt:
        _check_providers(connection, {mapping.provider for mapping in mappings})
        return rebuild(connection, lambda kept: read_again(kept, mappings, moderation.handling))

    return work


def _ingesting(read: Callable[[int], Iterable[Payload]]) -> Work[Ingested]:
    """What takes in the bodies that are read for the run of a number."""
    now = _now()
    return lambda connection, run: ingest(connection, read(run), now)


def check_there(index: Path) -> None:
    """Let an index through that has bodies to be read again.

    Raises:
        IndexMissing: nothing was published there yet.
    """
    if not index.exists():
        raise IndexMissing(f"{index} is not there yet: there is nothing to rebuild")


def run_on(index: Path, work: Work[Done], moderation: Moderation) -> Done:
    """One run on an index, which is then published: its work, each verdict's object, and the record that it ended.

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
