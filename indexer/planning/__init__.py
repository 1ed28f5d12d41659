"""What a run lists of a source: all of it, or what can be new since the last complete run, and what that costs."""

from indexer.planning.plan import Estimate, Plan
from indexer.planning.planner import Planner

__all__ = ["Estimate", "Plan", "Planner"]
