"""Azure Blob Storage: ``RULE-manifest.json``, there from the start, and ``RULE-manifest.checksum``, there at the end.

Source: https://learn.microsoft.com/azure/storage/blobs/blob-inventory
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.errors import InventoryRefused
from indexer.inventory.dialects.dialect import ANYTHING, Dialect
from indexer.inventory.manifest import InventoryFile, Manifest, file_format

if TYPE_CHECKING:
    from indexer.inventory.manifest import Fields


def read(told: Fields) -> Manifest:
    """Read the manifest of a rule; the names in its files begin with their container's.

    Raises:
        InventoryRefused: it did not succeed, or its rule leaves out what a listing would show.
    """
    if told.text("status") != "Succeeded":
        raise InventoryRefused(told.manifest, f"its status is {told.text('status')!r}, and not 'Succeeded'")
    rule = told.inner("ruleDefinition")
    scopes = _scopes(rule, told.manifest)
    return Manifest(
        vendor="azure",
        name=told.manifest,
        buckets=(),
        snapshot=told.time("inventoryStartTime"),
        format=file_format(rule.text("format"), told.manifest),
        columns=tuple(rule.texts("schemaFields")),
        files=tuple(
            InventoryFile(each.text("blob"), each.number("size"), each.md5("md5", "MD5checksum"))
            for each in told.each("files")
        ),
        header=True,
        scopes=scopes,
    )


def _scopes(rule: Fields, manifest: str) -> tuple[str, ...] | None:
    """What the names of a rule begin with, container and all."""
    if "objectType" in rule and rule.text("objectType") != "blob":
        raise InventoryRefused(manifest, "it lists containers, and not blobs")
    if "filters" not in rule:
        return None
    filters = rule.inner("filters")
    for partial in ("excludePrefix", "creationTime"):
        if partial in filters:
            raise InventoryRefused(manifest, f"its rule filters by {partial}, so it is no list of all there is")
    return tuple(filters.texts("prefixMatch")) if "prefixMatch" in filters else None


DIALECT = Dialect(
    vendor="azure",
    manifest=re.compile(r".*-manifest\.json"),
    checksum=lambda manifest: manifest.removesuffix("json") + "checksum",
    read=read,
    columns={
        "name": "key",
        "contentlength": "size",
        "etag": "etag",
        "lastmodified": "last_modified",
        "accesstier": "storage_class",
    },
    dropped={"snapshot": ANYTHING, "iscurrentversion": "false", "deleted": "true", "isdeleted": "true"},
    key_encoding="none",
    in_container=True,
)
