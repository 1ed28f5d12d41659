"""Tests of reconciliation: what each check finds, what it leaves alone, and what becomes of a finding."""
