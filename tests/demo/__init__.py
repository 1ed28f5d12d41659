"""Tests of the sample bucket: what it holds, and that a reconciliation finds all that is wrong with it."""
