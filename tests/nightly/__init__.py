"""Tests of a night's run: its steps, what it goes on with after a failure, and whom it tells."""
