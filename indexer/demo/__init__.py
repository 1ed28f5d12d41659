"""A made-up bucket with all that real ones have, and at least one of everything that a reconciliation finds."""

from indexer.demo.bucket import make_sample
from indexer.demo.later import REPLACED_AT, delete_doomed, replace_judged
from indexer.demo.payloads import BODIES, TABLE, TABLE_PROVIDER
from indexer.demo.sample import Planted, Sample

__all__ = [
    "BODIES",
    "REPLACED_AT",
    "TABLE",
    "TABLE_PROVIDER",
    "Planted",
    "Sample",
    "delete_doomed",
    "make_sample",
    "replace_judged",
]
