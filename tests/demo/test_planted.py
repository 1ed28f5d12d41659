"""The sample and the checks: a reconciliation finds what was planted, all of it, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import pytest

from demo.pipeline import indexed, reconciled
from indexer.demo import Planted, Sample, make_sample
from indexer.reconcile import checks
from indexer.store import reading

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.config import Config
    from indexer.reconcile import Summary

_PLACE = "kind, severity, rows, source, channel, sid, uid, key, from_at"


@dataclass(frozen=True, slots=True)
class Night:
    """A sample, its index, and what the reconciliation said."""

    sample: Sample
    config: Config
    summary: Summary


@pytest.fixture(scope="module", params=range(10), ids="seed {}".format)
def night(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night over the sample of one seed."""
    sample = make_sample(tmp_path_factory.mktemp("sample"), request.param)
    config = indexed(sample)
    return Night(sample, config, reconciled(config))


def test_what_was_planted_is_found_and_nothing_else(night: Night) -> None:
    """Every finding is one that was planted, with its severity, size and place, and none of those is missed."""
    planted = night.sample.planted
    timed = {one.kind for one in planted if one.from_at is not None}
    with reading(night.config.index) as connection:
        found = [Planted(*row) for row in connection.sql(f"SELECT {_PLACE} FROM findings").fetchall()]
    told = Counter(astuple(one)[: None if one.kind in timed else -1] for one in found)
    assert told == Counter(astuple(one)[: None if one.kind in timed else -1] for one in planted)


def test_there_is_one_of_every_kind(night: Night) -> None:
    """The sample has something for each check."""
    assert {one.kind for one in night.sample.planted} == checks().keys()


def test_the_query_of_a_finding_shows_its_rows(night: Night) -> None:
    """Each finding's query runs as it stands, and shows exactly as many rows as the finding says."""
    with reading(night.config.index) as connection:
        told = connection.sql("SELECT finding_id, rows, query FROM findings").fetchall()
        shown = [(finding, len(connection.sql(query).fetchall()), query) for finding, _, query in told]
    assert shown == told


def test_the_second_night_says_nothing_new(night: Night) -> None:
    """Where nothing happened, nothing is new and nothing is resolved."""
    again = reconciled(night.config)
    assert [(row["new"], row["resolved"]) for row in again.rows] == [(0, 0)] * len(again.rows)
    assert [row["open"] for row in again.rows] == [row["new"] for row in night.summary.rows]


def test_a_seed_makes_the_same_sample(tmp_path: Path) -> None:
    """The same seed makes the same objects and the same faults; another one, others."""
    one, same, other = (make_sample(tmp_path / name, seed) for name, seed in (("one", 3), ("same", 3), ("other", 4)))
    assert (one.shots, one.others, one.planted) == (same.shots, same.others, same.planted)
    assert one.planted != other.planted


def test_a_picture_freezes_without_links_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that gives a file no second name, the frozen pictures are copies, with the same time."""

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(f"no link from {source} to {target}")

    monkeypatch.setattr("os.link", refuse)
    sample = make_sample(tmp_path)
    frozen = [shot for shot in sample.shots["classroom"] if shot.same_as]
    files = [tmp_path / "bucket" / key for shot in frozen for key in (shot.key, str(shot.same_as))]
    assert len({file.read_bytes() for file in files}) == 1
    assert len({file.stat().st_mtime for file in files}) == 1
    assert {file.stat().st_nlink for file in files} == {1}
