"""An empty index to reconcile."""

from __future__ import annotations

import pytest
from store.conftest import index

pytest.register_assert_rewrite("reconcile.building")

__all__ = ["index"]
