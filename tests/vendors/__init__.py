"""Tests of the vendor adapters."""
