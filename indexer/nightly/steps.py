"""The steps of a night's run: what each does, its exit code, and what it says of itself."""

from __future__ import annotations

import glob
import io
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.atomic import replace_text
from indexer.config.secrets import resolved
from indexer.ingest import ingest_files, ingest_inbox
from indexer.listing.crawl import Limits
from indexer.nightly.post import post
from indexer.nightly.slack import message
from indexer.nightly.textfile import write_textfile
from indexer.reconcile import Options as ReconcileOptions
from indexer.reconcile import reconcile
from indexer.rows import plain
from indexer.service.inbox import inbox_of
from indexer.sync import sync
from indexer.text import escaped_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indexer.config import Config
    from indexer.config.nightly import Payloads
    from indexer.harvest import SourceOutcome
    from indexer.nightly.night import Night
    from indexer.reconcile import Summary
    from indexer.store import Ingested
    from indexer.sync import Options as SyncOptions
    from indexer.sync import SyncResult

_INCOMPLETE = 3
_FINDINGS = 4
_READABLE = 0o644
_WORTH_A_MESSAGE = {"always": {0, 1, 3, 4, 5}, "findings": {1, 3, 4, 5}, "failure": {1, 3, 5}}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a step ended: in words, and as an exit code."""

    told: str
    exit_code: int = 0


class Steps:
    """The steps over one index, and the night that they are of. Each may be run again at any time."""

    def __init__(self, index: Path, config: Config, options: SyncOptions, night: Night) -> None:
        self._index = index
        self._config = config
        self._settings = config.nightly
        self._options = options
        self._night = night

    def all(self) -> Iterator[tuple[str, Callable[[], Ended]]]:
        """Yield each step by its name, in their order: those that there is something to do for."""
        yield "sync", self._sync
        if self._inbox().exists():
            yield "inbox", self._take_in_inbox
        for payloads in self._settings.ingest:
            yield f"ingest {payloads.provider}" if payloads.provider else "ingest", partial(self._ingest, payloads)
        yield "reconcile", self._reconcile
        if self._settings.report:
            yield "report", self._report
        if self._settings.notify and self._night.exit_code in _WORTH_A_MESSAGE[self._settings.notify_on]:
            yield "notify", self._notify
        if self._settings.textfile:
            yield "textfile", self._textfile

    def summary(self) -> Ended:
        """Write all of the night into its file."""
        assert self._settings.summary is not None  # noqa: S101 - who calls it has looked
        replace_text(self._settings.summary, escaped_json(plain(self._night.row())) + "\n", _READABLE)
        return Ended(f"{self._settings.summary}")

    def _sync(self) -> Ended:
        settings = self._settings
        options = replace(
            self._options,
            limits=Limits(settings.concurrency or Limits().concurrency, settings.max_requests_per_second),
            tolerance_seconds=self._config.moderation.tolerance_seconds,
        )
        result = sync(self._index, self._config.sources, options)
        return Ended(_synced(result), result.exit_code)

    def _take_in_inbox(self) -> Ended:
        receiver, config = self._config.receiver, self._config
        keep = timedelta(days=receiver.keep_days) if receiver else None
        taken = ingest_inbox(
            self._index, self._inbox(), generics=config.generics, keep=keep, moderation=config.moderation
        )
        return Ended(_taken_in(taken))

    def _inbox(self) -> Path:
        receiver = self._config.receiver
        return (receiver and receiver.inbox) or inbox_of(self._index)

    def _ingest(self, payloads: Payloads) -> Ended:
        """Take in the files that are there. One that is named has to be; a pattern may match none."""
        missing = [path for path in payloads.files if not Path(path).exists()]
        there = [path for path in payloads.files if path not in missing]
        # Path.glob knows only patterns below a folder.
        there += [path for path in payloads.patterns if glob.glob(path, recursive=True)]  # noqa: PTH207
        told = [f"{path} is not there" for path in missing]
        if there:
            told.insert(0, _taken_in(self._taken(there, payloads.provider)))
        return Ended("; ".join(told) or "no file matches", _INCOMPLETE if missing else 0)

    def _taken(self, paths: list[str], provider: str | None) -> Ingested:
        config = self._config
        return ingest_files(
            self._index,
            paths,
            provider=provider,
            generics=config.generics,
            stdin=io.BytesIO(),
            moderation=config.moderation,
        )

    def _reconcile(self) -> Ended:
        options = ReconcileOptions(self._config.reconcile)
        summary = self._night.summary = reconcile(self._index, self._config.sources, options)
        level = self._settings.fail_on
        failing = 0 if level == "never" else summary.at_or_above(level)
        told = f"{_found(summary)}; {failing:,} that nobody acknowledged are {level} or worse" if failing else None
        return Ended(told or _found(summary), _FINDINGS if failing else 0)

    def _report(self) -> Ended:
        assert self._settings.report is not None  # noqa: S101 - who calls it has looked
        # The library that draws is nothing that a night without a report should wait for.
        from indexer.report import write_report  # noqa: PLC0415

        write_report(self._index, self._settings.report)
        return Ended(f"{self._settings.report}")

    def _notify(self) -> Ended:
        assert self._settings.notify is not None  # noqa: S101 - who calls it has looked
        url = resolved("notify", self._settings.notify.get_secret_value(), self._config.path.parent)
        post(url, message(self._night, self._index))
        return Ended("posted")

    def _textfile(self) -> Ended:
        assert self._settings.textfile is not None  # noqa: S101 - who calls it has looked
        write_textfile(self._settings.textfile, self._index, self._night)
        return Ended(f"{self._settings.textfile}")


def _synced(result: SyncResult) -> str:
    outcomes = (*result.inventories, *result.outcomes)
    sources = {outcome.source for outcome in outcomes}
    failed = [f"{outcome.source}: {outcome.error}" for outcome in result.outcomes if outcome.error]
    merged = [outcome.merged for outcome in outcomes if outcome.merged]
    counts = {name: sum(getattr(each, name) for each in merged) for name in ("listed", "added", "changed", "deleted")}
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    complete = f"{len(sources) - len(failed)} of {len(sources)} sources complete: {told}"
    return "; ".join([complete, *map(_loaded, result.inventories), *failed])


def _loaded(inventory: SourceOutcome) -> str:
    told = f"listed without its inventory: {inventory.error}" if inventory.error else f"loaded {inventory.why}"
    return f"{inventory.source}: {told}"


def _taken_in(ingested: Ingested) -> str:
    return (
        f"{ingested.deliveries:,} deliveries, {ingested.new_payloads:,} new payloads, {ingested.failed:,} failed, "
        f"{ingested.verdicts:,} verdicts, {ingested.notifications:,} notifications"
    )


def _found(summary: Summary) -> str:
    new, still, resolved_now = (sum(row[name] for row in summary.rows) for name in ("new", "open", "resolved"))
    return f"{new:,} new findings, {still:,} open, {resolved_now:,} resolved"
