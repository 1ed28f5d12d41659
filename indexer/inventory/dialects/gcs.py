"""Google Cloud Storage: ``UUID_DATETIME_manifest.json`` of Storage Insights, without sizes and MD5; it counts its rows.

Sources: https://docs.cloud.google.com/storage/docs/insights/inventory-reports, and code of others that reads them: the
vendor shows no whole manifest. The etag that a listing over S3's API shows is the MD5, which stands in base64 here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.errors import InventoryRefused
from indexer.inventory.dialects.dialect import ANYTHING, Dialect
from indexer.inventory.manifest import FileFormat, InventoryFile, Manifest

if TYPE_CHECKING:
    from indexer.inventory.manifest import Fields

# What reports hold, in this order, unless they are configured otherwise.
_COLUMNS = (
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
)


def read(told: Fields) -> Manifest:
    """Read a manifest; its files stand beside it, and their bucket is told by their rows alone."""
    folder = told.manifest.rpartition("/")[0]
    names = told.texts("report_shards_file_names")
    config = told.inner("report_config") if "report_config" in told else None
    return Manifest(
        vendor="gcs",
        name=told.manifest,
        buckets=(),
        snapshot=told.time("snapshot_time"),
        format=_format(names, told.manifest),
        columns=tuple(config.texts("metadata_fields") if config and "metadata_fields" in config else _COLUMNS),
        files=tuple(InventoryFile(f"{folder}/{name}" if folder else name, None) for name in names),
        header=_has_header(config),
        rows=told.number("records_processed"),
    )


def _has_header(config: Fields | None) -> bool:
    return config is not None and "csv_options" in config and config.inner("csv_options").flag("header_required")


def _format(names: list[str], manifest: str) -> FileFormat:
    if all(name.endswith(".csv") for name in names):
        return "csv"
    if all(name.endswith(".parquet") for name in names):
        return "parquet"
    raise InventoryRefused(manifest, "its files are neither all .csv nor all .parquet")


DIALECT = Dialect(
    vendor="gcs",
    manifest=re.compile(r"(.*/)?([^/]*_)?manifest\.json"),
    checksum=None,
    read=read,
    columns={
        "bucket": "bucket",
        "name": "key",
        "size": "size",
        "etag": "etag",
        "md5hash": "md5",
        "updated": "last_modified",
        "storageclass": "storage_class",
    },
    dropped={"timedeleted": ANYTHING},
    key_encoding="none",
)
