"""Tests of the figures that the pages show, on small indexes."""
