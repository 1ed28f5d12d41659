"""Tests of the grammars of object keys."""
