"""Keeps every test away from this machine's cloud accounts, and starts the doubles that a test asks for."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from doubles.double import CREDENTIALS, BucketDouble
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doubles.bucket import Objects
    from doubles.double import Dialect, Serve
    from doubles.faults import Fault

    from indexer.vendors.base import Credentials

# The first text that hypothesis makes on a machine waits for its table of characters.
settings.register_profile("tests", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

_OURS = ("AWS_", "AZURE_", "OSS_", "ALIBABA_", "COS_")


@pytest.fixture(autouse=True)
def _no_account_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,.test",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True, scope="session")
def _doubles_have_names() -> Iterator[None]:
    """Every host below .test is this machine: a double under a name can have a host for its bucket."""
    find = socket.getaddrinfo

    def found(host: Any, *more: Any, **named: Any) -> Any:
        here = isinstance(host, str) and host.endswith(".test")
        return find("127.0.0.1" if here else host, *more, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found)
        yield


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Doubles of bucket servers. The test fails if a fault of its script met no request."""
    started: list[BucketDouble] = []
    with ExitStack() as running:

        def start(
            dialect: Dialect,
            objects: Objects,
            *faults: Fault,
            credentials: Credentials = CREDENTIALS,
            exists: bool = True,
        ) -> BucketDouble:
            double = BucketDouble(dialect, objects, faults, credentials=credentials, exists=exists)
            started.append(running.enter_context(double))
            return double

        yield start
    unfired = [fault.name for double in started for fault in double.unfired]
    assert not unfired, f"faults that met no request: {unfired}"
