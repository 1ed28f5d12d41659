"""A made-up bucket with all that real ones have: sessions, gaps, a failover, recordings, odd names, lost evidence."""

from indexer.demo.bucket import CONFIG, Sample, make_sample

__all__ = ["CONFIG", "Sample", "make_sample"]
