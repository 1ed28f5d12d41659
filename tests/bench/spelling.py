"""How S3 writes one object, a key, or a common prefix in a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from datetime import datetime

_QUOTES = {'"': "&quot;", "'": "&apos;", "\r": "&#13;", "\n": "&#10;"}


def spelled(text: bytes, *, url: bool) -> bytes:
    """A key as it stands in an answer: url-encoded where the request asked for that, and escaped for XML.

    S3 leaves the slash and the star alone and writes a blank as ``+``.
    """
    if url:
        return quote_plus(text, safe="/*").encode()
    return escape(text.decode(), _QUOTES).encode()


def contents(key: bytes, modified: bytes, etag: bytes, size: bytes) -> bytes:
    """One object; the key is spelled already. The order of the elements is S3's."""
    return (
        b"<Contents><Key>%b</Key><LastModified>%b</LastModified><ETag>&quot;%b&quot;</ETag><Size>%b</Size>"
        b"<StorageClass>STANDARD</StorageClass></Contents>" % (key, modified, etag, size)
    )


def timestamp(moment: datetime) -> bytes:
    """A last-modified time as S3 writes it, to the millisecond."""
    return moment.strftime(f"%Y-%m-%dT%H:%M:%S.{moment.microsecond // 1000:03d}Z").encode()
