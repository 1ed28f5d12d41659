"""What ``[nightly]`` says: what a night's run takes in and leaves behind, and whom it tells."""

from __future__ import annotations

import difflib
import glob
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.config.secrets import check_secrecy
from indexer.config.settings import IngestSettings, NightlySettings, place, read_table
from indexer.errors import Mistake
from indexer.moderation import MAPPINGS

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path

    from pydantic import SecretStr

_TABLE = "nightly"
_PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Payloads:
    """Payload files that are taken in together, and whose bodies they are.

    ``files`` are absolute paths of files and folders, ``patterns`` name those that there may be.
    """

    files: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Nightly:
    """A whole ``[nightly]``. Paths are absolute; what is absent is not made.

    ``notify`` is a reference to the address that the summary is posted to, or that address itself. ``notify_on`` says
    when, and ``fail_on`` from which severity on findings make the run end with 4. The last two are ``indexer sync``'s.
    """

    ingest: tuple[Payloads, ...] = ()
    report: Path | None = None
    summary: Path | None = None
    textfile: Path | None = None
    notify: SecretStr | None = None
    notify_on: str = NightlySettings().notify_on
    fail_on: str = NightlySettings().fail_on
    concurrency: int | None = None
    max_requests_per_second: float | None = None


def read_nightly(raw: Mapping[str, Any], path: Path, own: Container[str], mistakes: list[Mistake]) -> Nightly:
    """What a ``[nightly]`` means; what is wrong in it goes to ``mistakes``.

    ``own`` are the names of the user's own verdicts.
    """
    settings = read_table(NightlySettings, raw, _TABLE, mistakes)
    mistakes += check_secrecy(settings, ("notify",), _TABLE, path)
    folder = path.absolute().parent

    def beside(name: str | None) -> Path | None:
        return folder / name if name else None

    return Nightly(
        ingest=_ingest(settings.ingest, folder, own, mistakes),
        report=beside(settings.report),
        summary=beside(settings.summary),
        textfile=beside(settings.textfile),
        notify=settings.notify,
        notify_on=settings.notify_on,
        fail_on=settings.fail_on,
        concurrency=settings.concurrency,
        max_requests_per_second=settings.max_requests_per_second,
    )


def _ingest(raw: list[Any], folder: Path, own: Container[str], mistakes: list[Mistake]) -> tuple[Payloads, ...]:
    """The payload files by provider, in the order in which each was named first: each is a run over the index."""
    found: dict[str | None, list[str]] = {}
    for number, entry in enumerate(raw):
        table = f"{_TABLE}.ingest[{number}]"
        settings = _entry(entry, table, mistakes)
        mistakes += _mistakes(settings, table, own) if settings else []
        if settings and settings.path:
            found.setdefault(settings.provider, []).append(settings.path)
    return tuple(_payloads(folder, paths, provider) for provider, paths in found.items())


def _payloads(folder: Path, paths: list[str], provider: str | None) -> Payloads:
    """These paths as they are found from anywhere; the folder's own name is no pattern."""
    escaped = glob.escape(str(folder))
    return Payloads(
        tuple(str(folder / path) for path in paths if not _PATTERN.search(path)),
        tuple(os.path.join(escaped, path) for path in paths if _PATTERN.search(path)),  # noqa: PTH118
        provider,
    )


def _entry(entry: object, table: str, mistakes: list[Mistake]) -> IngestSettings | None:
    if isinstance(entry, str | dict):
        return read_table(IngestSettings, {"path": entry} if isinstance(entry, str) else entry, table, mistakes)
    mistakes.append(Mistake(place(table), 'must be a path, or { path = "...", provider = "..." }'))
    return None


def _mistakes(settings: IngestSettings, table: str, own: Container[str]) -> list[Mistake]:
    mistakes = []
    if not settings.path or settings.path == "-":
        mistakes.append(Mistake(place(table, "path"), "missing: name files, a folder or a pattern"))
    known = [mapping.provider for mapping in MAPPINGS]
    if settings.provider and settings.provider not in known and settings.provider not in own:
        nearest = difflib.get_close_matches(settings.provider, known, n=1)
        advice = f"did you mean {nearest[0]}?" if nearest else f"one of {', '.join(known)}, or a [moderation.NAME]"
        mistakes.append(Mistake(place(table, "provider"), f"unknown: {settings.provider!r}; {advice}"))
    return mistakes
