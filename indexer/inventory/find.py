"""Finds an inventory: the manifest that is named, or the newest complete one below a folder or a bucket's prefix."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from indexer.errors import InventoryRefused, NoSuchObject, UsageError
from indexer.inventory.dialects import DIALECTS, Dialect
from indexer.inventory.files import local_files
from indexer.inventory.manifest import Manifest, parsed, spellings
from indexer.inventory.stamps import stamp_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indexer.inventory.files import Files
    from indexer.vendors.base import Storage

_LARGEST_MANIFEST = 256 << 20
_LARGEST_CHECKSUM = 4096
# Every vendor has the files in the manifest's folder or in one beside it, whatever stands above in a copy or in the
# bucket. A hostile manifest finds nothing further up.
_ROOTS = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A manifest that was read and is complete, how its vendor writes, and where its files are."""

    manifest: Manifest
    dialect: Dialect
    files: Files
    root: Path | None = None

    def located(self, name: str) -> str:
        """Under which name a file of the manifest is found here.

        Raises:
            InventoryRefused: under none.
        """
        for candidate in self._candidates(name):
            try:
                self.files.size(candidate)
            except NoSuchObject:
                continue
            return candidate
        raise InventoryRefused(self.manifest.name, f"its file {name} is not there")

    def _candidates(self, name: str) -> Iterator[str]:
        if self.root is None:
            yield from spellings(name)
            return
        for spelled in spellings(name):
            parts = [part for part in spelled.split("/") if part not in {"", ".", ".."}]
            yield from ("/".join(parts[cut:]) for cut in range(len(parts)))


def dialect_of(storage: Storage) -> Dialect:
    """How the vendor of a bucket writes inventories.

    Raises:
        UsageError: none are known of this vendor.
    """
    dialect = DIALECTS.get(storage.vendor)
    if dialect is None:
        raise UsageError(f"inventories of vendor {storage.vendor} are not read: known are {', '.join(DIALECTS)}")
    return dialect


def named(path: Path, dialect: Dialect) -> Found:
    """The inventory of a manifest on this machine, in the folders that it came in or some of them.

    Raises:
        InventoryRefused: it is unfinished, damaged, or no such manifest.
    """
    root, files = path.parent, local_files(path)
    manifest = _complete(files, path.name, str(path), dialect)
    if manifest is None:
        raise InventoryRefused(str(path), "it is not finished: the checksum that is written last is not there")
    for _ in range(_ROOTS):
        found = Found(manifest, dialect, local_files(root), root)
        if not manifest.files or _has_first(found):
            return found
        root = root.parent
    raise InventoryRefused(
        str(path), f"its file {manifest.files[0].name} is not there, neither below its folder nor beside it"
    )


def newest(files: Files, dialect: Dialect, bucket: str, folder: Path | None = None) -> Found | None:
    """The newest complete inventory of a bucket among some files; ``None`` where there is none.

    What is of other buckets or not finished is passed over; a newest one that is damaged is refused, and no older one
    taken in its place. ``folder`` is where the files are, if they are on this machine.

    Raises:
        InventoryRefused: the newest one is damaged.
        VendorError: it cannot be read.
    """
    names = [name for name in files.names(files.prefix) if dialect.manifest.fullmatch(name)]
    for name in sorted(names, key=_age, reverse=True):
        manifest = _complete(files, name, str(folder / name) if folder else name, dialect)
        if manifest is not None and (not manifest.buckets or bucket in manifest.buckets):
            return named(folder / name, dialect) if folder else Found(manifest, dialect, files)
    return None


def _age(name: str) -> tuple[datetime, str]:
    return stamp_of(name) or datetime.min, name  # noqa: DTZ901 - naive UTC, as everywhere inside


def _has_first(found: Found) -> bool:
    try:
        found.located(found.manifest.files[0].name)
    except InventoryRefused:
        return False
    return True


def _complete(files: Files, name: str, shown: str, dialect: Dialect) -> Manifest | None:
    """A manifest that is finished, read; ``None`` where what is written last is not there yet."""
    told = _content(files, name, shown, _LARGEST_MANIFEST)
    if dialect.checksum is not None:
        try:
            checksum = _content(files, dialect.checksum(name), shown, _LARGEST_CHECKSUM)
        except NoSuchObject:
            return None
        if hashlib.md5(told, usedforsecurity=False).hexdigest() != checksum.decode("ascii", "replace").strip().lower():
            raise InventoryRefused(shown, "it is damaged: its MD5 is not that of its checksum file")
    return dialect.read(parsed(told, shown))


def _content(files: Files, name: str, shown: str, most: int) -> bytes:
    with files.open(name) as opened:
        told = opened.read(most + 1)
    if len(told) > most:
        raise InventoryRefused(shown, f"{name} is larger than any manifest or checksum")
    return told
