"""Runs each server once for all suites, makes boto3's clients cheap, and sees what SDKs log."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING

import pytest
from botocore.loaders import JSONFileLoader

from vendors.backends import BACKENDS
from vendors.contract import BUCKETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vendors.backends import Backend, Start


@pytest.fixture(scope="session", autouse=True)
def _botocore_reads_each_file_once() -> Iterator[None]:
    """A client reads four megabytes of JSON otherwise."""
    load_file = cache(JSONFileLoader().load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: load_file(path))
        yield


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Start], Backend]]:
    """Starts a server when it is first asked for, and stops all of them at the end."""
    running: dict[Start, Backend] = {}
    with ExitStack() as stack:

        def backend(start: Start) -> Backend:
            if start not in running:
                running[start] = stack.enter_context(start(BUCKETS, tmp_path_factory.mktemp("backend")))
            return running[start]

        yield backend


@pytest.fixture(params=BACKENDS, ids=lambda start: start.__name__)
def backend(request: pytest.FixtureRequest, started: Callable[[Start], Backend]) -> Backend:
    """Each server in turn."""
    return started(request.param)


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """What every logger hands on to the root, as it comes."""
    recorder = _Recorder()
    logging.getLogger().addHandler(recorder)
    yield recorder.records
    logging.getLogger().removeHandler(recorder)
