"""Tests of the query library: what each query answers on the sample, and what that means."""
