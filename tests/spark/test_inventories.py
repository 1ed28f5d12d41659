"""An inventory that a cluster reads leaves what one machine makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from inventory.test_like_listings import bucket
from inventory.vendors import VENDORS
from inventory.writing import BUCKET, SNAPSHOT, write
from store.listings import WROTE, Found, shot

from indexer.config import load_config
from indexer.errors import ListingRefused
from indexer.inventory.run import load_by_hand
from indexer.store import reading
from spark.clusters import COLUMNS, Lake, need_spark, proof

need_spark()

from indexer.spark.sync import Options, sync  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

    from indexer.config import Config

OPTIONS = Options(inventories=True)
TWICE = f"shots/{shot(1, sid='000000', cname='room 1+2%')}"


@pytest.mark.parametrize("name", ["s3", "azure"])
def test_a_cluster_takes_from_an_inventory_what_one_machine_takes(
    name: str, spark: SparkSession, tmp_path: Path
) -> None:
    """Odd keys, files in no order, and a key that two files tell of: the same objects, the same proof, one receipt."""
    vendor = VENDORS[name]
    older = vendor.row(vendor.encode(TWICE), Found(1, "ff", WROTE - 2 * 10**10))
    manifest = write(tmp_path / "inventory", replace(vendor, extra=(*vendor.extra, older)), bucket(300), files=3)
    config = _configured(tmp_path, name)
    lake = Lake(tmp_path / "lake")
    result = sync(spark, lake.folder, config, config.sources, OPTIONS)
    assert result.exit_code == 0, result
    load_by_hand(config.index, config.sources[0], manifest, lambda: SNAPSHOT + timedelta(hours=1))
    with reading(config.index) as index:
        native = index.execute(f"SELECT {COLUMNS} FROM objects ORDER BY ALL").fetchall()
        proved = index.execute("SELECT keys, key_hash FROM receipts").fetchall()
    told = lake.table("receipts", "keys, key_hash")
    assert lake.rows(COLUMNS, "ORDER BY ALL") == native
    assert len(told) == 1
    assert proof(told) == proof(proved)
    assert lake.table("run_sources", "mode, began_at") == [("inventory", SNAPSHOT)]


def test_an_inventory_that_is_older_than_what_the_lake_knows_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    """The same one a second time is told to be known, and the lake's objects stay as they are."""
    write(tmp_path / "inventory", VENDORS["s3"], bucket(20))
    config, lake = _configured(tmp_path, "s3"), Lake(tmp_path / "lake")
    assert sync(spark, lake.folder, config, config.sources, OPTIONS).exit_code == 0
    before = lake.rows(COLUMNS, "ORDER BY ALL")
    (outcome,) = sync(spark, lake.folder, config, config.sources, OPTIONS).outcomes
    assert isinstance(outcome.error, ListingRefused)
    assert lake.rows(COLUMNS, "ORDER BY ALL") == before


def test_a_damaged_file_of_an_inventory_is_refused_whole(spark: SparkSession, tmp_path: Path) -> None:
    """One file of three is not what its manifest says: nothing of the others is taken."""
    write(tmp_path / "inventory", VENDORS["s3"], bucket(20), files=3)
    damaged = next((tmp_path / "inventory").rglob("part-1.csv.gz"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    config, lake = _configured(tmp_path, "s3"), Lake(tmp_path / "lake")
    result = sync(spark, lake.folder, config, config.sources, OPTIONS)
    assert result.exit_code == 3
    assert "MD5" in str(result.outcomes[0].error)
    assert result.outcomes[0].merged is None
    assert not any(path.startswith("objects/") for path in lake.files())


def test_an_inventory_of_an_empty_bucket_is_one_of_nothing(spark: SparkSession, tmp_path: Path) -> None:
    """Its manifest names no file; the lake knows the source, and holds nothing of it."""
    write(tmp_path / "inventory", VENDORS["s3"], {}, files=0)
    config, lake = _configured(tmp_path, "s3"), Lake(tmp_path / "lake")
    result = sync(spark, lake.folder, config, config.sources, OPTIONS)
    assert result.exit_code == 0, result
    assert lake.table("receipts", "keys, key_hash, pages") == [(0, 0, 0)]
    assert lake.table("run_sources", "mode, began_at") == [("inventory", SNAPSHOT)]


def _configured(folder: Path, vendor: str) -> Config:
    (folder / "indexer.toml").write_text(
        f"""[sources.shots]
        layout = "auto"
        inventory = {{ path = "inventory" }}
        [sources.shots.storage]
        vendor = "{vendor}"
        region = 0
        bucket = "{BUCKET}"
        endpoint = "https://shots.example"
        """
    )
    return load_config(folder / "indexer.toml")
