"""Shows one picture of a bucket: by a presigned URL that lives a minute, or out of a local folder. Nothing is kept."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from indexer.errors import VendorError
from indexer.vendors import VENDORS, open_lister

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.config import Source
    from indexer.service.pages.data.gallery import Picture

SECONDS = 60
"""How long an address of a picture may be used."""

MOST_BYTES = 32 * 2**20
"""A file that is larger is no screenshot."""

# A file of a bucket is anybody's: whatever it holds, it is a picture, and no page that could run or load anything.
# Browsers centre a picture in its own tab by a style of theirs.
_HARMLESS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
_GONE = "the picture is not there any more"


def picture_of(where: Picture, sources: Iterable[Source]) -> Response:
    """The answer that leads to a picture.

    Raises:
        HTTPException: it cannot be shown; the reason holds neither an address nor a path.
    """
    source = next((source for source in sources if source.name == where.source), None)
    if source is None or (source.storage.vendor, source.storage.bucket) != (where.vendor, where.bucket):
        raise HTTPException(404, "the source of this picture is not configured here as it was indexed")
    if VENDORS[source.storage.vendor].is_folder:
        return _file(source, where.key)
    try:
        address = open_lister(source.storage).presigned(where.key, SECONDS)
    except VendorError as error:
        raise HTTPException(502, f"no address of the picture can be made: {error}") from error
    return RedirectResponse(address, 302)


def _file(source: Source, key: str) -> Response:
    if not key.startswith(source.storage.prefix):
        raise HTTPException(404, _GONE)
    try:
        content = read_below(Path(source.storage.endpoint), key)
    except (OSError, ValueError):
        raise HTTPException(404, _GONE) from None
    return Response(content, media_type="image/jpeg", headers=_HARMLESS)


def read_below(folder: Path, key: str) -> bytes:
    """The content of the file of a key. No link is followed on the way, so that it lies below the folder.

    Raises:
        OSError: there is no such file, or it is a link.
        ValueError: no file can have this key, or it is no plain file of at most ``MOST_BYTES``.
    """
    parts = key.split("/")
    if any(part in {"", ".", ".."} for part in parts):
        raise ValueError("no file has such a key")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for part in parts[:-1]:
        descriptor = _step(descriptor, part, os.O_DIRECTORY)
    # A pipe would wait for somebody to write into it.
    descriptor = _step(descriptor, parts[-1], os.O_NONBLOCK)
    try:
        return _read(descriptor)
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> bytes:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
        raise ValueError("this is no picture")
    with open(descriptor, "rb", closefd=False) as file:
        return file.read(MOST_BYTES)


def _step(folder: int, name: str, flags: int) -> int:
    """Open what is in a folder that is open, and close that."""
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=folder)
    finally:
        os.close(folder)
