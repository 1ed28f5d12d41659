"""Tests of the moderation mappings and of the reader of payload files."""
