"""Walks a bucket from the first key to the last: checks every answer, and retries what a retry can help."""

from indexer.listing.checked import CheckedLister
from indexer.listing.retry import RetryingLister
from indexer.listing.walk import pages

__all__ = ["CheckedLister", "RetryingLister", "pages"]
