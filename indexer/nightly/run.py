"""One night's run, top to bottom: each step builds and publishes by itself, and one lock holds off everybody else.

A run that is killed leaves what its steps have published. The next goes on from there: the listing by its journal, the
inbox by its marks, and everything else is made again, which changes nothing where nothing changed.
"""

from __future__ import annotations

import logging
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indexer.errors import IndexerError
from indexer.nightly.night import Done, Night
from indexer.nightly.steps import Ended, Steps
from indexer.store.lock import held
from indexer.sync import Options as SyncOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indexer.config import Config

_log = logging.getLogger("indexer.nightly")
_TRY_AGAIN_LATER = 5


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. ``now`` is naive UTC, ``monotonic`` is in seconds; all of them are what a test replaces."""

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sync: SyncOptions = SyncOptions()  # noqa: RUF009 - it is frozen


def nightly(index: Path, config: Config, options: Options = Options()) -> Night:
    """Do all that a night has to do. A step that fails keeps none of the others from running.

    Raises:
        IndexLocked: another run holds the index; nothing was done.
    """
    with held(index):
        began = options.now()
        night = Night(began, began)
        steps = Steps(index, config, options.sync, night)
        for name, work in steps.all():
            night.done.append(_done(name, work, options))
            night.finished_at = options.now()
        if config.nightly.summary:
            summary = _done("summary", steps.summary, options)
            night.done += [summary] if summary.exit_code else []
    return night


def _done(step: str, work: Callable[[], Ended], options: Options) -> Done:
    """One step with its lines in the log. Whatever goes wrong in it is its own."""
    _log.info("step %s begins", step, extra={"fields": {"step": step, "event": "begins"}})
    began = options.monotonic()
    try:
        ended = work()
    except Exception as error:  # noqa: BLE001 - later steps can still tell the truth
        _trace(error)
        ended = _failure(error)
    done = Done(step, ended.exit_code, options.monotonic() - began, ended.told)
    fields = {"step": step, "event": "ends", "outcome": done.outcome, "exit_code": done.exit_code, "told": done.told}
    fields["seconds"] = round(done.seconds, 3)
    level = logging.INFO if done.exit_code in {0, 4} else logging.ERROR
    _log.log(
        level, "step %s ends: %s, %.1f s: %s", step, done.outcome, done.seconds, done.told, extra={"fields": fields}
    )
    return done


def _failure(error: Exception) -> Ended:
    later = isinstance(error, IndexerError) and error.exit_code == _TRY_AGAIN_LATER
    told = (
        str(error) if isinstance(error, IndexerError | OSError) else f"{type(error).__name__}: {error}; this is a bug"
    )
    return Ended("; ".join(told.splitlines()), _TRY_AGAIN_LATER if later else 1)


def _trace(error: Exception) -> None:
    for line in "".join(traceback.format_exception(error)).splitlines():
        _log.debug("%s", line)
