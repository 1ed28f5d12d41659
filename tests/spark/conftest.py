"""The sample's index, and the lake that is exported of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from questions.sample import Night, night

from indexer.lake.export import export
from spark.clusters import on_this_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """Spark on this machine, for the tests of one file."""
    with on_this_machine() as running:
        yield running


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The sample, and the index that a night made of it."""
    return night(tmp_path_factory.mktemp("spark"))


@pytest.fixture(scope="session")
def lake(made: Night, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of it, which nobody changes."""
    folder = tmp_path_factory.mktemp("lake")
    export(made.index, folder, datetime.fromisoformat("2026-01-31 00:00:00"))
    return folder
