"""Qiniu Kodo by its own list API, as its SDK takes an HTML page and an answer that was cut for the end of a listing.

Sources: the pages "资源列举" (list), "管理凭证" (signatures), "下载凭证" (private URLs) and "错误响应" (errors) of
developer.qiniu.com.
An answer does not name its bucket. What proves it is that the request was signed for that bucket and no other, that
the answer has Kodo's request id, and that every key begins with the prefix.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from indexer.errors import (
    AccessDenied,
    CredentialsError,
    MalformedAnswer,
    NoSuchBucket,
    NoSuchObject,
    RequestRefused,
    Throttled,
)
from indexer.vendors.base import Capabilities, Page, Position, Storage
from indexer.vendors.bodies import object_file, object_headers
from indexer.vendors.http import Answer, Http, Request, credentials_of
from indexer.vendors.listjson import (
    check_types,
    column,
    last_name,
    list_of,
    not_passed,
    optional,
    read_answer,
    read_refusal,
    rows,
    text,
    within_the_calendar,
)
from indexer.vendors.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from indexer.errors import VendorError
    from indexer.vendors.base import Credentials
    from indexer.vendors.objects import Cut, ObjectFile

_REQUEST_ID = "X-Reqid"
# A private URL has to live until its answer begins, on a machine whose clock is somewhat behind too.
_URL_SECONDS = 3600
_CONTENT_TYPE = "application/x-www-form-urlencoded"

# Kodo tells errors by the status, and has some of its own; what is left out here means what it means everywhere.
_SIGNS: dict[int | str, type[VendorError]] = {
    "request time too skewed": CredentialsError,  # with status 403
    419: AccessDenied,  # the account is frozen
    573: Throttled,
    608: RequestRefused,  # the resource was changed meanwhile
    612: RequestRefused,  # no such resource
    614: RequestRefused,  # the target is there already
    630: RequestRefused,  # too many buckets
    631: NoSuchBucket,
    640: RequestRefused,  # a marker that is none of Kodo's
    701: RequestRefused,  # an upload that is gone
}

# "存储类型" of the list API; a number that came later is shown as it is.
_STORAGE_CLASSES = {
    None: None,
    0: "STANDARD",
    1: "IA",
    2: "ARCHIVE",
    3: "DEEP_ARCHIVE",
    4: "ARCHIVE_IR",
}


class QiniuLister:
    """Lists a bucket by GET /list of the rsf host, in one stream: its markers are documented as opaque."""

    # A page under a delimiter counts what it rolls up among its limit, so that it may tell less than it could
    # (github.com/qiniu/python-sdk/issues/215). No document says that a delimiter may be longer than one character.
    capabilities = Capabilities(max_keys=1000, starts_anywhere=False, delimiters="slash")

    def __init__(self, storage: Storage, connections: int = 1) -> None:
        self.storage = storage
        self._credentials = credentials_of(storage)
        if self._credentials.session_token:
            raise CredentialsError(f"Kodo has no session tokens: leave out stsToken for bucket {storage.bucket!r}")
        self._http = Http(storage, _Signer(self._credentials), connections)
        # The bucket's own domain, whose URLs bear their signatures.
        self._shown = replace(storage, endpoint=storage.domain or storage.endpoint)
        self._domain = Http(self._shown, _unsigned, connections)

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Send one list request."""
        if after is not None and not after.token:
            raise RequestRefused("Kodo goes on by its own markers alone, and not after a key")
        answer = self._http.get(
            "/list",
            {"bucket": self.storage.bucket, "limit": str(max_keys)}
            | ({"marker": after.token} if after and after.token else {})
            | ({"prefix": self.storage.prefix} if self.storage.prefix else {})
            | ({"delimiter": delimiter} if delimiter else {}),
        )
        if answer.status != HTTPStatus.OK:
            raise self._refused(answer, read_refusal(answer.body))
        return self._read(answer, after)

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Send one GET to the bucket's own domain: Kodo gives objects by no other host.

        Raises:
            RequestRefused: no domain is configured.
        """
        headers = object_headers(key, cut)
        answer = self._domain.open(self.presigned(key, _URL_SECONDS), headers)
        return object_file(
            self._shown,
            answer,
            cut,
            lambda body: self._refused(Answer(answer.status, answer.headers, body), read_refusal(body), key),
        )

    def presigned(self, key: str, seconds: int) -> str:
        """A private URL of the bucket's own domain: Kodo gives objects by no other host, and sets no longest life.

        Raises:
            RequestRefused: no domain is configured, or the URL would not live at all, or there is no key.
        """
        if seconds <= 0 or not key:
            raise RequestRefused(f"a URL is of one object and lives a second at least: not {key!r} for {seconds}")
        if self.storage.domain is None:
            raise RequestRefused(
                f"Kodo gives the objects of bucket {self.storage.bucket!r} through a domain of its own: set domain"
            )
        return private_url(f"{self.storage.domain}/{quote(key)}", self._credentials, datetime.now(UTC), seconds)

    def _read(self, answer: Answer, after: Position | None) -> Page:
        told = read_answer(answer.body)
        if "error" in told:
            raise self._refused(answer, told)
        if "items" not in told or _REQUEST_ID not in answer.headers:
            raise MalformedAnswer(
                f"expected Kodo's listing, and got no items or no {_REQUEST_ID}: is the endpoint right?"
            )
        objects = _objects(list_of(told, "items"))
        prefixes = list_of(told, "commonPrefixes")
        check_types(prefixes, {str}, "commonPrefixes")
        ahead = not_passed(prefixes, after)
        # "items" may be empty where more follows: the marker alone says whether it does.
        marker = told.get("marker") or ""
        check_types([marker], {str}, "marker")
        return Page(objects, Position(last_name(objects, ahead, after), marker) if marker else None, ahead)

    def _refused(self, answer: Answer, told: dict[str, Any], key: str | None = None) -> VendorError:
        location = answer.headers.get("Location")
        return refusal(
            self.storage,
            status=answer.status,
            message=f"the endpoint redirects to {location}" if location else text(told, "error"),
            request_id=answer.headers.get(_REQUEST_ID),
            signs=_SIGNS | ({612: NoSuchObject} if key else {}),
            key=key,
        )


def _objects(items: list[Any]) -> pa.RecordBatch:
    keys = column(items, "key", str)
    kinds = optional(items, "type", int)
    classes = {kind: _STORAGE_CLASSES.get(kind, str(kind)) for kind in set(kinds)}
    return rows(
        keys,
        sizes=column(items, "fsize", int),
        etags=optional(items, "hash", str),
        # "单位:100纳秒": tenths of a microsecond.
        last_modified=within_the_calendar([put // 10 for put in column(items, "putTime", int)]),
        storage_classes=[classes[kind] for kind in kinds],
    )


def _unsigned(request: Request) -> None:
    """Leave a request as it is."""


class _Signer:
    """Signs a request by "管理凭证", with the time in it, so that it is worth nothing a quarter of an hour later."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, request: Request) -> None:
        url = urlsplit(request.url)
        signed = {
            "Host": url.netloc,
            "Content-Type": _CONTENT_TYPE,
            "X-Qiniu-Date": f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        }
        token = request_token(f"GET {url.path}?{url.query}", signed, self._credentials)
        request.headers.update(signed, Authorization=f"Qiniu {token}")


def request_token(target: str, headers: Mapping[str, str], credentials: Credentials) -> str:
    """The token of a request without a body: of its method and target, and of headers in the order that is signed."""
    signed = "".join(f"\n{name}: {value}" for name, value in headers.items())
    return _token(f"{target}{signed}\n\n", credentials)


def private_url(url: str, credentials: Credentials, now: datetime, seconds: int) -> str:
    """A URL by which an object of a private bucket may be read for so many seconds."""
    until = f"{url}?e={int(now.timestamp()) + seconds}"
    return f"{until}&token={_token(until, credentials)}"


def _token(signed: str, credentials: Credentials) -> str:
    digest = hmac.digest(credentials.secret_key.encode(), signed.encode(), "sha1")
    return f"{credentials.access_key}:{urlsafe_b64encode(digest).decode()}"
