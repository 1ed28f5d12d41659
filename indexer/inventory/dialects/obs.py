"""Huawei OBS: plain CSV, no MD5 and no marker; a manifest is there when the rest is, and counts the rows of each file.

Source: https://support.huaweicloud.com/usermanual-obs/obs_03_0084.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.inventory.dialects import s3
from indexer.inventory.dialects.dialect import OLD_VERSIONS, S3_COLUMNS, Dialect
from indexer.inventory.manifest import Manifest, bare_bucket, columns, file_format
from indexer.inventory.stamps import stamp_of

if TYPE_CHECKING:
    from datetime import datetime

    from indexer.inventory.manifest import Fields


def read(told: Fields) -> Manifest:
    """Read a manifest, whose instant stands in its folder's name."""
    files = told.each("files")
    counted = all("inventoriedRecord" in each for each in files)
    return Manifest(
        vendor="obs",
        name=told.manifest,
        buckets=(bare_bucket(told.text("sourceBucket")),),
        snapshot=_snapshot(told),
        format=file_format(told.text("fileFormat"), told.manifest),
        columns=columns(told.text("fileSchema")),
        files=s3.files(told),
        rows=sum(each.number("inventoriedRecord") for each in files) if counted else None,
    )


def _snapshot(told: Fields) -> datetime:
    if "creationTimestamp" in told:
        return told.time("creationTimestamp")
    moment = stamp_of(told.manifest)
    if moment is None:
        raise told.refused("creationTimestamp", "is missing, and its name has no instant: keep the folders it came in")
    return moment


DIALECT = Dialect("obs", s3.MANIFEST, None, read, S3_COLUMNS, OLD_VERSIONS)
