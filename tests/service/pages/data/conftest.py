"""An empty index to fill and to look at."""

from __future__ import annotations

from store.conftest import index

__all__ = ["index"]
