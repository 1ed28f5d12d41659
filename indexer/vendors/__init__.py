"""The storage vendors: one adapter each behind the contract of ``base``, regions and refusals as data."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from indexer.vendors.renewing import RenewingLister

if TYPE_CHECKING:
    from indexer.vendors.base import Lister, Storage


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor: the platform's number for it, what people call it, its adapter, and the adapter's way in.

    A module brings in its vendor's SDK, so it is loaded when a bucket is opened.
    """

    number: int | None
    title: str
    adapter: str
    way_in: str


VENDORS: dict[str, Vendor] = {
    "local": Vendor(None, "a folder", "local.LocalLister", "the file system"),
    "s3": Vendor(1, "Amazon S3", "s3.S3Lister", "boto3, ListObjectsV2"),
    "oss": Vendor(2, "Alibaba OSS", "oss.OssLister", "oss2, ListObjectsV2, OSS4-HMAC-SHA256"),
    "cos": Vendor(3, "Tencent COS", "cos.CosLister", "cos-python-sdk-v5, GET Bucket"),
    "s3-compatible": Vendor(11, "self-hosted, S3-compatible", "s3.S3Lister", "boto3, ListObjects"),
}
"""Every vendor by its name in the configuration, in the order of the platform's numbers."""


def open_lister(storage: Storage, connections: int = 1) -> Lister:
    """Connect to a bucket, with as many connections kept open as threads will ask at once.

    Credentials that expire in the midst of a listing are fetched again once.

    Raises:
        VendorError: there are no credentials, or the SDK refuses the settings.
    """
    module, adapter = VENDORS[storage.vendor].adapter.split(".")
    opened = getattr(import_module(f"{__name__}.{module}"), adapter)
    return RenewingLister(lambda: cast("Lister", opened(storage, connections)))
