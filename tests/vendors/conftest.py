"""Makes boto3's clients cheap: each one reads four megabytes of JSON otherwise."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from botocore.loaders import JSONFileLoader

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def _botocore_reads_each_file_once() -> Iterator[None]:
    load_file = cache(JSONFileLoader().load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: load_file(path))
        yield
