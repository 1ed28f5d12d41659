"""The sample's index, made once and only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from library.sample import Answer, Night, answers, night

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The sample, and the index that a night made of it."""
    return night(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="session")
def told(made: Night) -> dict[str, Answer]:
    """What each query answers on the sample."""
    return {one.query.name: one for one in answers(made)}


@pytest.fixture
def index(made: Night) -> Path:
    """The sample's index."""
    return made.index
