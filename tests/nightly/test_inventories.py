"""What a night tells of the inventories that were due, and that none of them makes it look complete that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doubles import s3
from doubles.bucket import objects
from doubles.faults import refused
from inventory.test_sync import FOUND, after, at, held, written
from store.listings import rows

from indexer.config.load import Config
from indexer.nightly import Options, nightly
from indexer.store import reading

if TYPE_CHECKING:
    from pathlib import Path

    from doubles.double import Serve

    from indexer.config import Source
    from indexer.nightly import Done

RUNS = "SELECT command, r.status, u.status FROM runs r LEFT JOIN run_sources u USING (run) WHERE command <> 'reconcile'"


def synced(folder: Path, source: Source) -> Done:
    """The first step of a night an hour after the inventory's snapshot."""
    config = Config(folder / "indexer.toml", folder / "index.duckdb", (source,), {})
    return nightly(config.index, config, Options(sync=after())).done[0]


def runs(folder: Path) -> list[tuple[str, str, str]]:
    """What became of the runs."""
    with reading(folder / "index.duckdb") as connection:
        return rows(connection, f"{RUNS} ORDER BY run")


def damage(manifest: Path, what: str) -> None:
    """Damage a file of an inventory, or already its manifest."""
    damaged = next(manifest.parents[1].rglob("part-1*")) if what == "a file" else manifest
    damaged.write_bytes(b"x")


@pytest.mark.parametrize("layout", ["cloud-recording", "live-streaming"])
def test_an_inventory_that_was_loaded_is_told_of(serve: Serve, tmp_path: Path, layout: str) -> None:
    """Its objects count as listed, and its source as complete, also where no listing follows."""
    manifest = written(tmp_path / "inventory", FOUND)
    done = synced(tmp_path, at(serve(s3.S3, objects(FOUND)).storage(), tmp_path / "inventory", layout))
    assert done.exit_code == 0
    assert done.told.startswith("1 of 1 sources complete: ")
    assert f"{len(FOUND)} added" in done.told
    assert f"; classroom: loaded the inventory {manifest} of 2026-11-20 09:00:00 UTC" in done.told


@pytest.mark.parametrize("what", ["a file", "the manifest"])
def test_an_inventory_that_is_damaged_is_told_of(serve: Serve, tmp_path: Path, what: str) -> None:
    """It has a failed run with the reason; as its bucket was listed to the end, the night is complete all the same."""
    damage(written(tmp_path / "inventory", FOUND), what)
    done = synced(tmp_path, at(serve(s3.S3, objects(FOUND)).storage(), tmp_path / "inventory"))
    assert (done.exit_code, held(tmp_path / "index.duckdb")) == (0, set(FOUND))
    assert "1 of 1 sources complete" in done.told
    assert "classroom: listed without its inventory: the inventory " in done.told
    assert runs(tmp_path) == [("inventory", "failed", "failed"), ("sync", "complete", "complete")]


@pytest.mark.parametrize("damaged", [True, False])
def test_a_listing_that_fails_is_not_made_up_for(serve: Serve, tmp_path: Path, damaged: bool) -> None:  # noqa: FBT001
    """Whether the inventory was loaded or not, a source whose listing failed is not complete."""
    manifest = written(tmp_path / "inventory", FOUND)
    if damaged:
        damage(manifest, "a file")
    double = serve(s3.S3, objects(FOUND), refused(403, "AccessDenied"))
    done = synced(tmp_path, at(double.storage(), tmp_path / "inventory"))
    assert double.unfired == []
    assert done.exit_code == (1 if damaged else 3)
    assert "0 of 1 sources complete" in done.told
    assert done.told.count("classroom: ") == 2
