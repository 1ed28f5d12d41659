"""The sample's index and a lake of it, made once and only read, and copies that may be changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from questions.sample import night

from indexer.lake.attach import attach
from indexer.lake.export import export
from lake.lakes import NOW


@pytest.fixture(scope="session")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index that a night made of the sample."""
    return night(tmp_path_factory.mktemp("native")).index


@pytest.fixture(scope="session")
def sample_lake(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of that index."""
    folder = tmp_path_factory.mktemp("o'hara's lake")
    export(sample_index, folder, NOW)
    return folder


@pytest.fixture(scope="session")
def shown(sample_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that shows that lake."""
    index = tmp_path_factory.mktemp("attached") / "index.duckdb"
    attach(sample_lake, index)
    return index


@pytest.fixture
def index(sample_index: Path, tmp_path: Path) -> Path:
    """A copy of the sample's index that may be changed."""
    return Path(shutil.copy(sample_index, tmp_path / "index.duckdb"))


@pytest.fixture
def lake(sample_lake: Path, tmp_path: Path) -> Path:
    """A copy of the lake that may be changed."""
    return Path(shutil.copytree(sample_lake, tmp_path / "lake"))
