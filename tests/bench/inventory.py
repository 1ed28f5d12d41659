"""An inventory beside a sync of the same keys: ``python -m tests.bench.inventory``.

A sync lists a local server's bucket. What it found is written as S3 writes an inventory, gzipped CSV with the keys of
every session in every file, and ``indexer inventory`` loads that into an index of its own. Both indexes have to hold
the same keys by the hash of their receipts. ``ratio`` is how many times faster it was by the clock, ``cpu_ratio`` by
the seconds of all processors; the server's are in neither.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from . import environments
from .measuring import BenchmarkError, Cost, measured_in_silence
from .report import machine, table
from .serving import serving

if TYPE_CHECKING:
    from .report import Row

_MB = 1_000_000
_SCHEMA = (
    "Bucket, Key, Size, LastModifiedDate, ETag, StorageClass, IsMultipartUploaded, ReplicationStatus, EncryptionStatus"
)
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
_COPY = """
COPY (
    SELECT
        $bucket, replace(url_encode(key), '%2F', '/'), size::VARCHAR,
        strftime(last_modified, '%Y-%m-%dT%H:%M:%S.%gZ'), etag, storage_class, 'false', '', 'NOT-SSE'
    FROM objects
    WHERE hash(key, 7) % {files} = {number}
) TO '{path}' (FORMAT csv, HEADER false, FORCE_QUOTE *, COMPRESSION gzip)
"""


def main() -> None:
    """Measure once, and print."""
    options = _parser().parse_args()
    print(f"{options.keys:,} keys in {options.files} files, {machine()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=options.folder) as folder:
        rows = _measured(Path(folder), options.keys, options.files, options.prefix)
    print(table(rows))
    print(f"load afterwards: {machine()['load']}", flush=True)


def _measured(folder: Path, keys: int, files: int, prefix: str) -> list[Row]:
    environment = {"BENCH_ACCESS": "made-up", "BENCH_SECRET": "made-up", **environments.here().environment}
    indexer = environments.here().indexer
    with serving(keys=keys, prefix=prefix) as server:
        text = _CONFIG.format(bucket=server.bucket, url=server.url, prefix=json.dumps(prefix.strip("/").split("/")))
        (folder / "indexer.toml").write_text(text)
        synced = measured_in_silence([*indexer, "sync"], folder, environment)
    written = folder / "inventory"
    _write(folder / "index.duckdb", written, server.bucket, files)
    command = [*indexer, "inventory", str(written), "--index", "loaded.duckdb"]
    loaded = measured_in_silence(command, folder, environment)
    proofs = {_proof(folder / name) for name in ("index.duckdb", "loaded.duckdb")}
    if len(proofs) != 1 or next(iter(proofs))[0] != keys:
        raise BenchmarkError(f"the indexes do not hold the same keys: {proofs}")
    return [_row("indexer sync", synced, synced, keys), _row("indexer inventory", loaded, synced, keys)]


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


def _write(index: Path, root: Path, bucket: str, files: int) -> None:
    """Write what an index holds as an inventory, of an instant after all of it."""
    data = root / bucket / "all" / "data"
    data.mkdir(parents=True)
    told = []
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{index}' AS index (READ_ONLY)")
        connection.execute("USE index")
        for number in range(files):
            path = data / f"{number}.csv.gz"
            connection.execute(_COPY.format(files=files, number=number, path=path), {"bucket": bucket})
            content = path.read_bytes()
            key = str(path.relative_to(root))
            told.append({"key": key, "size": len(content), "MD5checksum": hashlib.md5(content).hexdigest()})
    manifest = {
        "sourceBucket": bucket,
        "destinationBucket": "arn:aws:s3:::reports",
        "version": "2016-11-30",
        "creationTimestamp": "1798761600000",
        "fileFormat": "CSV",
        "fileSchema": _SCHEMA,
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
    parser.add_argument("--prefix", default="shots/2026/", help="what every key begins with")
    parser.add_argument("--folder", help="where files are kept meanwhile (default: the system's temporary folder)")
    return parser


if __name__ == "__main__":
    main()
