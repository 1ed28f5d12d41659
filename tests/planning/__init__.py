"""Tests of what a run lists: all of it, or what can be new."""
