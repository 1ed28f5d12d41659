"""screenshot-indexer: knows what your live-video screenshots say."""

__version__ = "0.1.0"
