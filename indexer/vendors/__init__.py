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

    A module brings in its vendor's SDK, so it is loaded when a bucket is opened. ``right`` is the vendor's word for
    what a key needs to list, ``right_to_read`` for what it needs to read an inventory. ``default_region`` is what a
    signature names where there is an endpoint and no region. ``bucket_names`` is the rule of the vendor's bucket names,
    where a name of another kind leads elsewhere.
    """

    number: int | None
    title: str
    adapter: str
    way_in: str
    right: str | None = None
    right_to_read: str | None = None
    default_region: str | None = None
    bucket_names: BucketNames | None = None
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class BucketNames:
    """What a bucket's name has to look like, as a pattern for all of it, and in words."""

    pattern: str
    rule: str


VENDORS: dict[str, Vendor] = {
    "local": Vendor(None, "a folder", "local.LocalLister", "the file system", is_folder=True),
    "qiniu": Vendor(
        number=0,
        title="Qiniu Kodo",
        adapter="qiniu.QiniuLister",
        way_in="its own list API over HTTPS",
    ),
    "s3": Vendor(
        number=1,
        title="Amazon S3",
        adapter="s3.S3Lister",
        way_in="boto3, ListObjectsV2",
        right="s3:ListBucket",
        right_to_read="s3:GetObject",
        default_region="us-east-1",  # what stores that speak S3 and know no regions expect to be named
    ),
    "oss": Vendor(
        number=2,
        title="Alibaba OSS",
        adapter="oss.OssLister",
        way_in="oss2, ListObjectsV2, OSS4-HMAC-SHA256",
        right="oss:ListObjects",
        right_to_read="oss:GetObject",
    ),
    "cos": Vendor(
        number=3,
        title="Tencent COS",
        adapter="cos.CosLister",
        way_in="cos-python-sdk-v5, GET Bucket",
        right="cos:GetBucket",
        right_to_read="cos:GetObject",
        # The SDK takes a name without its APPID, and asks a host that belongs to nobody.
        bucket_names=BucketNames(r".+-[0-9]+", "a COS bucket's name ends with its APPID, as in shots-1250000000"),
    ),
    "ks3": Vendor(
        number=4,
        title="Kingsoft KS3",
        adapter="s3.S3Lister",
        way_in="boto3, ListObjects",
        right="ks3:ListBucket",
        right_to_read="ks3:GetObject",
    ),
    "azure": Vendor(
        number=5,
        title="Azure Blob Storage",
        adapter="azure.AzureLister",
        way_in="its REST API, List Blobs, SharedKey",
    ),
    "gcs": Vendor(
        number=6,
        title="Google Cloud Storage",
        adapter="s3.S3Lister",
        way_in="boto3 with HMAC keys, ListObjectsV2",
        right="storage.objects.list",
        right_to_read="storage.objects.get",
        default_region="auto",
    ),
    "obs": Vendor(
        number=7,
        title="Huawei OBS",
        adapter="s3.S3Lister",
        way_in="boto3, ListObjects",
        right="obs:bucket:ListBucket",
        right_to_read="obs:object:GetObject",
    ),
    "bos": Vendor(
        number=8,
        title="Baidu BOS",
        adapter="bos.BosLister",
        way_in="its own ListObjects over HTTPS",
        right="LIST",
        right_to_read="READ",
    ),
    "s3-compatible": Vendor(
        number=11,
        title="self-hosted, S3-compatible",
        adapter="s3.S3Lister",
        way_in="boto3, ListObjects",
        right="s3:ListBucket",
        right_to_read="s3:GetObject",
    ),
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
