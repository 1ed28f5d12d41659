"""Qiniu Kodo's dialect: GET /list with markers, Qiniu signatures, private URLs on a domain of the bucket's own.

Sources: the pages "资源列举" (list), "管理凭证" (signatures), "下载凭证" (private URLs) and "错误响应" (errors) of
developer.qiniu.com.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from doubles.answers import Refusal, Spelling
from doubles.double import Asked, Dialect
from doubles.wire import Answer

if TYPE_CHECKING:
    from doubles.bucket import Listing, StoredObject
    from doubles.wire import Request
    from indexer.vendors.base import Credentials

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SKEW = timedelta(minutes=15)


def _check(request: Request, credentials: Credentials, region: str) -> Refusal | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Qiniu" or token.partition(":")[0] != credentials.access_key:
        return Refusal(401, "", message="bad token")
    if not hmac.compare_digest(token, _token(_signed(request), credentials)):
        return Refusal(401, "", message="bad token")
    sent = datetime.strptime(f"{request.headers['x-qiniu-date']}+0000", "%Y%m%dT%H%M%SZ%z")
    return Refusal(403, "", message="request time too skewed") if abs(datetime.now(UTC) - sent) > _SKEW else None


def _signed(request: Request) -> str:
    own = sorted((name.title(), value) for name, value in request.headers.items() if name.startswith("x-qiniu-"))
    headers = [("Host", request.headers["host"]), ("Content-Type", request.headers["content-type"]), *own]
    return f"{request.method} {request.target}" + "".join(f"\n{name}: {value}" for name, value in headers) + "\n\n"


def _check_presigned(request: Request, credentials: Credentials, region: str, now: datetime) -> Refusal | None:
    url, _, token = f"http://{request.headers['host']}{request.target}".partition("&token=")
    if "e" not in request.query or not hmac.compare_digest(token, _token(url, credentials)):
        return Refusal(401, "", message="download token auth failed")
    if int(request.query["e"]) < now.timestamp():
        return Refusal(401, "", message="token out of date")
    return None


def _token(text: str, credentials: Credentials) -> str:
    digest = hmac.digest(credentials.secret_key.encode(), text.encode(), "sha1")
    return f"{credentials.access_key}:{urlsafe_b64encode(digest).decode()}"


def _asked(request: Request, bucket: str) -> Asked:
    """A list names its bucket in the query; a domain is the bucket's own, and its path is the key."""
    if "bucket" in request.query:
        return Asked(request.query["bucket"], "")
    return Asked(bucket, unquote(request.path.removeprefix("/")))


def _question(query: dict[str, str]) -> dict[str, str]:
    names = {"limit": "max-keys", "marker": "continuation-token"}
    return {"list-type": "2"} | {names.get(name, name): value for name, value in query.items()}


def _listing(listing: Listing, spelling: Spelling) -> Answer:
    told = {"items": [_item(key, found) for key, found in listing.contents], "marker": listing.next or ""}
    if listing.delimiter:
        told["commonPrefixes"] = list(listing.prefixes)
    return _answer(200, told, spelling)


def _item(key: str, found: StoredObject) -> dict[str, Any]:
    return {
        "key": key,
        "hash": found.etag,
        "fsize": found.size,
        "mimeType": "image/jpeg",
        "putTime": (found.last_modified - _EPOCH) // timedelta(microseconds=1) * 10 + 7,
        "type": 0,
        "status": 0,
    }


def _refusal(refusal: Refusal, spelling: Spelling) -> Answer:
    """Kodo has no codes but its statuses; 631 is its own for a bucket that there is not."""
    status = 631 if refusal.code == "NoSuchBucket" else refusal.status
    answer = _answer(status, {"error": refusal.message}, spelling)
    answer.headers.update(refusal.headers)
    return answer


def _answer(status: int, told: dict[str, Any], spelling: Spelling) -> Answer:
    headers = {spelling.request_id_header: "REQUEST-1", "Content-Type": "application/json"}
    return Answer(status, json.dumps(told, ensure_ascii=False).encode(), headers)


KODO = Dialect(
    vendor="qiniu",
    region="z0",
    check=_check,
    check_presigned=_check_presigned,
    spelling=Spelling(request_id_header="X-Reqid", storage_class="STANDARD"),
    asked=_asked,
    question=_question,
    listing=_listing,
    refusal=_refusal,
)
