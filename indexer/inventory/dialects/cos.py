"""Tencent COS: numbers are texts, the MD5 has two spellings, and one generation of manifests tells no instant.

Source: https://cloud.tencent.com/document/product/436/33702
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.inventory.dialects import s3
from indexer.inventory.dialects.dialect import OLD_VERSIONS, S3_COLUMNS, Dialect
from indexer.inventory.manifest import Manifest, bare_bucket, columns, file_format
from indexer.inventory.stamps import earliest_of

if TYPE_CHECKING:
    from datetime import datetime

    from indexer.inventory.manifest import Fields


def read(told: Fields) -> Manifest:
    """Read a manifest of either generation; a bucket is called by its name with its APPID, or without."""
    return Manifest(
        vendor="cos",
        name=told.manifest,
        buckets=_buckets(told),
        snapshot=_snapshot(told),
        format=file_format(told.text("fileFormat"), told.manifest),
        columns=columns(told.text("fileSchema")),
        files=s3.files(told),
    )


def _buckets(told: Fields) -> tuple[str, ...]:
    bucket = bare_bucket(told.text("sourceBucket"))
    if "sourceAppid" not in told:
        return (bucket,)
    appid = told.text("sourceAppid")
    plain = bucket.removesuffix(f"-{appid}")
    return (f"{plain}-{appid}", plain)


def _snapshot(told: Fields) -> datetime:
    if "creationTimestamp" in told:
        return told.time("creationTimestamp")
    moment = earliest_of(told.manifest)
    if moment is None:
        raise told.refused("creationTimestamp", "is missing, and its name has no day: keep the folders it came in")
    return moment


DIALECT = Dialect("cos", s3.MANIFEST, s3.checksum, read, S3_COLUMNS, OLD_VERSIONS)
