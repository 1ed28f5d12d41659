"""What `indexer sync --plan` says of a source that would be brought up to date from its inventory first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO

import pytest
from cli.running import rows as printed
from doubles import s3
from doubles.bucket import objects

from indexer.inventory.files import StoredFiles
from indexer.listing.journal import journals
from indexer.planning import Estimate
from indexer.sync import estimates, sync
from inventory.test_refusals import changed
from inventory.test_sync import CONFIG, FOUND, after, at, written
from inventory.writing import BUCKET, SNAPSHOT

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from doubles.double import Serve

    from indexer.config import Source

SINCE = f"{SNAPSHOT:%Y-%m-%d %H:%M:%S} UTC"
UNKNOWN = Estimate("full", "not listed before", None, None, None)


def soon() -> datetime:
    """An hour after the snapshot."""
    return SNAPSHOT + timedelta(hours=1)


def planned(index: Path, source: Source, *, full: bool = False) -> list[Estimate]:
    """What is planned of a source an hour after the snapshot."""
    return [estimate for _, estimate in estimates(index, [source], full=full, now=soon)]


def source(serve: Serve, folder: Path, layout: str = "cloud-recording") -> Source:
    """A source whose inventory is in a folder."""
    return at(serve(s3.S3, objects(FOUND)).storage(), folder, layout)


@pytest.mark.parametrize("layout", ["cloud-recording", "live-streaming"])
def test_an_inventory_is_named_and_what_is_listed_after_it(serve: Serve, tmp_path: Path, layout: str) -> None:
    """Before the first run and before every full one the manifest comes first; the runs are those that were planned."""
    manifest, index = written(tmp_path / "inventory", FOUND), tmp_path / "index.duckdb"
    listed = source(serve, tmp_path / "inventory", layout)
    told = planned(index, listed)
    assert told[0] == Estimate("inventory", f"the inventory {manifest} of {SINCE}, in 2 files", None, None, None)
    result = sync(index, [listed], after())
    outcomes = (*result.inventories, *result.outcomes)
    assert [estimate.mode for estimate in told] == [outcome.listing.mode for outcome in outcomes if outcome.listing]
    assert [estimate.why for estimate in told[1:]] == [f"what can be new since {SINCE}"] * len(result.outcomes)
    assert "inventory" not in [estimate.mode for estimate in planned(index, listed)], "it is not newer any more"


def test_no_file_of_the_inventory_is_read(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the manifest and its checksum are opened, and no bucket is listed."""
    written(tmp_path / "inventory", FOUND)
    opened, really = set(), StoredFiles.open

    def noted(files: StoredFiles, name: str) -> BinaryIO:
        opened.add(name.rpartition("/")[2])
        return really(files, name)

    monkeypatch.setattr(StoredFiles, "open", noted)
    double = serve(s3.S3, objects(FOUND))
    assert len(planned(tmp_path / "index.duckdb", at(double.storage(), tmp_path / "inventory"))) == 2
    assert opened == {"manifest.json", "manifest.checksum"}
    assert double.requests == []


def test_what_a_sync_would_not_load_is_not_planned(serve: Serve, tmp_path: Path) -> None:
    """Neither where all shall be listed, nor where a listing that was broken off is gone on with."""
    written(tmp_path / "inventory", FOUND)
    listed, index = source(serve, tmp_path / "inventory"), tmp_path / "index.duckdb"
    assert planned(index, listed, full=True) == [UNKNOWN]
    journals(index).mkdir()
    (journals(index) / "classroom.journal").touch()
    assert planned(index, listed) == [UNKNOWN]


def test_a_damaged_inventory_is_told_of(serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is planned then is what the run would do: list."""
    manifest = written(tmp_path / "inventory", FOUND)
    manifest.with_suffix(".checksum").write_text("0" * 32)
    assert planned(tmp_path / "index.duckdb", source(serve, tmp_path / "inventory")) == [UNKNOWN]
    assert "listed without its inventory" in caplog.text


def test_the_command_shows_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for the inventory, and one for the listing after it."""
    monkeypatch.setenv("A_KEY", "made-up")
    manifest = changed(written(tmp_path / "inventory", FOUND), lambda told: told.update(sourceBucket=BUCKET))
    config = tmp_path / "indexer.toml"
    keys = CONFIG.replace(
        "[sources.classroom.inv", 'accessKey = "env:A_KEY"\nsecretKey = "env:A_KEY"\n[sources.classroom.inv'
    )
    config.write_text(f'{keys}path = "inventory"\nmax_age_hours = 1000000\n')
    first, second = printed("sync", "--plan", "--config", config)
    assert first["mode"] == "inventory"
    assert str(manifest) in first["why"]
    assert (second["source"], second["mode"]) == ("classroom", "incremental")
