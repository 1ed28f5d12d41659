"""An inventory beside a sync of the same keys: ``python -m tests.bench.inventory``.

A sync lists a local server's bucket. What it found is written as S3 writes an inventory, as gzipped CSV and as Parquet,
with the keys of every session in every file, and ``indexer inventory`` loads each into an index of its own. All indexes
have to hold the same keys by the hash of their receipts. ``ratio`` is how many times faster it was by the clock,
``cpu_ratio`` by the seconds of all processors; the server's are in neither. The local server answers at once, as no
vendor does: ``--latency`` has it wait before each answer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from . import environments
from .measuring import BenchmarkError, Cost, measured_in_silence
from .report import machine, table
from .serving import serving

if TYPE_CHECKING:
    from .report import Row

_MB = 1_000_000
_CONFIG = """
[sources.classroom]
layout = "cloud-recording"
[sources.classroom.storage]
vendor = "s3"
region = "us-east-1"
bucket = "{bucket}"
endpoint = "{url}"
fileNamePrefix = {prefix}
accessKey = "env:BENCH_ACCESS"
secretKey = "env:BENCH_SECRET"
"""
# Keys stand encoded in CSV, and as they are in Parquet.
_COPY = """
COPY (
    SELECT
        $bucket AS bucket, {key} AS key, {size} AS size, {written} AS last_modified_date, etag AS e_tag,
        storage_class, {false} AS is_multipart_uploaded, '' AS replication_status, 'NOT-SSE' AS encryption_status
    FROM objects
    WHERE hash(objects.key, 7) % {files} = {number}
) TO '{path}' ({options})
"""


class _Format(NamedTuple):
    """How an inventory is written."""

    suffix: str
    schema: str
    options: str
    columns: dict[str, str]


_FORMATS = {
    "CSV": _Format(
        "csv.gz",
        "Bucket, Key, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, ReplicationStatus, "
        "EncryptionStatus",
        "FORMAT csv, HEADER false, FORCE_QUOTE *, COMPRESSION gzip",
        {
            "key": "replace(url_encode(objects.key), '%2F', '/')",
            "size": "objects.size::VARCHAR",
            "written": "strftime(last_modified, '%Y-%m-%dT%H:%M:%S.%gZ')",
            "false": "'false'",
        },
    ),
    "Parquet": _Format(
        "parquet",
        "message s3.inventory { required binary bucket (UTF8); required binary key (UTF8); optional int64 size; "
        "optional int64 last_modified_date (TIMESTAMP(MILLIS,true)); optional binary e_tag (UTF8); "
        "optional binary storage_class (UTF8); optional boolean is_multipart_uploaded; "
        "optional binary replication_status (UTF8); optional binary encryption_status (UTF8); }",
        "FORMAT parquet, COMPRESSION snappy",
        {
            "key": "objects.key",
            "size": "objects.size::BIGINT",
            "written": "last_modified::TIMESTAMPTZ",
            "false": "false",
        },
    ),
}


def main() -> None:
    """Measure once, and print."""
    options = _parser().parse_args()
    print(f"{options.keys:,} keys in {options.files} files, {machine()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.folder) as folder:
        rows = _measured(Path(folder), options)
    print(table(rows))
    print(f"load afterwards: {machine()['load']}", flush=True)


def _measured(folder: Path, options: argparse.Namespace) -> list[Row]:
    environment = {"BENCH_ACCESS": "made-up", "BENCH_SECRET": "made-up", **environments.here().environment}
    indexer = environments.here().indexer
    keys, prefix = options.keys, options.prefix
    with serving(keys=keys, prefix=prefix, latency=options.latency) as server:
        text = _CONFIG.format(bucket=server.bucket, url=server.url, prefix=json.dumps(prefix.strip("/").split("/")))
        (folder / "indexer.toml").write_text(text)
        synced = measured_in_silence([*indexer, "sync"], folder, environment)
    rows = [_row("indexer sync", synced, synced, keys)]
    proof = _proof(folder / "index.duckdb")
    for name, written in _FORMATS.items():
        inventory, loaded = folder / name, f"{name}.duckdb"
        _write(folder / "index.duckdb", inventory, server.bucket, options.files, name, written)
        cost = measured_in_silence([*indexer, "inventory", str(inventory), "--index", loaded], folder, environment)
        if _proof(folder / loaded) != proof or proof[0] != keys:
            raise BenchmarkError(f"the indexes do not hold the same keys: {proof}, {_proof(folder / loaded)}")
        rows.append(_row(f"indexer inventory, {name}", cost, synced, keys))
        rmtree(inventory)
    return rows


def _row(program: str, cost: Cost, synced: Cost, keys: int) -> Row:
    return {
        "program": program,
        "wall_s": cost.wall,
        "cpu_s": cost.cpu,
        "rss_mb": cost.rss / _MB,
        "keys_per_s": keys / cost.wall,
        "cpu_us": cost.cpu / keys * _MB,
        "ratio": synced.wall / cost.wall,
        "cpu_ratio": synced.cpu / cost.cpu,
    }


def _write(index: Path, root: Path, bucket: str, files: int, name: str, written: _Format) -> None:  # noqa: PLR0913, PLR0917
    """Write what an index holds as an inventory, of an instant after all of it."""
    data = root / bucket / "all" / "data"
    data.mkdir(parents=True)
    told = []
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{index}' AS index (READ_ONLY)")
        connection.execute("USE index")
        for number in range(files):
            path = data / f"{number}.{written.suffix}"
            copy = _COPY.format(files=files, number=number, path=path, options=written.options, **written.columns)
            connection.execute(copy, {"bucket": bucket})
            content = path.read_bytes()
            key = str(path.relative_to(root))
            told.append({"key": key, "size": len(content), "MD5checksum": hashlib.md5(content).hexdigest()})
    manifest = {
        "sourceBucket": bucket,
        "destinationBucket": "arn:aws:s3:::reports",
        "version": "2016-11-30",
        "creationTimestamp": "1798761600000",
        "fileFormat": name,
        "fileSchema": written.schema,
        "files": told,
    }
    _finish(root / bucket / "all" / "2027-01-01T00-00Z", json.dumps(manifest).encode())


def _finish(folder: Path, manifest: bytes) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "manifest.checksum").write_text(hashlib.md5(manifest).hexdigest())


def _proof(index: Path) -> tuple[int, int]:
    with duckdb.connect(str(index), read_only=True) as connection:
        sql = "SELECT sum(keys)::BIGINT, (sum(key_hash::HUGEINT) % 18446744073709551616)::UBIGINT FROM receipts"
        ((keys, key_hash),) = connection.execute(sql).fetchall()
    return keys, key_hash


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=20_000_000, help="how many keys (default 20,000,000)")
    parser.add_argument("--files", type=int, default=20, help="files of the inventory (default 20)")
    parser.add_argument(
        "--latency", type=float, default=0, help="milliseconds before each listing's answer (default 0)"
    )
    parser.add_argument("--prefix", default="shots/2026/", help="what every key begins with")
    parser.add_argument("--folder", help="where files are kept meanwhile (default: the system's temporary folder)")
    return parser


if __name__ == "__main__":
    main()
