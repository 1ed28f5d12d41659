"""Amazon S3: ``…/YYYY-MM-DDTHH-MMZ/manifest.json`` beside ``manifest.checksum``.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.inventory.dialects.dialect import OLD_VERSIONS, S3_COLUMNS, Dialect
from indexer.inventory.manifest import InventoryFile, Manifest, bare_bucket, columns, file_format

if TYPE_CHECKING:
    from indexer.inventory.manifest import Fields

MANIFEST = re.compile(r"(.*/)?manifest\.json")


def checksum(manifest: str) -> str:
    """The checksum beside a ``manifest.json``, which is written after it."""
    return manifest.removesuffix("json") + "checksum"


def files(told: Fields) -> tuple[InventoryFile, ...]:
    """The files that a manifest names, in any of the spellings of S3 and those who followed it."""
    return tuple(
        InventoryFile(each.text("key"), each.number("size"), each.md5("MD5checksum", "md5Checksum"))
        for each in told.each("files")
    )


def read(told: Fields) -> Manifest:
    """Read a manifest, whose ``creationTimestamp`` is in milliseconds here and in seconds at OSS."""
    return Manifest(
        vendor="s3",
        name=told.manifest,
        buckets=(bare_bucket(told.text("sourceBucket")),),
        snapshot=told.time("creationTimestamp"),
        format=file_format(told.text("fileFormat"), told.manifest),
        columns=columns(told.text("fileSchema")),
        files=files(told),
    )


DIALECT = Dialect("s3", MANIFEST, checksum, read, S3_COLUMNS, OLD_VERSIONS)
