"""A made-up bucket, the configuration that lists it, and Spark on this machine."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from indexer.config import load_config
from indexer.errors import EngineMissing
from indexer.lake.manifest import read_manifest
from spark.answers import SMALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import SparkSession

    from indexer.config import Config

SECRET = "hush-this-is-never-written-down"
COLUMNS = """source, key, kind, service, sid, cname, uid, stream_type, app, stream, session_started_at, sequence,
    captured_at, captured_at_precision_ms, failover, reason, size, etag, last_modified, storage_class,
    deleted_at IS NULL"""
"""What an index and a lake say alike of an object: when it was found gone is each run's own."""
_ROOT = Path(__file__).parents[2]


def need_spark() -> None:
    """Skip a test where Spark cannot run, and say why; where it is required, fail it."""
    try:
        import pyspark  # noqa: F401, PLC0415

        from indexer.spark.java import check_java  # noqa: PLC0415

        check_java()
    except (ModuleNotFoundError, EngineMissing) as error:
        if os.environ.get("INDEXER_REQUIRE_SPARK") == "1":
            raise
        pytest.skip(str(error), allow_module_level=True)


def environment(**more: str) -> dict[str, str]:
    """What a process of Spark's needs to find this Python, this checkout and the bucket's credentials."""
    return {
        **os.environ,
        "PYTHONPATH": str(_ROOT),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SHOTS_ID": "an-id",
        **more,
    }


@contextmanager
def on_this_machine(master: str = "local[2]", **more: str) -> Iterator[SparkSession]:
    """Give Spark on this machine, made for few rows, with more of an environment."""
    from indexer.spark.session import Cluster, session  # noqa: PLC0415 - where Spark is not installed nobody asks

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(**more).items():
            patch.setenv(name, value)
        with session(Cluster(master, SMALL)) as running:
            yield running


def configured(folder: Path, **endpoints: str) -> Config:
    """A configuration with a source for each endpoint; the secret stands in a file beside it."""
    (folder / "secret").write_text(SECRET)
    tables = [
        f"""[sources.{name}]
        layout = "auto"
        [sources.{name}.storage]
        vendor = "s3-compatible"
        bucket = "shots-bucket"
        endpoint = "{endpoint}"
        accessKey = "env:SHOTS_ID"
        secretKey = "file:secret"
        """
        for name, endpoint in endpoints.items()
    ]
    (folder / "indexer.toml").write_text("\n".join(tables))
    return load_config(folder / "indexer.toml")


@dataclass(frozen=True, slots=True)
class Lake:
    """A lake as DuckDB reads its manifest's files."""

    folder: Path

    def rows(self, columns: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Some columns of its objects."""
        return self._query("objects", columns, rest)

    def table(self, name: str, columns: str, rest: str = "") -> list[tuple[Any, ...]]:
        """Some columns of another table."""
        return self._query(name, columns, rest)

    def files(self) -> set[str]:
        """The paths that the manifest names."""
        manifest = read_manifest(self.folder)
        return {file.path for file in manifest.files} if manifest else set()

    def _query(self, table: str, columns: str, rest: str) -> list[tuple[Any, ...]]:
        manifest = read_manifest(self.folder)
        assert manifest is not None
        paths = [str(self.folder / file.path) for file in manifest.of(table)]
        relation = "read_parquet($paths, hive_partitioning = true, hive_types_autocast = false)"
        return duckdb.execute(f"SELECT {columns} FROM {relation} {rest}", {"paths": paths}).fetchall()


def proof(rows: Iterable[tuple[int, Any]]) -> tuple[int, int]:
    """What receipts, as their keys and hashes, prove together."""
    pairs = list(rows)
    return sum(keys for keys, _ in pairs), sum(int(key_hash) for _, key_hash in pairs) % 2**64
