"""Benchmarks, and the fast list server that they measure against."""
