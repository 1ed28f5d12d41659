"""What ``[sources.NAME.inventory]`` says: where the vendor's own lists of a bucket are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indexer.config.places import StorageReader
from indexer.config.secrets import check_secrecy
from indexer.config.settings import InventorySettings, StorageSettings, place, read_table
from indexer.errors import Mistake

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.inventory.dialects.dialect import KeyEncoding
    from indexer.vendors.base import Storage

SECRETS = ("accessKey", "secretKey", "stsToken")


@dataclass(frozen=True, slots=True)
class InventoryPlace:
    """Where a source's inventories are: a manifest or folder on this machine, or a bucket and prefix.

    One that is older than ``max_age_hours`` is not used. ``key_encoding`` overrides what the vendor is taken to write.
    """

    path: Path | None = None
    storage: Storage | None = None
    key_encoding: KeyEncoding | None = None
    max_age_hours: float = 48.0


def read_inventory(
    raw: object, source: Storage, table: str, path: Path, mistakes: list[Mistake]
) -> InventoryPlace | None:
    """The place that a table means, ``None`` where there is none; what is wrong goes to ``mistakes``.

    What the table does not say of its bucket is as the source's own is.
    """
    if raw is None:
        return None
    table = f"{table}.inventory"
    if not isinstance(raw, dict):
        mistakes.append(Mistake(place(table), "must be a table"))
        return None
    settings = read_table(InventorySettings, raw, table, mistakes)
    if (settings.path is None) == (settings.bucket is None):
        mistakes.append(Mistake(place(table), "needs a path, or a bucket and its prefix, and not both"))
        return None
    here = path.absolute().parent / settings.path if settings.path is not None else None
    storage = _storage(settings, source, table, path, mistakes) if settings.bucket is not None else None
    return InventoryPlace(here, storage, settings.key_encoding, settings.max_age_hours)


def _storage(
    settings: InventorySettings, source: Storage, table: str, path: Path, mistakes: list[Mistake]
) -> Storage | None:
    told = settings.model_dump(include=set(StorageSettings.model_fields), exclude_none=True)
    prefix = settings.prefix
    if set(told) <= {"bucket"}:
        return replace(source, bucket=settings.bucket or "", prefix=prefix, domain=None)
    own = StorageSettings.model_validate({"vendor": source.vendor, "region": source.region, **told})
    mistakes += check_secrecy(own, SECRETS, table, path)
    found = StorageReader(own, table, path.absolute().parent, mistakes).storage()
    if found is None:
        return None
    return replace(found, prefix=prefix, credentials=found.credentials if _has_keys(own) else source.credentials)


def _has_keys(settings: StorageSettings) -> bool:
    return settings.accessKey is not None or settings.credentials is not None
