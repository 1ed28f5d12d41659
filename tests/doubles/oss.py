"""Alibaba OSS's dialect: ListObjectsV2 with version 4 signatures, in the header or in a presigned URL.

Sources of the algorithm: "Include a V4 signature in the Authorization header" and "Include a V4 signature in a URL",
Alibaba Cloud OSS developer reference.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from doubles.answers import Refusal, Spelling
from doubles.double import Dialect

if TYPE_CHECKING:
    from doubles.wire import Request
    from indexer.vendors.base import Credentials

_LONGEST = timedelta(days=7)
_UNSIGNED = "UNSIGNED-PAYLOAD"
_AUTHORIZATION = re.compile(
    r"OSS4-HMAC-SHA256 Credential=(?P<credential>[^,]+)"
    r"(?:, ?AdditionalHeaders=(?P<additional>[^,]+))?, ?Signature=(?P<signature>[0-9a-f]{64})"
)
_ALWAYS_SIGNED = ("content-type", "content-md5")


class _Signed(NamedTuple):
    """What a request says of its own signature."""

    credential: str
    additional: str
    signature: str
    moment: str
    payload: str
    token: str | None

    @property
    def access_key(self) -> str:
        return self.credential.partition("/")[0]

    @property
    def scope(self) -> str:
        return self.credential.partition("/")[2]


def _check(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        return Refusal(403, "AccessDenied", message="no version 4 signature")
    signed = _Signed(
        credential=found["credential"],
        additional=found["additional"] or "",
        signature=found["signature"],
        moment=request.headers["x-oss-date"],
        payload=request.headers["x-oss-content-sha256"],
        token=request.headers.get("x-oss-security-token"),
    )
    return _refusal(request, signed, credentials, region)


def _check_presigned(request: Request, credentials: Credentials, region: str, now: datetime) -> Refusal | None:
    query = request.query
    if query.get("x-oss-signature-version") != "OSS4-HMAC-SHA256":
        return Refusal(403, "AccessDenied", message="no version 4 signature")
    signed = _Signed(
        credential=query["x-oss-credential"],
        additional=query.get("x-oss-additional-headers", ""),
        signature=query["x-oss-signature"],
        moment=query["x-oss-date"],
        payload=_UNSIGNED,
        token=query.get("x-oss-security-token"),
    )
    lives = timedelta(seconds=int(query["x-oss-expires"]))
    if not timedelta(0) < lives <= _LONGEST:
        return Refusal(400, "AuthorizationQueryParametersError")
    if now > datetime.strptime(signed.moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) + lives:
        return Refusal(403, "AccessDenied", message="Request has expired.")
    return _refusal(request, signed, credentials, region)


def _refusal(request: Request, signed: _Signed, credentials: Credentials, region: str) -> Refusal | None:
    if signed.access_key != credentials.access_key:
        return Refusal(403, "InvalidAccessKeyId")
    if signed.scope != f"{signed.moment[:8]}/{region}/oss/aliyun_v4_request":
        return Refusal(400, "InvalidArgument", message="the credential names another region")
    if not hmac.compare_digest(signed.signature, _signature(request, signed, credentials.secret_key)):
        return Refusal(403, "SignatureDoesNotMatch")
    if signed.token != credentials.session_token:
        return Refusal(403, "InvalidSecurityToken")
    return None


def _signature(request: Request, signed: _Signed, secret: str) -> str:
    canonical = hashlib.sha256(_canonical(request, signed).encode()).hexdigest()
    to_sign = f"OSS4-HMAC-SHA256\n{signed.moment}\n{signed.scope}\n{canonical}"
    signing_key = reduce(_hmac, signed.scope.split("/"), f"aliyun_v4{secret}".encode())
    return _hmac(signing_key, to_sign).hex()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _canonical(request: Request, signed: _Signed) -> str:
    """The canonical request. On an address the path already holds the bucket, as the canonical URI does."""
    sent = {
        name: value.strip()
        for name, value in sorted(request.headers.items())
        if name.startswith("x-oss-") or name in _ALWAYS_SIGNED or name in signed.additional.split(";")
    }
    headers = "".join(f"{name}:{value}\n" for name, value in sent.items())
    query = sorted(
        (_quoted(name), _quoted(value)) for name, value in request.query.items() if name != "x-oss-signature"
    )
    asked = "&".join(f"{name}={value}" if value else name for name, value in query)
    path = quote(unquote(request.path), safe="/-_.~")
    return f"{request.method}\n{path}\n{asked}\n{headers}\n{signed.additional}\n{signed.payload}"


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


OSS = Dialect(
    vendor="oss",
    region="cn-hangzhou",
    check=_check,
    check_presigned=_check_presigned,
    default_max_keys=100,
    spelling=Spelling(
        request_id_header="x-oss-request-id",
        storage_class="Standard",
        object_elements={"Type": "Normal"},
        error_elements={
            "RequestId": "REQUEST-1",
            "HostId": "shots-bucket.oss-cn-hangzhou.aliyuncs.com",
            "EC": "0002-00000902",
        },
    ),
)
