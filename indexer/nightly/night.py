"""What a night's run has come to: what each step did, and with which exit code it all ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from indexer.reconcile import Summary

OUTCOMES = {0: "done", 1: "failed", 3: "incomplete", 4: "findings", 5: "try again later"}
"""What the exit code of a step means."""

# What a retry may mend goes before findings, which are of tonight only where all of tonight was listed.
_WORST_FIRST = (1, 3, 5, 4, 0)


@dataclass(frozen=True, slots=True)
class Done:
    """One step that ended: its exit code, the seconds that it took, and in words what it did or why it did not."""

    step: str
    exit_code: int
    seconds: float
    told: str

    @property
    def outcome(self) -> str:
        """What became of it, in a word."""
        return OUTCOMES[self.exit_code]


@dataclass
class Night:
    """One run. Times are naive UTC; ``summary`` is the reconciliation's, where there was one."""

    began_at: datetime
    finished_at: datetime
    done: list[Done] = field(default_factory=list)
    summary: Summary | None = None

    @property
    def exit_code(self) -> int:
        """The worst of all steps: 1 failed, 3 incomplete, 5 try again later, 4 findings, 0 done."""
        return min((done.exit_code for done in self.done), key=_WORST_FIRST.index, default=0)

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished_at - self.began_at).total_seconds()

    def row(self) -> dict[str, Any]:
        """All of it as one row for machines."""
        return {
            "began_at": self.began_at,
            "finished_at": self.finished_at,
            "seconds": round(self.seconds, 3),
            "exit_code": self.exit_code,
            "outcome": OUTCOMES[self.exit_code],
            "steps": self.steps(),
            "findings": self.summary.rows if self.summary else [],
            "not_computable": self.summary.not_computable if self.summary else [],
            "incomplete": self.summary.incomplete if self.summary else [],
        }

    def steps(self) -> list[dict[str, Any]]:
        """Each step as a row."""
        return [
            {
                "step": done.step,
                "outcome": done.outcome,
                "exit_code": done.exit_code,
                "seconds": round(done.seconds, 3),
                "told": done.told,
            }
            for done in self.done
        ]
