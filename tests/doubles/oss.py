"""Alibaba OSS's dialect: ListObjectsV2 with version 4 signatures in the header.

Source of the algorithm: "Include a V4 signature in the Authorization header", Alibaba Cloud OSS developer reference.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import quote

from doubles.answers import Refusal, Spelling
from doubles.double import Dialect

if TYPE_CHECKING:
    from doubles.wire import Request
    from indexer.vendors.base import Credentials

_AUTHORIZATION = re.compile(
    r"OSS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>(?P<date>\d{8})/(?P<region>[^/]+)/oss/aliyun_v4_request)"
    r"(?:, ?AdditionalHeaders=(?P<additional>[^,]+))?, ?Signature=(?P<signature>[0-9a-f]{64})"
)
_ALWAYS_SIGNED = ("content-type", "content-md5")


def _check(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        return Refusal(403, "AccessDenied", message="no version 4 signature")
    if found["key"] != credentials.access_key:
        return Refusal(403, "InvalidAccessKeyId")
    if found["region"] != region:
        return Refusal(400, "InvalidArgument", message="the credential names another region")
    expected = _signature(request, credentials.secret_key, found["scope"], found["additional"] or "")
    if not hmac.compare_digest(found["signature"], expected):
        return Refusal(403, "SignatureDoesNotMatch")
    if request.headers.get("x-oss-security-token") != credentials.session_token:
        return Refusal(403, "InvalidSecurityToken")
    return None


def _signature(request: Request, secret: str, scope: str, additional: str) -> str:
    canonical = hashlib.sha256(_canonical(request, additional).encode()).hexdigest()
    to_sign = f"OSS4-HMAC-SHA256\n{request.headers['x-oss-date']}\n{scope}\n{canonical}"
    signing_key = reduce(_hmac, scope.split("/"), f"aliyun_v4{secret}".encode())
    return _hmac(signing_key, to_sign).hex()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _canonical(request: Request, additional: str) -> str:
    """The canonical request. On an address the path already holds the bucket, as the canonical URI does."""
    signed = {
        name: value.strip()
        for name, value in sorted(request.headers.items())
        if name.startswith("x-oss-") or name in _ALWAYS_SIGNED or name in additional.split(";")
    }
    headers = "".join(f"{name}:{value}\n" for name, value in signed.items())
    query = sorted((_quoted(name), _quoted(value)) for name, value in request.query.items())
    asked = "&".join(f"{name}={value}" if value else name for name, value in query)
    payload = request.headers["x-oss-content-sha256"]
    return f"{request.method}\n{request.path}\n{asked}\n{headers}\n{additional}\n{payload}"


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


OSS = Dialect(
    vendor="oss",
    region="cn-hangzhou",
    check=_check,
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
