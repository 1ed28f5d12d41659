"""Alibaba Cloud OSS, through oss2 with version 4 signatures.

oss2 signs, builds the request and reads errors; the listing is read by ``listxml``, because oss2 refuses a
last-modified time with milliseconds and pages without end where a server repeats its token.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import oss2
import requests
from oss2.credentials import (
    CredentialsProvider,
    EcsRamRoleCredentialsProvider,
    EnvironmentVariableCredentialsProvider,
)

from indexer.errors import CredentialsError, MalformedAnswer, RequestRefused, VendorError
from indexer.vendors.base import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    Capabilities,
    Page,
    Position,
    Storage,
    is_at_an_address,
)
from indexer.vendors.bodies import object_file, object_headers
from indexer.vendors.listxml import Dialect, read_listing
from indexer.vendors.refusals import refusal, unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from urllib3 import BaseHTTPResponse

    from indexer.vendors.objects import Cut, ObjectFile

LONGEST_URL_SECONDS = 604_800
"""How long a presigned URL may live: seven days by version 4 of the signature ("Include a V4 signature in a URL",
Alibaba Cloud OSS developer reference)."""

# Where an ECS instance's credentials are: "Use RAM roles to access OSS from ECS", Alibaba Cloud OSS user guide.
_ROLE = "ALIBABA_CLOUD_ECS_METADATA"
_ROLES = "http://100.100.100.200/latest/meta-data/ram/security-credentials/"

_DIALECT = Dialect(plus_is_space=False, next_element="NextContinuationToken", next_is_key=False)

# oss2 logs what a metadata server answered as an error; it becomes our exception instead.
logging.getLogger("oss2.credentials").addHandler(logging.NullHandler())
logging.getLogger("oss2.credentials").propagate = False


class OssLister:
    """Lists a bucket by ListObjectsV2."""

    capabilities = Capabilities(max_keys=1000, starts_anywhere=True, delimiters="any")

    def __init__(self, storage: Storage, connections: int = 1) -> None:
        self.storage = storage
        try:
            self._bucket = _Bucket(
                _auth(storage),
                storage.endpoint,
                storage.bucket,
                is_cname=_is_cname(storage.endpoint),
                session=_Session(pool_size=connections),
                connect_timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
                region=storage.region,
            )
        except oss2.exceptions.OssError as error:
            raise _translated(storage, error) from error

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Send one list request; oss2 itself retries only in its iterators."""
        try:
            body = self._bucket.list_objects_v2(
                prefix=self.storage.prefix,
                delimiter=delimiter or "",
                continuation_token=(after.token or "") if after else "",
                start_after=after.key if after and not after.token else "",
                max_keys=max_keys,
            )
        except (oss2.exceptions.OssError, requests.RequestException) as error:
            raise _translated(self.storage, error) from error
        return read_listing(
            body,
            _DIALECT,
            bucket=self.storage.bucket,
            prefix=self.storage.prefix,
            after=after,
            refusal=lambda code, message: refusal(self.storage, code=code, message=message),
        )

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Send one GetObject."""
        headers = object_headers(key, cut)
        try:
            answer = self._bucket.unread(key, headers)
        except (oss2.exceptions.OssError, requests.RequestException) as error:
            raise _translated(self.storage, error, key) from error
        return object_file(self.storage, answer, cut, lambda _: refusal(self.storage, status=answer.status, key=key))

    def presigned(self, key: str, seconds: int) -> str:
        """A URL by which whoever has it may GET one object for so many seconds; it is signed here.

        Raises:
            RequestRefused: it would live longer than seven days, or not at all, or oss2 takes no such key.
        """
        if not 0 < seconds <= LONGEST_URL_SECONDS:
            raise RequestRefused(f"a URL may live 1 to {LONGEST_URL_SECONDS} seconds, and not {seconds}")
        try:
            return str(self._bucket.sign_url("GET", key, seconds, slash_safe=True))
        except oss2.exceptions.OssError as error:
            raise _translated(self.storage, error) from error


class _Bucket(oss2.Bucket):  # type: ignore[misc]  # oss2 has no types
    """oss2's bucket, giving the body of an answer instead of parsing it."""

    @staticmethod
    def _parse_result(resp: Any, parse_func: Callable[..., Any], klass: type) -> bytes:  # noqa: ANN401, ARG004
        return bytes(resp.read())

    def unread(self, key: str, headers: dict[str, str]) -> BaseHTTPResponse:
        """The answer to a GetObject, of whose body nothing is read: oss2 would decompress it."""
        answer: BaseHTTPResponse = self._do("GET", self.bucket_name, key, headers=headers).response.raw
        return answer


class _Session(oss2.Session):  # type: ignore[misc]  # oss2 has no types
    """oss2's session, following no redirect: another host would be asked, and its answer believed."""

    def do_request(self, req: Any, timeout: Any) -> oss2.http.Response:  # noqa: ANN401 - oss2 has no types
        try:
            return oss2.http.Response(
                self.session.request(
                    req.method,
                    req.url,
                    params=req.params,
                    headers=req.headers,
                    stream=True,
                    timeout=timeout,
                    allow_redirects=False,
                )
            )
        except requests.RequestException as error:
            raise oss2.exceptions.RequestError(error) from error


def _auth(storage: Storage) -> Any:  # noqa: ANN401 - oss2 has no types
    credentials = storage.credentials()
    if credentials is None:
        return oss2.ProviderAuthV4(_chain(storage))
    if credentials.session_token:
        return oss2.StsAuth(
            credentials.access_key, credentials.secret_key, credentials.session_token, auth_version=oss2.AUTH_VERSION_4
        )
    return oss2.AuthV4(credentials.access_key, credentials.secret_key)


def _chain(storage: Storage) -> CredentialsProvider:
    """Where oss2 finds credentials by itself: the environment, then the RAM role that the environment names."""
    role = os.environ.get(_ROLE)
    chain = EnvironmentVariableCredentialsProvider()
    if role and not os.environ.get("OSS_ACCESS_KEY_ID"):
        chain = EcsRamRoleCredentialsProvider(_ROLES + quote(role, safe=""), timeout=CONNECT_TIMEOUT_SECONDS)
    try:
        chain.get_credentials()
    except oss2.exceptions.ClientError as error:
        raise CredentialsError(
            f"no credentials for bucket {storage.bucket!r}: set accessKey and secretKey, or OSS_ACCESS_KEY_ID and "
            f"OSS_ACCESS_KEY_SECRET in the environment, or in {_ROLE} the role of this ECS instance"
        ) from error
    return chain


def _is_cname(endpoint: str) -> bool:
    """Whether an endpoint is a domain bound to the bucket: every host but Alibaba's own and bare addresses."""
    return not is_at_an_address(endpoint) and not (urlsplit(endpoint).hostname or "").endswith(".aliyuncs.com")


def _translated(storage: Storage, error: Exception, key: str | None = None) -> VendorError:
    if isinstance(error, oss2.exceptions.ServerError):
        return _refused(storage, error, key)
    if isinstance(error, oss2.exceptions.RequestError | requests.RequestException):
        return unreachable(storage, error)
    if isinstance(error, oss2.exceptions.InconsistentError):
        return MalformedAnswer(f"{storage.endpoint} gave an answer that oss2 does not believe: {error}")
    return RequestRefused(f"oss2 refuses to ask bucket {storage.bucket!r}: {error}")


def _refused(storage: Storage, error: Any, key: str | None) -> VendorError:  # noqa: ANN401 - oss2 has no types
    # OSS answers AccessDenied for a bucket of another region, and names the right endpoint.
    named = error.details.get("Endpoint")
    elsewhere = named if named and named not in storage.endpoint else None
    return refusal(
        storage,
        code=error.code,
        status=error.status,
        message=error.message,
        request_id=error.request_id,
        right_place=elsewhere,
        key=key,
    )
