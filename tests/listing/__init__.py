"""Tests of the listing: order, retry, and the walk from page to page."""
