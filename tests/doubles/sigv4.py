"""Checks Amazon's version 4 signatures, in a header or in a query, as S3 and its kin do.

Sources: "Signature Calculations for the Authorization Header" and "Authenticating Requests: Using Query Parameters",
Amazon S3 API Reference, whose examples the test beside this checks it against.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from doubles.answers import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doubles.wire import Request
    from indexer.vendors.base import Credentials

LONGEST = timedelta(days=7)
"""How long a presigned URL may live."""

_SKEW = timedelta(minutes=15)
_MOMENT = "%Y%m%dT%H%M%SZ"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
_PAYLOADS = ("UNSIGNED-PAYLOAD", hashlib.sha256(b"").hexdigest())


@dataclass(frozen=True, slots=True)
class Signed:
    """What a request says of its signature: ``credential`` is the access key, date, region, service and an end."""

    credential: str
    headers: str
    signature: str
    moment: str
    payload: str
    token: str | None

    @property
    def access_key(self) -> str:
        """Who signed."""
        return self.credential.partition("/")[0]

    @property
    def scope(self) -> str:
        """What the signature holds for."""
        return self.credential.partition("/")[2]


def check_header(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    """The refusal of a request whose ``Authorization`` these credentials did not make in this region."""
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        return Refusal(403, "AccessDenied", message="no version 4 signature")
    signed = Signed(
        credential=found[1],
        headers=found[2],
        signature=found[3],
        moment=request.headers.get("x-amz-date", ""),
        payload=request.headers.get("x-amz-content-sha256", ""),
        token=request.headers.get("x-amz-security-token"),
    )
    if signed.payload not in _PAYLOADS:
        return Refusal(400, "XAmzContentSHA256Mismatch")
    if abs(datetime.now(UTC) - _time(signed.moment)) > _SKEW:
        return Refusal(403, "RequestTimeTooSkewed")
    wrong_region = Refusal(400, "AuthorizationHeaderMalformed", elements={"Region": region})
    return _check(request, signed, credentials, region, wrong_region)


def check_query(request: Request, credentials: Credentials, region: str, now: datetime) -> Refusal | None:
    """The refusal of a URL that these credentials did not sign in this region, or that lives no more ``now``."""
    query = request.query
    if query.get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256":
        return Refusal(403, "AccessDenied", message="no version 4 signature")
    signed = Signed(
        credential=query["X-Amz-Credential"],
        headers=query["X-Amz-SignedHeaders"],
        signature=query["X-Amz-Signature"],
        moment=query["X-Amz-Date"],
        payload="UNSIGNED-PAYLOAD",
        token=query.get("X-Amz-Security-Token"),
    )
    lives = timedelta(seconds=int(query["X-Amz-Expires"]))
    malformed = Refusal(400, "AuthorizationQueryParametersError")
    if not timedelta(0) < lives <= LONGEST:
        return malformed
    if now > _time(signed.moment) + lives:
        return Refusal(403, "AccessDenied", message="Request has expired")
    return _check(request, signed, credentials, region, malformed)


def _check(
    request: Request, signed: Signed, credentials: Credentials, region: str, wrong_region: Refusal
) -> Refusal | None:
    if signed.access_key != credentials.access_key:
        return Refusal(403, "InvalidAccessKeyId")
    if signed.scope != f"{signed.moment[:8]}/{region}/s3/aws4_request":
        return wrong_region
    if not _must_be_signed(request.headers) <= set(signed.headers.split(";")):
        return Refusal(403, "AccessDenied", message="there were headers present that were not signed")
    if not hmac.compare_digest(signed.signature, signature(request, signed, credentials.secret_key)):
        return Refusal(403, "SignatureDoesNotMatch")
    if signed.token != credentials.session_token:
        return Refusal(400, "InvalidToken")
    return None


def _must_be_signed(headers: Mapping[str, str]) -> set[str]:
    return {"host", *(name for name in headers if name.startswith("x-amz-"))}


def signature(request: Request, signed: Signed, secret: str) -> str:
    """The signature that a request should have."""
    signing_key = reduce(_hmac, signed.scope.split("/"), f"AWS4{secret}".encode())
    return _hmac(signing_key, string_to_sign(request, signed)).hex()


def string_to_sign(request: Request, signed: Signed) -> str:
    """What is signed: when, for what, and the canonical request's hash."""
    hashed = hashlib.sha256(canonical_request(request, signed).encode()).hexdigest()
    return f"AWS4-HMAC-SHA256\n{signed.moment}\n{signed.scope}\n{hashed}"


def canonical_request(request: Request, signed: Signed) -> str:
    """A request in the one spelling that both sides sign."""
    names = signed.headers.split(";")
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names)
    asked = sorted((_quoted(name), _quoted(value)) for name, value in request.query.items())
    query = "&".join(f"{name}={value}" for name, value in asked if name != "X-Amz-Signature")
    path = quote(unquote(request.path), safe="/-_.~")
    return f"{request.method}\n{path}\n{query}\n{headers}\n{signed.headers}\n{signed.payload}"


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _time(text: str) -> datetime:
    return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
