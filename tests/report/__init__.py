"""Tests of indexer.report."""
