"""A night's run: sync, take in what came, reconcile, report and tell, with one lock, one log and one summary."""

from indexer.nightly.night import Done, Night
from indexer.nightly.run import Options, nightly

__all__ = ["Done", "Night", "Options", "nightly"]
