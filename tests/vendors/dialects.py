"""Each adapter with the double that it is tested against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from doubles.azure import AZURE
from doubles.bos import BOS
from doubles.cos import COS
from doubles.oss import OSS
from doubles.qiniu import KODO
from doubles.s3 import GCS, KS3, OBS, S3

from indexer.vendors import VENDORS, open_lister

if TYPE_CHECKING:
    from doubles.double import BucketDouble, Dialect

    from indexer.vendors.base import Lister


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter by its vendor name.

    ``with_tokens`` is whether it goes on by token, not by key, and ``with_codes`` whether its vendor tells errors by
    code, and not by the status alone. ``unwritten`` are the faults, by name, that its vendor's answers have no place
    for.
    """

    vendor: str
    dialect: Dialect
    with_tokens: bool
    with_codes: bool = True
    unwritten: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.vendor

    @property
    def module(self) -> str:
        """Where the adapter is written."""
        return f"indexer.vendors.{VENDORS[self.vendor].adapter.partition('.')[0]}"

    def lister(self, double: BucketDouble, prefix: str = "") -> Lister:
        """A lister of a double's bucket; the double is its domain too, where the vendor gives objects by one."""
        found = double.storage(prefix=prefix, vendor=self.vendor)
        return open_lister(replace(found, domain=found.endpoint))


_PLAIN_KEYS = "plain keys"
"""JSON has no url-encoded keys, nor a claim that they are."""

ADAPTERS = (
    Adapter(
        "qiniu",
        KODO,
        with_tokens=True,
        with_codes=False,
        # An answer of Kodo's names neither, and says that more follows by its marker alone.
        unwritten=(_PLAIN_KEYS, "other bucket", "other prefix", "truncated without position"),
    ),
    Adapter("s3", S3, with_tokens=True),
    Adapter("s3-compatible", S3, with_tokens=False),
    Adapter("ks3", KS3, with_tokens=False),
    Adapter("azure", AZURE, with_tokens=True),
    Adapter("gcs", GCS, with_tokens=True),
    Adapter("obs", OBS, with_tokens=False),
    Adapter("bos", BOS, with_tokens=False, unwritten=(_PLAIN_KEYS,)),
    Adapter("oss", OSS, with_tokens=True),
    Adapter("cos", COS, with_tokens=False),
)
