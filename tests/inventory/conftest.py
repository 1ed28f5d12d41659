"""An empty index to write into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from indexer.store.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def index() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to an index of the newest schema, in memory."""
    with duckdb.connect() as opened:
        migrate(opened)
        yield opened
