"""Runs the checks over an index: sets of rows at a time, and never more shots at once than fit into a run's memory."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from indexer.reconcile.check import checks
from indexer.store.statements import statement

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from indexer.reconcile.executor import Executor
    from indexer.reconcile.settings import Thresholds

SHOTS_AT_ONCE = 20_000_000
"""How many shots are looked at together; a recording is never parted."""

_INTO_FOUND = "INSERT INTO found BY NAME SELECT '{check.kind}' AS kind, * FROM ({check.finds})"
_OUTSIDE = (
    "DELETE FROM found WHERE kind = '{check.kind}' AND (until_at < $since::TIMESTAMP OR from_at >= $until::TIMESTAMP)"
)
_INTO_UNCOMPUTED = "INSERT INTO uncomputed SELECT '{check.kind}', * FROM ({check.not_computable})"
_PARAMETER = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Range:
    """The time that is looked at, naive UTC: the sessions with a shot in it, and of all else what reaches into it."""

    since: datetime | None = None
    until: datetime | None = None


class Engine:
    """Runs the checks of one reconciliation. What they find is left in the temporary tables of the executor.

    ``found`` and ``uncomputed`` are what was found and what could not be told; ``covered``, ``latencies`` and
    ``evidence`` are the figures behind them.
    """

    def __init__(
        self,
        executor: Executor,
        thresholds: Thresholds,
        between: Range,
        *,
        shots_at_once: int = SHOTS_AT_ONCE,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.seconds: dict[str, float] = {}
        """What each step took: the checks by their kinds, and the relations that they share by their names."""
        self._executor = executor
        self._given = asdict(thresholds) | asdict(between) | {"shots_at_once": shots_at_once}
        self._clock = clock

    def run(self) -> None:
        """Make every check."""
        self._prepare()
        for part in self._parts():
            self._given["part"] = part
            for relation in ("shots", "session_stats", "gaps", "coverage"):
                self._make(relation)
            self._check("sessions")
        self._check("index")
        self._leave_out()
        self._tell_uncomputed()

    def _prepare(self) -> None:
        self._given["as_of"] = self._as_of()
        for relation in (
            "found",
            "uncomputed",
            "covered",
            "stats_table",
            "sessions",
            "session_list",
            "evidence",
            "judged",
            "latencies",
            "skews",
        ):
            self._make(relation)
        self._make("notified", cut=self._executor.cut("told"))

    def _as_of(self) -> datetime | None:
        """The moment that the index tells of: when its newest listing began."""
        rows = self._executor.rows("SELECT max(began_at) FROM run_sources WHERE status = 'complete'")
        return rows[0][0] if rows else None

    def _parts(self) -> list[int]:
        return [int(part) for (part,) in self._executor.rows("SELECT DISTINCT part FROM session_list ORDER BY part")]

    def _check(self, scope: str) -> None:
        for check in checks().values():
            if check.scope == scope:
                self._execute(check.kind, _INTO_FOUND.format(check=check))

    def _leave_out(self) -> None:
        """Forget what was found outside the range; what reaches into it is known as a whole."""
        if self._given["since"] is None and self._given["until"] is None:
            return
        for check in checks().values():
            if check.scope == "index":
                self._execute(check.kind, _OUTSIDE.format(check=check))

    def _tell_uncomputed(self) -> None:
        for check in checks().values():
            if check.not_computable:
                self._execute(check.kind, _INTO_UNCOMPUTED.format(check=check))

    def _make(self, relation: str, **parts: str) -> None:
        """Make one of the relations that the checks share, with SQL of this package's own for its ``{parts}``."""
        sql = statement(relation, "indexer.reconcile")
        for part, text in parts.items():
            sql = sql.replace(f"{{{part}}}", text)
        self._execute(relation, sql)

    def _execute(self, step: str, sql: str) -> None:
        began = self._clock()
        self._executor.run(sql, {name: self._given[name] for name in set(_PARAMETER.findall(sql))})
        self.seconds[step] = self.seconds.get(step, 0.0) + self._clock() - began
