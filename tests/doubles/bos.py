"""Baidu BOS's dialect: ListObjects in JSON, with bce-auth-v1 signatures in the header or in a URL.

Sources: "ListObjects" and "生成认证字符串" (signatures) of cloud.baidu.com.
"""

from __future__ import annotations

import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from doubles.answers import Refusal, Spelling
from doubles.double import Dialect
from doubles.wire import Answer

if TYPE_CHECKING:
    from doubles.bucket import Listing, StoredObject
    from doubles.wire import Request
    from indexer.vendors.base import Credentials

_AUTHENTICATION = re.compile(
    r"(?P<scope>bce-auth-v1/(?P<key>[^/]+)/(?P<from>[^/]+)/(?P<seconds>\d+))"
    r"/(?P<headers>[^/]*)/(?P<signature>[0-9a-f]{64})"
)
_TOKEN = "x-bce-security-token"


def _check(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    if request.headers.get(_TOKEN) != credentials.session_token:
        return Refusal(400, "InvalidSessionToken")
    return _refusal_of(request, request.headers.get("authorization", ""), credentials, datetime.now(UTC))


def _check_presigned(request: Request, credentials: Credentials, region: str, now: datetime) -> Refusal | None:
    if request.query.get(_TOKEN) != credentials.session_token:
        return Refusal(400, "InvalidSessionToken")
    return _refusal_of(request, request.query.get("authorization", ""), credentials, now)


def _refusal_of(request: Request, authentication: str, credentials: Credentials, now: datetime) -> Refusal | None:
    found = _AUTHENTICATION.fullmatch(authentication)
    if found is None or "host" not in found["headers"].split(";"):
        return Refusal(400, "InvalidHTTPAuthHeader")
    if found["key"] != credentials.access_key:
        return Refusal(403, "InvalidAccessKeyId")
    if not hmac.compare_digest(found["signature"], _signature(request, found, credentials.secret_key)):
        return Refusal(403, "SignatureDoesNotMatch")
    begin = datetime.strptime(f"{found['from']}+0000", "%Y-%m-%dT%H:%M:%SZ%z")
    return Refusal(400, "RequestExpired") if now > begin + timedelta(seconds=int(found["seconds"])) else None


def _signature(request: Request, found: re.Match[str], secret: str) -> str:
    query = {name: value for name, value in request.query.items() if name != "authorization"}
    asked = "&".join(sorted(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query.items()))
    named = found["headers"].split(";")
    headers = "\n".join(sorted(f"{name}:{quote(request.headers[name].strip(), safe='')}" for name in named))
    return _hmac(_hmac(secret, found["scope"]), f"{request.method}\n{request.path}\n{asked}\n{headers}")


def _hmac(key: str, text: str) -> str:
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()


def _question(query: dict[str, str]) -> dict[str, str]:
    return {"max-keys" if name == "maxKeys" else name: value for name, value in query.items()}


def _listing(listing: Listing, spelling: Spelling) -> Answer:
    told: dict[str, Any] = {
        "name": listing.bucket,
        "prefix": listing.prefix,
        "delimiter": listing.delimiter,
        "marker": listing.asked,
        "maxKeys": listing.max_keys,
        "isTruncated": listing.truncated,
        "contents": [_object(key, found, listing, spelling) for key, found in listing.contents],
    }
    if listing.next is not None:
        told["nextMarker"] = listing.next
    if listing.delimiter:
        told["commonPrefixes"] = [{"prefix": prefix} for prefix in listing.prefixes]
    return _answer(200, told, spelling)


def _object(key: str, found: StoredObject, listing: Listing, spelling: Spelling) -> dict[str, Any]:
    fineness = "milliseconds" if listing.milliseconds else "seconds"
    return {
        "key": key,
        "lastModified": found.last_modified.isoformat(timespec=fineness).replace("+00:00", "Z"),
        "eTag": found.etag,
        "size": found.size,
        "storageClass": spelling.storage_class,
        "owner": {"id": "168bf6fd8fa74d9789f35a283a1f15e2", "displayName": "shots"},
    }


def _refusal(refusal: Refusal, spelling: Spelling) -> Answer:
    told = {"code": refusal.code, "message": refusal.message, "requestId": "REQUEST-1"}
    answer = _answer(refusal.status, told, spelling)
    answer.headers.update(refusal.headers)
    return answer


def _answer(status: int, told: dict[str, Any], spelling: Spelling) -> Answer:
    headers = {spelling.request_id_header: "REQUEST-1", "Content-Type": "application/json; charset=utf-8"}
    return Answer(status, json.dumps(told, ensure_ascii=False).encode(), headers)


BOS = Dialect(
    vendor="bos",
    region="bj",
    check=_check,
    check_presigned=_check_presigned,
    spelling=Spelling(request_id_header="x-bce-request-id", storage_class="STANDARD"),
    question=_question,
    listing=_listing,
    refusal=_refusal,
)
