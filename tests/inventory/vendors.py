"""Each vendor's inventories: its columns, its rows, and manifests like those in its documents, with made-up values."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from inventory.writing import BUCKET, Vendor, Written, snake

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store.listings import Found

APPID = "1250000000"
STAMP = "2026-11-20T09-00Z"


def iso(microseconds: int) -> str:
    """An instant as the vendors write it."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _like_s3(key: str, one: Found) -> dict[str, Any]:
    return {
        "Appid": APPID,
        "Bucket": BUCKET,
        "Key": key,
        "VersionId": "",
        "IsLatest": "true",
        "IsDeleteMarker": "false",
        "Size": one.size,
        "LastModifiedDate": iso(one.last_modified),
        "ETag": one.etag or "",
        "StorageClass": one.storage_class or "",
        "IsMultipartUploaded": "true",
        "ReplicationStatus": "",
        "EncryptionStatus": "NOT-SSE",
    }


def _azure(key: str, one: Found) -> dict[str, Any]:
    return {
        "Name": f"{BUCKET}/{key}",
        "Content-Length": one.size,
        "Last-Modified": iso(one.last_modified),
        "Etag": one.etag or "",
        "AccessTier": one.storage_class or "",
        "BlobType": "BlockBlob",
        "IsCurrentVersion": "true",
    }


def _gcs(key: str, one: Found) -> dict[str, Any]:
    md5 = base64.b64encode(bytes.fromhex(one.etag)).decode() if one.etag and len(one.etag) == 32 else ""
    return {
        "project": "made-up",
        "bucket": BUCKET,
        "name": key,
        "size": one.size,
        "updated": iso(one.last_modified),
        "storageClass": one.storage_class or "",
        "etag": "CJ+made-up=" if md5 else one.etag or "",
        "md5Hash": md5,
    }


def _s3_manifest(told: dict[str, Any], units: int) -> Callable[[Path, Written], Path]:
    """A ``manifest.json`` beside its checksum, its instant in so many units a second."""

    def manifest(root: Path, written: Written) -> Path:
        files = [{"key": key, "size": size, "MD5checksum": digest} for key, size, digest, _ in written.files]
        columns = written.vendor.columns
        schema = ", ".join(columns)
        if written.format == "Parquet":
            fields = "; ".join(_message_field(snake(column)) for column in columns)
            schema = f"message s3.inventory {{ {fields}; }}"
        if written.format == "ORC":
            schema = f"struct<{','.join(f'{snake(column)}:{_orc_kind(snake(column))}' for column in columns)}>"
        instant = str(int(written.snapshot.replace(tzinfo=UTC).timestamp()) * units)
        whole = {
            "creationTimestamp": instant,
            "fileFormat": written.format,
            "fileSchema": schema,
            "files": files,
            **told,
        }
        return checked(root / written.vendor.folder / f"{written.snapshot:%Y-%m-%dT%H-%MZ}" / "manifest.json", whole)

    return manifest


def _message_field(column: str) -> str:
    kinds = {"size": "int64", "is_latest": "boolean", "is_delete_marker": "boolean"}
    if column == "last_modified_date":
        return "optional int64 last_modified_date (TIMESTAMP_MILLIS)"
    if column in kinds:
        return f"optional {kinds[column]} {column}"
    return f"{'required' if column in {'bucket', 'key'} else 'optional'} binary {column} (UTF8)"


def _orc_kind(column: str) -> str:
    kinds = {"size": "bigint", "last_modified_date": "timestamp", "is_latest": "boolean", "is_delete_marker": "boolean"}
    return kinds.get(column, "string")


def checked(path: Path, told: object) -> Path:
    """Write a manifest and, after it, its checksum."""
    content = json.dumps(told, indent=4).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_suffix(".checksum").write_text(hashlib.md5(content).hexdigest() + "\n")
    return path


def _cos_manifest(root: Path, written: Written) -> Path:
    files = [{"key": key, "size": str(size), "md5Checksum": digest} for key, size, digest, _ in written.files]
    told = {
        "sourceAppid": APPID,
        "sourceBucket": BUCKET.removesuffix(f"-{APPID}"),
        "destinationAppid": APPID,
        "destinationBucket": "reports-1250000000",
        "fileFormat": "CSV",
        "listObjectCount": str(sum(rows for *_, rows in written.files)),
        "listStorageSize": "7212835",
        "filterObjectCount": str(sum(rows for *_, rows in written.files)),
        "filterStorageSize": "7212835",
        "fileSchema": ", ".join(written.vendor.columns),
        "files": files,
    }
    # Of a clock eight hours ahead, this is the snapshot's instant.
    return checked(root / written.vendor.folder / "2026-11-20-17-00" / "manifest.json", told)


def _obs_manifest(root: Path, written: Written) -> Path:
    files = ", ".join(
        f'{{ "key":"{quote(key, safe="")}", "size":{size}, "inventoriedRecord":{rows}, }}'
        for key, size, _, rows in written.files
    )
    path = root / written.vendor.folder / STAMP / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'{{ "sourceBucket":"{BUCKET}", "destinationBucket":"reports", "version":"2019-01-03", "fileFormat":"CSV",\n'
        f'  "fileSchema":"{",".join(written.vendor.columns)}",\n  "files":[ {files} ] }}'
    )
    return path


def _azure_manifest(root: Path, written: Written) -> Path:
    told = {
        "destinationContainer": "reports",
        "endpoint": "https://made-up.blob.core.windows.net",
        "files": [{"blob": name, "size": size} for name, size, *_ in written.files],
        "inventoryCompletionTime": "2026-11-20T09:10:20Z",
        "inventoryStartTime": "2026-11-20T09:00:00Z",
        "ruleDefinition": {
            "filters": {
                "blobTypes": ["blockBlob"],
                "includeBlobVersions": False,
                "includeSnapshots": False,
                "prefixMatch": [BUCKET],
            },
            "format": written.format.lower(),
            "objectType": "blob",
            "schedule": "daily",
            "schemaFields": list(written.vendor.columns),
        },
        "ruleName": "Rule_1",
        "status": "Succeeded",
        "summary": {"objectCount": 110000, "totalObjectSize": 23789775},
        "version": "1.0",
    }
    return checked(root / written.vendor.folder / "Rule_1-manifest.json", told)


def _gcs_manifest(root: Path, written: Written) -> Path:
    names = [name.rpartition("/")[2] for name, *_ in written.files]
    path = (root / written.files[0][0]).with_name("0f1e2d3c_2026-11-20T09:00_manifest.json")
    told = {
        "report_config": {"display_name": "inventory-config", "csv_options": {"header_required": True}},
        "records_processed": sum(rows for *_, rows in written.files),
        "snapshot_time": "2026-11-20T09:00:00Z",
        "shard_count": len(names),
        "report_shards_file_names": names,
    }
    path.write_text(json.dumps(told))
    return path


def _gone(*columns: tuple[str, str], **more: str) -> dict[str, Any]:
    """A row of an object that a listing does not show."""
    row = {
        "Appid": APPID,
        "Bucket": BUCKET,
        "bucket": BUCKET,
        "Key": "not-shown.jpg",
        "name": "not-shown.jpg",
        "Name": f"{BUCKET}/not-shown.jpg",
        "Size": 7,
        "size": 7,
        "Content-Length": 7,
        "LastModifiedDate": "2026-11-19T00:00:00Z",
        "Last-Modified": "2026-11-19T00:00:00Z",
        "updated": "2026-11-19T00:00:00Z",
    }
    return row | dict(columns) | more


_VERSIONED = (
    _gone(IsLatest="false", IsDeleteMarker="false"),
    _gone(IsLatest="true", IsDeleteMarker="true"),
)
_S3_COLUMNS = (
    "Bucket",
    "Key",
    "VersionId",
    "IsLatest",
    "IsDeleteMarker",
    "Size",
    "LastModifiedDate",
    "ETag",
    "StorageClass",
    "IsMultipartUploaded",
    "ReplicationStatus",
    "EncryptionStatus",
)

S3 = Vendor(
    "s3",
    _S3_COLUMNS,
    _like_s3,
    _VERSIONED,
    _s3_manifest(
        {
            "sourceBucket": BUCKET,
            "destinationBucket": "arn:aws:s3:::reports",
            "version": "2016-11-30",
        },
        1000,
    ),
    f"Inventory/{BUCKET}/all",
)
OSS = Vendor(
    "oss",
    (
        "Bucket",
        "Key",
        "VersionId",
        "IsLatest",
        "IsDeleteMarker",
        "Size",
        "StorageClass",
        "LastModifiedDate",
        "ETag",
        "IsMultipartUploaded",
        "EncryptionStatus",
        "ObjectAcl",
        "TaggingCount",
        "ObjectType",
        "CRC64",
    ),
    _like_s3,
    _VERSIONED,
    _s3_manifest(
        {
            "sourceBucket": BUCKET,
            "destinationBucket": "reports",
            "version": "2019-09-01",
        },
        1,
    ),
    f"dest-prefix/{BUCKET}/all",
)
COS = Vendor(
    "cos",
    (
        "Appid",
        "Bucket",
        "Key",
        "Size",
        "LastModifiedDate",
        "ETag",
        "StorageClass",
        "IsMultipartUploaded",
        "ReplicationStatus",
    ),
    _like_s3,
    (),
    _cos_manifest,
    f"cos_bucket_inventory/{APPID}/shots/inventory01",
)
OBS = Vendor(
    "obs",
    (
        "Bucket",
        "Key",
        "Size",
        "LastModifiedDate",
        "ETag",
        "StorageClass",
        "IsMultipartUploaded",
        "ReplicationStatus",
        "EncryptionStatus",
    ),
    _like_s3,
    (),
    _obs_manifest,
    f"inventory/{BUCKET}/test_id",
    gzipped=False,
)
AZURE = Vendor(
    "azure",
    (
        "Name",
        "Last-Modified",
        "Content-Length",
        "BlobType",
        "Etag",
        "AccessTier",
        "Snapshot",
        "VersionId",
        "IsCurrentVersion",
        "Deleted",
    ),
    _azure,
    (
        _gone(("Snapshot", "2026-11-19T01:00:00.0000000Z")),
        _gone(("IsCurrentVersion", "false")),
        _gone(("Deleted", "true")),
        _gone(("Name", "another-container/not-ours.jpg")),
    ),
    _azure_manifest,
    "2026/11/20/09-00-00/Rule_1",
    gzipped=False,
    header=True,
    encode=str,
)
GCS = Vendor(
    "gcs",
    (
        "project",
        "bucket",
        "name",
        "location",
        "size",
        "timeCreated",
        "timeDeleted",
        "updated",
        "storageClass",
        "etag",
        "retentionExpirationTime",
        "crc32c",
        "md5Hash",
        "generation",
        "metageneration",
        "contentType",
        "contentEncoding",
        "timeStorageClassUpdated",
    ),
    _gcs,
    (_gone(timeDeleted="2026-11-19T01:00:00Z"),),
    _gcs_manifest,
    "reports",
    gzipped=False,
    header=True,
    encode=str,
)
VENDORS = {vendor.name: vendor for vendor in (S3, OSS, COS, AZURE, GCS, OBS)}
