"""How each vendor writes its inventories: one module a vendor, behind one ``Dialect``."""

from __future__ import annotations

from indexer.inventory.dialects import azure, cos, gcs, obs, oss, s3
from indexer.inventory.dialects.dialect import Dialect

__all__ = ["DIALECTS", "Dialect"]

DIALECTS: dict[str, Dialect] = {
    "s3": s3.DIALECT,
    "s3-compatible": s3.DIALECT,
    "oss": oss.DIALECT,
    "cos": cos.DIALECT,
    "azure": azure.DIALECT,
    "gcs": gcs.DIALECT,
    "obs": obs.DIALECT,
}
"""By the vendor of a source; a store that speaks S3 and writes inventories writes those of S3."""
