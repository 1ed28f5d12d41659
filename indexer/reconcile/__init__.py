"""What should be there, what is there, and who must be told: one check a kind of finding, each SQL over the index."""

from indexer.reconcile.check import Check, checks
from indexer.reconcile.engine import Engine, Range
from indexer.reconcile.run import Options, reconcile
from indexer.reconcile.settings import Thresholds
from indexer.reconcile.summary import SEVERITIES, Summary

__all__ = ["SEVERITIES", "Check", "Engine", "Options", "Range", "Summary", "Thresholds", "checks", "reconcile"]
