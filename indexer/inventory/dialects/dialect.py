"""What tells one vendor's inventories from another's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping

    from indexer.inventory.manifest import Fields, Manifest

KeyEncoding = Literal["url", "form", "none"]
Role = Literal["bucket", "key", "size", "etag", "md5", "last_modified", "storage_class"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vendor's inventories.

    ``manifest`` matches a manifest's whole name, and ``checksum`` gives the name of the file that is written last, when
    all others are there, and holds the manifest's MD5. ``columns`` says which column is what, and ``dropped`` in which
    columns which value marks a row that a listing would not show: an old version, a delete marker, a snapshot. The
    columns of both are spelled in lower case, with letters and digits alone. ``key_encoding`` is how the keys of CSV
    files are written; those of Parquet stand as they are. ``in_container`` says that keys begin with their bucket.
    """

    vendor: str
    manifest: re.Pattern[str]
    checksum: Callable[[str], str] | None
    read: Callable[[Fields], Manifest]
    columns: Mapping[str, Role]
    dropped: Mapping[str, str] = field(default_factory=dict)
    key_encoding: KeyEncoding = "url"
    in_container: bool = False


ANYTHING = "anything"
"""In ``dropped``: any value but an empty one."""

S3_COLUMNS: Mapping[str, Role] = {
    "bucket": "bucket",
    "key": "key",
    "size": "size",
    "lastmodifieddate": "last_modified",
    "etag": "etag",
    "storageclass": "storage_class",
}
"""The columns of S3, which OSS, COS and OBS took over."""

OLD_VERSIONS: Mapping[str, str] = {"islatest": "false", "isdeletemarker": "true"}
