"""A sync loads a newer inventory where it would list everything, and then lists what can be new since."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from doubles import s3
from doubles.bucket import holding, objects
from store.listings import Listing, rows

from indexer.cli import main
from indexer.config import Source, parse_config
from indexer.config.inventories import InventoryPlace
from indexer.errors import ConfigError, UsageError
from indexer.inventory.run import source_of
from indexer.listing.crawl import Clock
from indexer.naming import Layout
from indexer.store import reading
from indexer.sync import Options, sync
from inventory.test_like_listings import bucket
from inventory.test_refusals import changed
from inventory.vendors import VENDORS
from inventory.writing import BUCKET, SNAPSHOT, write

if TYPE_CHECKING:
    from pathlib import Path

    from doubles.double import Serve

    from indexer.vendors.base import Storage

S3 = VENDORS["s3"]
CONFIG = f"""
[sources.classroom]
layout = "cloud-recording"
[sources.classroom.storage]
vendor = "s3"
region = "us-east-1"
bucket = "{BUCKET}"
[sources.classroom.inventory]
"""


def at(storage: Storage, path: Path, layout: str = "cloud-recording", **more: Any) -> Source:
    """A source with an inventory in a folder."""
    inventory = InventoryPlace(path=path, **more)
    return Source("classroom", Layout(layout), storage, inventory=inventory)


def written(folder: Path, found: Listing, snapshot: datetime = SNAPSHOT) -> Path:
    """An inventory of the double's bucket."""
    vendor = replace(S3, row=lambda key, one: {**S3.row(key, one), "Bucket": "shots-bucket"}, extra=())
    manifest = write(folder, vendor, found, snapshot=snapshot)
    return changed(manifest, lambda told: told.update(sourceBucket="shots-bucket"))


def after(hours: float = 1) -> Options:
    """A run so many hours after the snapshot."""
    return Options(clock=Clock(lambda: SNAPSHOT + timedelta(hours=hours)))


def modes(index: Path) -> list[tuple[Any, ...]]:
    """What the runs were."""
    with reading(index) as connection:
        return rows(connection, "SELECT run, mode FROM run_sources ORDER BY run")


def held(index: Path) -> set[str]:
    """The keys that are there."""
    with reading(index) as connection:
        return {key for (key,) in rows(connection, "SELECT key FROM objects WHERE deleted_at IS NULL")}


FOUND = bucket(60)
NEW = "shots/ffffff_room_9__uid_s_7__uid_e_video_20261120100000000.jpg"


def test_a_first_sync_loads_the_inventory_and_lists_what_is_new_since(serve: Serve, tmp_path: Path) -> None:
    """The inventory is a run of its own, and the listing after it an incremental one that finds the rest."""
    double, index = serve(s3.S3, objects([*FOUND, NEW])), tmp_path / "index.duckdb"
    written(tmp_path / "inventory", FOUND)
    result = sync(index, [at(double.storage(), tmp_path / "inventory")], after())
    assert (result.exit_code, len(result.inventories)) == (0, 1)
    assert modes(index) == [(1, "inventory"), (2, "incremental")]
    assert held(index) == {*FOUND, NEW}
    sync(index, [at(double.storage(), tmp_path / "inventory")], after(2))
    assert modes(index)[2:] == [(3, "incremental")]


def test_an_inventory_is_loaded_again_where_all_would_be_listed_and_it_is_newer(serve: Serve, tmp_path: Path) -> None:
    """Every full_every-th run takes a newer inventory, and lists everything where there is none."""
    double, index = serve(s3.S3, objects(FOUND)), tmp_path / "index.duckdb"
    written(tmp_path / "inventory", FOUND)
    source = replace(at(double.storage(), tmp_path / "inventory"), full_every=2)
    sync(index, [source], after())
    written(tmp_path / "inventory", FOUND, SNAPSHOT + timedelta(hours=2))
    sync(index, [source], after(3))
    sync(index, [source], after(4))
    assert [mode for _, mode in modes(index)] == ["inventory", "incremental", "inventory", "incremental", "full"]


@pytest.mark.parametrize(
    "options", [after(49), replace(after(), full=True)], ids=["it is too old", "everything is asked for"]
)
def test_an_inventory_that_is_not_wanted_is_not_loaded(options: Options, serve: Serve, tmp_path: Path) -> None:
    """The bucket is listed as a whole."""
    double, index = serve(s3.S3, objects(FOUND)), tmp_path / "index.duckdb"
    written(tmp_path / "inventory", FOUND)
    assert sync(index, [at(double.storage(), tmp_path / "inventory")], options).inventories == ()
    assert modes(index) == [(1, "full")]


def test_a_damaged_inventory_is_told_of_and_the_bucket_is_listed(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of it stays: the index is what the listing says."""
    double, index = serve(s3.S3, objects(FOUND)), tmp_path / "index.duckdb"
    written(tmp_path / "inventory", {**FOUND, "gone.jpg": next(iter(FOUND.values()))})
    next((tmp_path / "inventory").rglob("part-1*")).write_bytes(b"x")
    result = sync(index, [at(double.storage(), tmp_path / "inventory")], after())
    assert result.exit_code == 0
    assert "listed without its inventory" in caplog.text
    assert [mode for _, mode in modes(index)] == [None, "full"]
    with reading(index) as connection:
        assert rows(connection, "SELECT count(*) FROM names WHERE front = 'gone.jpg'") == [(0,)]


def test_a_layout_that_tells_no_sessions_is_done_with_its_inventory(serve: Serve, tmp_path: Path) -> None:
    """A listing could only be one of everything, which the inventory is there to spare."""
    double, index = serve(s3.S3, objects([*FOUND, NEW])), tmp_path / "index.duckdb"
    written(tmp_path / "inventory", FOUND)
    result = sync(index, [at(double.storage(), tmp_path / "inventory", "live-streaming")], after())
    assert (result.status, result.outcomes) == ("complete", ())
    assert held(index) == set(FOUND)


def test_an_inventory_in_a_bucket_is_copied_file_by_file_and_removed(serve: Serve, tmp_path: Path) -> None:
    """It is read through the vendor's adapter, and nothing of it is left beside the index."""
    folder, index = tmp_path / "inventory", tmp_path / "place" / "index.duckdb"
    written(folder, FOUND)
    contents = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    reports, double = serve(s3.S3, holding(contents)), serve(s3.S3, objects(FOUND))
    place = InventoryPlace(storage=reports.storage(prefix="Inventory/"))
    source = Source("classroom", Layout("cloud-recording"), double.storage(), inventory=place)
    assert len(sync(index, [source], after()).inventories) == 1
    assert held(index) == set(FOUND)
    assert sorted(path.name for path in index.parent.iterdir()) == ["index.duckdb", "index.duckdb.lock"]


def test_a_manifest_is_loaded_by_hand(tmp_path: Path) -> None:
    """The command says what it loaded, and the index holds it."""
    manifest = write(tmp_path / "inventory", S3, FOUND)
    config = tmp_path / "indexer.toml"
    config.write_text(CONFIG + 'path = "inventory"\n')
    for path in (manifest, tmp_path / "inventory"):
        done = CliRunner().invoke(main, ["inventory", str(path), "--config", str(config), "--format", "json"])
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)[0]["listed"] == len(FOUND)
    assert held(tmp_path / "index.duckdb") == set(FOUND)


def test_a_refused_inventory_ends_with_one_line_and_publishes_nothing(tmp_path: Path) -> None:
    """The manifest is named, and the exit code is 1."""
    manifest = write(tmp_path / "inventory", S3, FOUND)
    manifest.with_suffix(".checksum").unlink()
    config = tmp_path / "indexer.toml"
    config.write_text(CONFIG + 'path = "inventory"\n')
    done = CliRunner().invoke(main, ["inventory", str(manifest), "--config", str(config)])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"indexer: the inventory {manifest} is refused: it is not finished" in done.stderr
    assert not (tmp_path / "index.duckdb").exists()


def test_the_source_is_told_by_the_manifests_bucket(tmp_path: Path) -> None:
    """Where several sources have that bucket, one has to be named."""
    manifest = write(tmp_path, S3, FOUND)
    (one,) = parse_config(CONFIG + 'path = "x"', tmp_path / "indexer.toml").sources
    other = replace(one, name="other", storage=replace(one.storage, bucket="other"))
    assert source_of(manifest, [one, other]) is one
    with pytest.raises(UsageError, match="say which with --source"):
        source_of(manifest, [one, replace(one, name="again")])


def test_an_inventorys_bucket_is_like_its_sources_in_what_is_not_said(tmp_path: Path) -> None:
    """Vendor, region and credentials are the source's; the prefix and another region are its own."""
    text = CONFIG + 'bucket = "reports"\nprefix = "inv/"\nkey_encoding = "form"\nmax_age_hours = 30\n'
    (source,) = parse_config(text, tmp_path / "indexer.toml").sources
    place = source.inventory
    assert place is not None
    assert place.storage is not None
    assert (place.key_encoding, place.max_age_hours) == ("form", 30)
    assert (place.storage.bucket, place.storage.prefix) == ("reports", "inv/")
    assert place.storage.endpoint == source.storage.endpoint
    (moved,) = parse_config(text + 'region = "eu-west-1"\n', tmp_path / "indexer.toml").sources
    assert moved.inventory is not None
    assert moved.inventory.storage is not None
    assert moved.inventory.storage.region == "eu-west-1"
    assert moved.inventory.storage.prefix == "inv/"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "[sources.classroom.inventory]"),
        ('path = "a"\nbucket = "b"', "[sources.classroom.inventory]"),
        ('path = "a"\nkey_encoding = "hex"', "[sources.classroom.inventory] key_encoding"),
        ('path = "a"\nfolder = "b"', "[sources.classroom.inventory] folder"),
        ('bucket = "b"\nregion = "nowhere"', "[sources.classroom.inventory] region"),
    ],
)
def test_a_wrong_table_is_told(text: str, where: str, tmp_path: Path) -> None:
    """Neither or both of path and bucket, an unknown encoding, key or region."""
    with pytest.raises(ConfigError) as told:
        parse_config(CONFIG + text, tmp_path / "indexer.toml")
    assert [mistake.where for mistake in told.value.mistakes] == [where]
