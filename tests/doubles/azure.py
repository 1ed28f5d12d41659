"""Azure Blob Storage's dialect: List Blobs, SharedKey signatures, and service SAS in presigned URLs.

Sources of the algorithms: "Authorize with Shared Key" and "Create a service SAS", Azure Storage REST API. The account
is the first part of the path, as at an emulator's address.
"""

from __future__ import annotations

import hmac
import re
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate, parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from doubles.answers import Refusal, Spelling, write_refusal
from doubles.double import Asked, Dialect
from doubles.wire import Answer, Request

if TYPE_CHECKING:
    from doubles.bucket import Listing, StoredObject
    from indexer.vendors.base import Credentials

_SKEW = timedelta(minutes=15)
_FIRST_WITH_START_FROM = "2026-02-06"
_SIGNED = (
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
)
# A carriage return as it is would be read as a line feed.
_ESCAPED = {"\r": "&#13;"}
_FORBIDDEN_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CODES = {
    "NoSuchBucket": "ContainerNotFound",
    "NoSuchKey": "BlobNotFound",
    "PreconditionFailed": "ConditionNotMet",
}
_PROPERTIES = (
    "<Creation-Time>{time}</Creation-Time><Last-Modified>{time}</Last-Modified><Etag>{etag}</Etag>"
    "<Content-Length>{size}</Content-Length><Content-Type>image/jpeg</Content-Type><Content-Encoding />"
    "<Content-Language /><Content-CRC64 /><Content-MD5>1B2M2Y8AsgTpgAmY7PhCfg==</Content-MD5><Cache-Control />"
    "<Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier>"
    "<AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus>"
    "<LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted>"
)


def signed_put(target: str, body: bytes, credentials: Credentials) -> dict[str, str]:
    """The headers by which a container (``?restype=container``) or a blob is made."""
    headers = {
        "content-length": str(len(body)),
        "x-ms-date": formatdate(usegmt=True),
        "x-ms-version": _FIRST_WITH_START_FROM,
        **({} if "?" in target else {"x-ms-blob-type": "BlockBlob"}),
    }
    signature = _signature(_to_sign(Request("PUT", target, headers), credentials.access_key), credentials)
    return headers | {"Authorization": f"SharedKey {credentials.access_key}:{signature}"}


def _asked(request: Request, bucket: str) -> Asked:
    _, _, path = unquote(request.path.removeprefix("/")).partition("/")
    container, _, blob = path.partition("/")
    return Asked(container, blob)


def _check(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    account, _, signature = rest.partition(":")
    if scheme != "SharedKey":
        return Refusal(401, "NoAuthenticationInformation")
    if account != credentials.access_key or not request.path.startswith(f"/{account}/"):
        return Refusal(403, "AuthenticationFailed", message="no such account")
    if abs(datetime.now(UTC) - parsedate_to_datetime(request.headers["x-ms-date"])) > _SKEW:
        return Refusal(403, "AuthenticationFailed", message="Request date header too old")
    if not hmac.compare_digest(signature, _signature(_to_sign(request, account), credentials)):
        return Refusal(403, "AuthenticationFailed", message="The MAC signature is not the same as any computed")
    if "startFrom" in request.query and request.headers["x-ms-version"] < _FIRST_WITH_START_FROM:
        return Refusal(400, "InvalidQueryParameterValue")
    return None


def _signature(text: str, credentials: Credentials) -> str:
    return b64encode(hmac.digest(b64decode(credentials.secret_key), text.encode(), "sha256")).decode()


def _to_sign(request: Request, account: str) -> str:
    headers = request.headers | ({"content-length": ""} if request.headers.get("content-length") == "0" else {})
    lines = [request.method, *(headers.get(name, "") for name in _SIGNED)]
    lines += [f"{name}:{value}" for name, value in sorted(headers.items()) if name.startswith("x-ms-")]
    lines += [f"/{account}{request.path}"]
    lines += [f"{name}:{value}" for name, value in sorted((n.lower(), value) for n, value in request.query.items())]
    return "\n".join(lines)


def _check_presigned(request: Request, credentials: Credentials, region: str, now: datetime) -> Refusal | None:
    told = request.query
    account, _, blob = unquote(request.path.removeprefix("/")).partition("/")
    lines = [told["sp"], "", told["se"], f"/blob/{account}/{blob}", "", "", told["spr"], told["sv"], told["sr"]]
    signature = _signature("\n".join([*lines, *[""] * 7]), credentials)
    if account != credentials.access_key or not hmac.compare_digest(told["sig"], signature):
        return Refusal(403, "AuthenticationFailed", message="Signature did not match")
    if now >= datetime.fromisoformat(told["se"]):
        return Refusal(403, "AuthenticationFailed", message="Signature not valid in the specified time frame")
    if (told["sp"], told["sr"], "http" in told["spr"].split(",")) != ("r", "b", True):
        return Refusal(403, "AuthorizationPermissionMismatch")
    return None


def _question(query: dict[str, str]) -> dict[str, str]:
    """The question in the words of S3. ``startFrom`` includes its key, so the listing starts just before it."""
    words = {"prefix": "prefix", "delimiter": "delimiter", "maxresults": "max-keys", "marker": "continuation-token"}
    asked = {words[name]: value for name, value in query.items() if name in words}
    starts = {"start-after": _just_before(query["startFrom"])} if "startFrom" in query else {}
    return {"list-type": "2", **asked, **starts}


def _just_before(key: str) -> str:
    """A text that comes before a key, and after every other key that does."""
    code = ord(key[-1]) - 1
    return f"{key[:-1]}{chr(code) if code != 0xDFFF else chr(0xD7FF)}\U0010ffff"


def _listing(listing: Listing, spelling: Spelling) -> Answer:
    blobs = "".join(_blob(key, found, listing) for key, found in listing.contents)
    prefixes = "".join(f"<BlobPrefix>{_name(prefix, listing)}</BlobPrefix>" for prefix in listing.prefixes)
    left_out = listing.truncated and listing.next is None
    marker = "" if left_out else f"<NextMarker>{listing.next}</NextMarker>" if listing.next else "<NextMarker />"
    body = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?>'
        f'<EnumerationResults ServiceEndpoint="http://akidexample.blob.core.windows.net/" '
        f'ContainerName="{escape(listing.bucket)}"><Prefix>{escape(listing.prefix, _ESCAPED)}</Prefix>'
        f"<MaxResults>{listing.max_keys}</MaxResults><Blobs>{blobs}{prefixes}</Blobs>{marker}</EnumerationResults>"
    )
    return Answer(200, body.encode(), {spelling.request_id_header: "REQUEST-1"})


def _blob(key: str, found: StoredObject, listing: Listing) -> str:
    time = format_datetime(found.last_modified, usegmt=True)
    properties = _PROPERTIES.format(time=time, etag=found.etag, size=found.size)
    return f"<Blob>{_name(key, listing)}<Properties>{properties}</Properties><OrMetadata /></Blob>"


def _name(key: str, listing: Listing) -> str:
    if listing.claims_encoding:
        return f'<Name Encoded="true">{escape(key)}</Name>'
    if _FORBIDDEN_IN_XML.search(key):
        return f'<Name Encoded="true">{quote(key, safe="")}</Name>'
    return f"<Name>{escape(key, _ESCAPED)}</Name>"


def _refusal(refusal: Refusal, spelling: Spelling) -> Answer:
    # The double itself names what is missing; a fault's code stays as it is.
    code = _CODES.get(refusal.code, refusal.code) if refusal.elements else refusal.code
    answer = write_refusal(replace(refusal, code=code, elements={}), spelling)
    return replace(answer, headers={"x-ms-error-code": code, **answer.headers})


AZURE = Dialect(
    vendor="azure",
    region="",
    check=_check,
    check_presigned=_check_presigned,
    default_max_keys=5000,
    asked=_asked,
    question=_question,
    listing=_listing,
    refusal=_refusal,
    spelling=Spelling(request_id_header="x-ms-request-id", storage_class="Hot"),
)
