"""One day of an index on one page: what is wrong and where, the day's figures and charts, and the proof of them."""

from indexer.report.write import Options, write_report

__all__ = ["Options", "write_report"]
