"""Tests of what a cluster does."""
