"""Baidu BOS by its own API, which every region answers over TLS; its S3 hosts do not, and two regions have none.

Sources: "ListObjects", "错误码" (errors) and "生成认证字符串" (signatures) of cloud.baidu.com.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from indexer.errors import MalformedAnswer, RequestRefused, Throttled
from indexer.vendors.base import Capabilities, Page, Position, Storage, is_at_an_address
from indexer.vendors.bodies import object_file, object_headers
from indexer.vendors.http import Answer, Http, Request, credentials_of
from indexer.vendors.listjson import (
    check_types,
    column,
    last_name,
    list_of,
    moments,
    not_passed,
    optional,
    read_answer,
    read_refusal,
    rows,
    text,
)
from indexer.vendors.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from indexer.errors import VendorError
    from indexer.vendors.base import Credentials
    from indexer.vendors.objects import Cut, ObjectFile

_REQUEST_ID = "x-bce-request-id"
_TOKEN = "x-bce-security-token"  # noqa: S105 - the name of a header
_SIGNATURE_SECONDS = 1800
# Baidu's own command line (bce-cmd) takes an AccessDenied that says so for throttling.
_SIGNS: dict[int | str, type[VendorError]] = {"request rate is too high": Throttled}


class BosLister:
    """Lists a bucket by ListObjects."""

    # "delimiter长度限制为1": a delimiter is one character.
    capabilities = Capabilities(max_keys=1000, starts_anywhere=True, delimiters="slash")

    def __init__(self, storage: Storage, connections: int = 1) -> None:
        self.storage = storage
        self._credentials = credentials_of(storage)
        self._endpoint, self._path = _place(storage)
        self._http = Http(replace(storage, endpoint=self._endpoint), _Signer(self._credentials), connections)

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Send one list request."""
        question = (
            {"maxKeys": str(max_keys)}
            | ({"prefix": self.storage.prefix} if self.storage.prefix else {})
            | ({"marker": after.key} if after else {})
            | ({"delimiter": delimiter} if delimiter else {})
        )
        answer = self._http.get(self._path or "/", question)
        if answer.status != HTTPStatus.OK:
            raise self._refused(answer, read_refusal(answer.body))
        return self._read(answer, after)

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Send one GetObject."""
        headers = object_headers(key, cut)
        answer = self._http.open(f"{self._endpoint}{self._path}/{quote(key)}", headers)
        return object_file(
            self.storage,
            answer,
            cut,
            lambda body: self._refused(Answer(answer.status, answer.headers, body), read_refusal(body), key),
        )

    def presigned(self, key: str, seconds: int) -> str:
        """A URL with its signature in ``authorization``; Baidu sets no longest life.

        The key stays as it is: Baidu's own SDK takes the slashes off its ends.

        Raises:
            RequestRefused: the URL would not live at all, or there is no key.
        """
        if seconds <= 0 or not key:  # Baidu takes -1 for a URL that never ends
            raise RequestRefused(f"a URL is of one object and lives a second at least: not {key!r} for {seconds}")
        path = f"{self._path}/{quote(key)}"
        token = self._credentials.session_token
        query = {_TOKEN: token} if token else {}
        signed = authorization(
            self._credentials,
            request=("GET", path, query),
            headers={"host": urlsplit(self._endpoint).netloc},
            now=datetime.now(UTC),
            seconds=seconds,
        )
        return f"{self._endpoint}{path}?{_query({'authorization': signed} | query)}"

    def _read(self, answer: Answer, after: Position | None) -> Page:
        told = read_answer(answer.body)
        if text(told, "code"):
            raise self._refused(answer, told)
        for name, asked in (("name", self.storage.bucket), ("prefix", self.storage.prefix)):
            if (told.get(name) or "") != asked:
                raise MalformedAnswer(f"asked for {name} {asked!r} and got a listing of {str(told.get(name))[:200]!r}")
        objects = _objects(list_of(told, "contents"))
        prefixes = not_passed(column(list_of(told, "commonPrefixes"), "prefix", str), after)
        return Page(objects, _next(told, last_name(objects, prefixes, after)), prefixes)

    def _refused(self, answer: Answer, told: dict[str, Any], key: str | None = None) -> VendorError:
        location = answer.headers.get("Location")
        return refusal(
            self.storage,
            code=text(told, "code"),
            status=answer.status,
            message=f"the endpoint redirects to {location}" if location else text(told, "message"),
            request_id=answer.headers.get(_REQUEST_ID) or text(told, "requestId") or None,
            signs=_SIGNS,
            key=key,
        )


def _objects(contents: list[Any]) -> pa.RecordBatch:
    return rows(
        column(contents, "key", str),
        sizes=column(contents, "size", int),
        etags=optional(contents, "eTag", str),
        last_modified=moments(column(contents, "lastModified", str)),
        storage_classes=optional(contents, "storageClass", str),
    )


class _Signer:
    """Signs a request: its host, its time, its query, and the session token."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def __call__(self, request: Request) -> None:
        url, now, token = urlsplit(request.url), datetime.now(UTC), self._credentials.session_token
        headers = {"host": url.netloc, "x-bce-date": _written(now)} | ({_TOKEN: token} if token else {})
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        request.headers.update(headers)
        request.headers["authorization"] = authorization(
            self._credentials,
            request=("GET", url.path, query),
            headers=headers,
            now=now,
            seconds=_SIGNATURE_SECONDS,
        )


def authorization(
    credentials: Credentials,
    *,
    request: tuple[str, str, Mapping[str, str]],
    headers: Mapping[str, str],
    now: datetime,
    seconds: int,
) -> str:
    """What Baidu calls the authentication string, version 1, good for so many seconds from now on.

    ``request`` is the method, the path in its percent-encoding, and the query. ``headers`` are those to sign, in lower
    case.
    """
    method, path, query = request
    scope = f"bce-auth-v1/{credentials.access_key}/{_written(now)}/{seconds}"
    signed = "\n".join(sorted(f"{name}:{_encoded(value.strip())}" for name, value in headers.items()))
    key = _hmac(credentials.secret_key, scope)
    signature = _hmac(key, f"{method}\n{path}\n{_query(query)}\n{signed}")
    return f"{scope}/{';'.join(sorted(headers))}/{signature}"


def _place(storage: Storage) -> tuple[str, str]:
    """Where a bucket is reached: the endpoint, and the path before its keys.

    A region's host has the bucket before it, and a bare address behind it in the path. Every other host is a domain
    bound to the bucket.
    """
    scheme, host = storage.endpoint.split("://", 1)
    if is_at_an_address(storage.endpoint):
        return storage.endpoint, f"/{quote(storage.bucket)}"
    is_the_regions = host.endswith(".bcebos.com") and not host.startswith(f"{storage.bucket}.")
    return (f"{scheme}://{storage.bucket}.{host}" if is_the_regions else storage.endpoint), ""


def _next(told: dict[str, Any], last: str) -> Position | None:
    """Where to go on; ``last`` is what the page ended with."""
    truncated = told.get("isTruncated")
    if truncated is False:
        return None
    if truncated is not True:
        raise MalformedAnswer(f"the answer does not say whether more follows: isTruncated is {str(truncated)[:40]!r}")
    marker = told.get("nextMarker") or last
    check_types([marker], {str}, "nextMarker")
    if not marker:
        raise MalformedAnswer("the answer says that more follows, and not from where")
    return Position(marker)


def _query(parameters: Mapping[str, str]) -> str:
    """A query as it is signed: in order, and with everything encoded that RFC 3986 does not leave alone."""
    return "&".join(sorted(f"{_encoded(name)}={_encoded(value)}" for name, value in parameters.items()))


def _encoded(value: str) -> str:
    return quote(value, safe="")


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _hmac(key: str, signed: str) -> str:
    return hmac.digest(key.encode(), signed.encode(), "sha256").hex()
