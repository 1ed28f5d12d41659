"""Writes listings and refusals as XML, spelled as a vendor spells them, and objects, whole or in part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import escape

from doubles.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from doubles.bucket import Listing, StoredObject

# A carriage return as it is would be read as a line feed.
_ESCAPED = {'"': "&quot;", "\r": "&#13;"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one vendor writes its answers.

    ``blank`` stands for a space in url-encoded keys. ``names_next_marker`` is whether ListObjects without a delimiter
    says where to go on. ``object_elements`` and ``error_elements`` are what answers hold beside the usual.
    """

    request_id_header: str
    storage_class: str
    namespace: str = ""
    blank: str = "%20"
    names_next_marker: bool = True
    object_elements: Mapping[str, str] = field(default_factory=dict)
    error_elements: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer. An element of ``elements`` that is ``None`` is left out."""

    status: int
    code: str
    message: str = "told by the double"
    elements: Mapping[str, str | None] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def write_listing(listing: Listing, spelling: Spelling) -> Answer:
    """The answer that a listing becomes."""
    elements = {
        "Name": listing.bucket,
        "Prefix": _encoded(listing.prefix, listing, spelling),
        "MaxKeys": str(listing.max_keys),
        **({"Delimiter": _encoded(listing.delimiter, listing, spelling)} if listing.delimiter else {}),
        "IsTruncated": str(listing.truncated).lower(),
        **_position(listing, spelling),
    }
    if listing.claims_encoding:
        elements["EncodingType"] = "url"
    contents = "".join(_object(key, found, listing, spelling) for key, found in listing.contents)
    namespace = f' xmlns="{spelling.namespace}"' if spelling.namespace else ""
    rolled_up = "".join(_common_prefix(prefix, listing, spelling) for prefix in listing.prefixes)
    body = f"{_HEAD}<ListBucketResult{namespace}>{_written(elements)}{contents}{rolled_up}</ListBucketResult>"
    return Answer(200, body.encode(), {spelling.request_id_header: "REQUEST-1"})


def write_refusal(refusal: Refusal, spelling: Spelling) -> Answer:
    """The answer that a refusal becomes."""
    elements = {"Code": refusal.code, "Message": refusal.message, **spelling.error_elements, **refusal.elements}
    told = _written({name: value for name, value in elements.items() if value is not None})
    headers = {spelling.request_id_header: "REQUEST-1", **refusal.headers}
    return Answer(refusal.status, f"{_HEAD}<Error>{told}</Error>".encode(), headers)


def object_answer(found: StoredObject, headers: Mapping[str, str]) -> Answer | Refusal:
    """An object, or what is left of it from the place that ``Range`` names, where ``If-Match`` names this one."""
    etag = f'"{found.etag}"'
    told = {"Content-Type": "application/octet-stream", "ETag": etag}
    if headers.get("if-match", etag) != etag:
        return Refusal(412, "PreconditionFailed", elements={"Condition": "If-Match"})
    if "range" not in headers:
        return Answer(200, found.content, told)
    at = int(headers["range"].removeprefix("bytes=").removesuffix("-"))
    if at >= found.size:
        return Refusal(416, "InvalidRange", elements={"RangeRequested": headers["range"]})
    part = {"Content-Range": f"bytes {at}-{found.size - 1}/{found.size}"}
    return Answer(206, found.content[at:], told | part)


def _position(listing: Listing, spelling: Spelling) -> dict[str, str]:
    if listing.next is None:
        return {}
    if listing.with_tokens:
        return {"NextContinuationToken": listing.next}
    named = spelling.names_next_marker or listing.delimiter
    return {"NextMarker": _encoded(listing.next, listing, spelling)} if named else {}


def _object(key: str, found: StoredObject, listing: Listing, spelling: Spelling) -> str:
    elements = {
        "Key": _encoded(key, listing, spelling),
        "LastModified": _iso(found.last_modified, milliseconds=listing.milliseconds),
        "ETag": f'"{found.etag}"',
        "Size": str(found.size),
        "StorageClass": spelling.storage_class,
        **spelling.object_elements,
    }
    return f"<Contents>{_written(elements)}</Contents>"


def _common_prefix(prefix: str, listing: Listing, spelling: Spelling) -> str:
    return f"<CommonPrefixes>{_written({'Prefix': _encoded(prefix, listing, spelling)})}</CommonPrefixes>"


def _encoded(key: str, listing: Listing, spelling: Spelling) -> str:
    return quote(key, safe="/-_.~").replace("%20", spelling.blank) if listing.encoded else key


def _iso(moment: datetime, *, milliseconds: bool) -> str:
    return moment.isoformat(timespec="milliseconds" if milliseconds else "seconds").replace("+00:00", "Z")


def _written(elements: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value, _ESCAPED)}</{name}>" for name, value in elements.items())
