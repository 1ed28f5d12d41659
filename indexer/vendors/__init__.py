"""The storage vendors: one adapter each behind the contract of ``base``, regions and refusals as data."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from indexer.vendors.base import Lister, Storage

# Each adapter's module and class. A module brings in its vendor's SDK, so it is loaded when a bucket is opened.
ADAPTERS = {
    "local": ("local", "LocalLister"),
    "s3": ("s3", "S3Lister"),
    "s3-compatible": ("s3", "S3Lister"),
    "oss": ("oss", "OssLister"),
    "cos": ("cos", "CosLister"),
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


def open_lister(storage: Storage, connections: int = 1) -> Lister:
    """Connect to a bucket, with as many connections kept open as threads will ask at once.

    Raises:
        VendorError: there are no credentials, or the SDK refuses the settings.
    """
    module, adapter = ADAPTERS[storage.vendor]
    return cast("Lister", getattr(import_module(f"{__name__}.{module}"), adapter)(storage, connections))
