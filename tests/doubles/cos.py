"""Tencent COS's dialect: ListObjects alone, on a host of the bucket's own, with its q-sign signatures.

A signature stands in the header, or with the same fields in a presigned URL.

Source of the algorithm: "Request Signature", Tencent Cloud Object Storage API documentation.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from doubles.answers import Refusal, Spelling
from doubles.double import Dialect

if TYPE_CHECKING:
    from doubles.wire import Request
    from indexer.vendors.base import Credentials


def _check(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    token = request.headers.get("x-cos-security-token")
    return _refusal(request, _authorization(request), credentials, token, datetime.now(UTC), "RequestTimeTooSkewed")


def _check_presigned(request: Request, credentials: Credentials, region: str, now: datetime) -> Refusal | None:
    return _refusal(request, request.query, credentials, request.query.get("x-cos-security-token"), now, "AccessDenied")


def _refusal(  # noqa: PLR0913, PLR0917 - what was sent, and by whom it should be
    request: Request, signed: dict[str, str], credentials: Credentials, token: str | None, now: datetime, late: str
) -> Refusal | None:
    if signed.get("q-sign-algorithm") != "sha1":
        return Refusal(403, "AccessDenied", message="no signature")
    if signed["q-ak"] != credentials.access_key:
        return Refusal(403, "InvalidAccessKeyId")
    begin, end = map(int, signed["q-sign-time"].split(";"))
    if not begin <= now.timestamp() <= end:
        return Refusal(403, late, message="Request has expired")
    if not hmac.compare_digest(signed["q-signature"], _signature(request, signed, credentials.secret_key)):
        return Refusal(403, "SignatureDoesNotMatch")
    if token != credentials.session_token:
        return Refusal(403, "InvalidToken")
    return None


def _authorization(request: Request) -> dict[str, str]:
    fields = (field.partition("=") for field in request.headers.get("authorization", "").split("&"))
    return {name: value for name, _, value in fields}


def _signature(request: Request, signed: dict[str, str], secret: str) -> str:
    # The client signs the host without its port; on the vendor's own ports the header has none either.
    headers = request.headers | {"host": request.headers["host"].partition(":")[0]}
    asked = _listed(request.query, signed["q-url-param-list"])
    sent = _listed(headers, signed["q-header-list"])
    http_string = f"{request.method.lower()}\n{unquote(request.path)}\n{asked}\n{sent}\n"
    to_sign = f"sha1\n{signed['q-sign-time']}\n{hashlib.sha1(http_string.encode()).hexdigest()}\n"
    return _hmac(_hmac(secret, signed["q-key-time"]), to_sign)


def _listed(values: dict[str, str], names: str) -> str:
    """What was signed, by the names in the signature; a missing one makes the signature wrong."""
    folded = {_quoted(name).lower(): _quoted(value) for name, value in values.items()}
    return "&".join(f"{name}={folded.get(name, 'missing')}" for name in sorted(filter(None, names.split(";"))))


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


def _hmac(key: str, text: str) -> str:
    return hmac.digest(key.encode(), text.encode(), "sha1").hex()


COS = Dialect(
    vendor="cos",
    region="ap-beijing",
    check=_check,
    check_presigned=_check_presigned,
    path_style=False,
    spelling=Spelling(
        request_id_header="x-cos-request-id",
        storage_class="STANDARD",
        object_elements={"Owner": ""},
        error_elements={
            "Resource": "shots-bucket-1250000000.cos.ap-beijing.myqcloud.com",
            "RequestId": "REQUEST-1",
            "TraceId": "TRACE-1",
        },
    ),
)
