"""The index: one DuckDB file, built beside the published one and published whole."""

from indexer.store.build import build
from indexer.store.load import Loader, Merged
from indexer.store.reader import reading
from indexer.store.verdicts import TOLERANCE_SECONDS, Ingested, Rebuilt, distances, ingest, match, rebuild

__all__ = [
    "TOLERANCE_SECONDS",
    "Ingested",
    "Loader",
    "Merged",
    "Rebuilt",
    "build",
    "distances",
    "ingest",
    "match",
    "reading",
    "rebuild",
]
