"""The storage vendors: one adapter each behind the contract of ``base``, regions and refusals as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.vendors.cos import CosLister
from indexer.vendors.local import LocalLister
from indexer.vendors.oss import OssLister
from indexer.vendors.s3 import S3Lister

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.vendors.base import Lister, Storage

ADAPTERS: dict[str, Callable[[Storage], Lister]] = {
    "local": LocalLister,
    "s3": S3Lister,
    "s3-compatible": S3Lister,
    "oss": OssLister,
    "cos": CosLister,
}

NUMBERS: dict[int, str] = {
    0: "qiniu",
    1: "s3",
    2: "oss",
    3: "cos",
    4: "ks3",
    5: "azure",
    6: "gcs",
    7: "obs",
    8: "bos",
    11: "s3-compatible",
}
"""Agora's vendor numbers, those without an adapter here among them."""


def open_lister(storage: Storage) -> Lister:
    """Connect to a bucket.

    Raises:
        VendorError: there are no credentials, or the SDK refuses the settings.
    """
    return ADAPTERS[storage.vendor](storage)
