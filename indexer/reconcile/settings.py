"""From when on something is a finding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What ``[reconcile]`` says. Shares are from 0 to 1."""

    gap_critical_seconds: float = 600.0
    """A gap that nothing explains is critical from this length on."""
    late_seconds: float = 300.0
    """An object that was written this long after its shot came late."""
    frozen_shots: int = 5
    """So many shots in a row with one and the same picture are a frozen one."""
    tiny_share: float = 0.1
    """A picture below this share of its session's median size is black, or nearly."""
    drift_share: float = 0.2
    """An observed interval may be this share off the configured one."""
    unknown_share: float = 0.01
    """This share of a source's keys may be unparsed."""
    action_seconds: float = 60.0
    """A session may go on for so long after its first block."""
    expiring_days: float = 7.0
    """Evidence is told of so long before its bucket deletes it."""
