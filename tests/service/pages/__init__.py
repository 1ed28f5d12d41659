"""Tests of the pages: what people see of an index, and who may."""
