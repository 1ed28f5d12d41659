"""Brings an inventory's files to where a reader can take them, and believes none before its size and MD5 are right."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from indexer.errors import InventoryRefused
from indexer.inventory import orc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indexer.inventory.files import Files
    from indexer.inventory.manifest import InventoryFile, Manifest

_READ_AT_ONCE = 1 << 20
_GZIP = b"\x1f\x8b"
_ENCRYPTED_PARQUET = b"PARE"
_MAGIC = {"parquet": ("Parquet", b"PAR1"), "orc": ("ORC", b"ORC")}


@contextmanager
def at_hand(
    files: Files, located: Callable[[str], str], manifest: Manifest, file: InventoryFile, folder: Path
) -> Iterator[tuple[Path, bool]]:
    """Give a file's path on this machine, and whether it is gzipped; one of a bucket is copied, and removed afterwards.

    ``located`` says under which name a manifest's file is found. An ORC file is given as Parquet.

    Raises:
        InventoryRefused: it is not there, or it is not what the manifest says.
        VendorError: it cannot be read.
    """
    name = located(file.name)
    path = files.path(name)
    copy = folder / hashlib.sha256(name.encode()).hexdigest()
    parquet = copy.with_suffix(".parquet")
    try:
        gzipped = _checked(files, name, manifest, file, None if path else copy)
        yield _readable(path or copy, parquet, manifest, file), gzipped
    finally:
        copy.unlink(missing_ok=True)
        parquet.unlink(missing_ok=True)


def _readable(path: Path, parquet: Path, manifest: Manifest, file: InventoryFile) -> Path:
    if manifest.format != "orc":
        return path
    orc.as_parquet(path, parquet, manifest.name, file.name)
    return parquet


def _checked(files: Files, name: str, manifest: Manifest, file: InventoryFile, copy: Path | None) -> bool:
    """Read a file to its end, copying it where it shall be, and say whether it is gzipped."""
    if copy is None:
        with files.open(name) as opened:
            head, size, digest = _read(opened, None)
    else:
        with files.open(name) as opened, copy.open("wb") as kept:
            head, size, digest = _read(opened, kept)
    if file.size is not None and size != file.size:
        raise InventoryRefused(manifest.name, f"{file.name} has {size} bytes, and the manifest says {file.size}")
    if file.md5 is not None and digest != file.md5:
        raise InventoryRefused(manifest.name, f"{file.name} is damaged: its MD5 is not the manifest's")
    return _is_gzipped(head, manifest, file)


def _read(opened: BinaryIO, copy: BinaryIO | None) -> tuple[bytes, int, str]:
    """A file's first bytes, its size, and its MD5, which says whether it is damaged and keeps no secret."""
    head, size, digest = b"", 0, hashlib.md5(usedforsecurity=False)
    while block := opened.read(_READ_AT_ONCE):
        head = head or block[:4]
        size += len(block)
        digest.update(block)
        if copy is not None:
            copy.write(block)
    return head, size, digest.hexdigest()


def _is_gzipped(head: bytes, manifest: Manifest, file: InventoryFile) -> bool:
    if manifest.format == "csv":
        return head.startswith(_GZIP)
    if head == _ENCRYPTED_PARQUET:
        raise InventoryRefused(manifest.name, f"{file.name} is encrypted: have the inventory written in clear")
    name, magic = _MAGIC[manifest.format]
    if not head.startswith(magic):
        raise InventoryRefused(manifest.name, f"{file.name} is no {name} file")
    return False
