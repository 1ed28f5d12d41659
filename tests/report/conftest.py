"""An empty index to report."""

from __future__ import annotations

from store.conftest import index

__all__ = ["index"]
