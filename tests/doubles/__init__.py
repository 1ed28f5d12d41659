"""Bucket servers for tests: wire-level doubles that can misbehave on demand, and real servers as processes."""
