"""Tests of inventories: where they are found, how they are read, and what they say of a bucket."""
