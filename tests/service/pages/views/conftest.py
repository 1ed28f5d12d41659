"""A published index with one of each thing that the views show, hostile names among them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from reconcile.building import START, Who, bucket, every, reconcile, session
from store.payloads import payload, take, verdict

from indexer.store import build, match

HOSTILE = "<script>alert(1)<img src=x onerror=alert(2)>'\"\n\u202e&amp;{0}"
"""A channel's name, and a label. It has no slash, which would end a folder of the key."""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with a long gap, a failover, a deleted shot, a hostile channel, and violations, reconciled."""
    index = tmp_path_factory.mktemp("published") / "index.duckdb"
    late = session(every(5, 20, start=every(5, 331)[-1]), Who(failover=0))
    mine = session(every(5, 300, without=range(20, 200))) | late
    theirs = session(every(5, 60, without=range(20, 30)), Who(sid="bb22", cname=HOSTILE))
    keys, hostile = list(mine), list(theirs)
    said = [
        verdict(key=keys[1], label="porn", suggestion="block", score=0.91),
        verdict(key=keys[2], label="sexy", suggestion="review", score=0.6),
        verdict(key=keys[3], label="none", suggestion="pass"),
        verdict(key=hostile[3], label=HOSTILE, suggestion="block"),
        verdict(key="gone.jpg", label="gore", suggestion="block", captured_at=START),
    ]
    with build(index) as connection:
        bucket(connection, mine, theirs)
        bucket(connection, {key: found for key, found in mine.items() if key != keys[2]}, theirs)
        take(connection, payload(*(replace(one, result_path=f"/{number}") for number, one in enumerate(said))))
        match(connection)
        reconcile(connection)
    return index


@pytest.fixture
def index(published: Path, tmp_path: Path) -> Path:
    """That index, where people may write notes beside it."""
    return Path(shutil.copy(published, tmp_path))
