"""An index that holds nothing, and somebody who looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indexer.store import build
from service.pages.people import Visitor, visiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def empty_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published index that holds nothing."""
    path = tmp_path_factory.mktemp("empty") / "index.duckdb"
    with build(path):
        pass
    return path


@pytest.fixture
def guest(empty_index: Path) -> Iterator[Visitor]:
    """Somebody who is not known."""
    with visiting(empty_index) as server:
        yield Visitor(server)


@pytest.fixture
def visitor(guest: Visitor) -> Visitor:
    """Somebody who is logged in."""
    return guest.known()
