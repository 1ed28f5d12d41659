"""Tests of the views, one module each."""
