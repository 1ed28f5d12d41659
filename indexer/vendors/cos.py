"""Tencent Cloud COS, through cos-python-sdk-v5.

The SDK signs and sends; the answer is read by ``listxml``, because the SDK gives a redirect or an HTML page back as if
it were a listing. COS has only the older ListObjects, and its documents call the listing eventually consistent.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from qcloud_cos import CosConfig, CosS3Auth, CosS3Client
from qcloud_cos.cos_exception import CosClientError, CosException, CosServiceError
from requests.adapters import HTTPAdapter

from indexer.errors import CredentialsError, RequestRefused, VendorError
from indexer.vendors.base import READ_TIMEOUT_SECONDS, Capabilities, Page, Position, Storage
from indexer.vendors.bodies import object_file, object_headers
from indexer.vendors.listxml import Dialect, read_listing
from indexer.vendors.refusals import refusal, unreachable

if TYPE_CHECKING:
    from typing import Any

    from indexer.vendors.objects import Cut, ObjectFile


_DIALECT = Dialect(plus_is_space=False, next_element="NextMarker", next_is_key=True)

# The SDK logs the whole body of every refused request as an error; it becomes the message of our exception instead.
logging.getLogger("qcloud_cos").addHandler(logging.NullHandler())
logging.getLogger("qcloud_cos").propagate = False


class CosLister:
    """Lists a bucket by GET Bucket (List Objects)."""

    capabilities = Capabilities(max_keys=1000, starts_anywhere=True, delimiters="any")

    def __init__(self, storage: Storage, connections: int = 1) -> None:
        self.storage = storage
        try:
            self._config = _config(storage)
            self._url = self._config.uri(bucket=storage.bucket)
            self._client = CosS3Client(self._config, retry=0, session=_session(connections))
        except CosException as error:
            raise RequestRefused(f"the COS SDK refuses the settings of bucket {storage.bucket!r}: {error}") from error

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Send one list request."""
        params = {
            "prefix": self.storage.prefix,
            "marker": after.key if after else "",
            "max-keys": str(max_keys),
            "encoding-type": "url",
        } | ({"delimiter": delimiter} if delimiter else {})
        try:
            answer = self._ask(self._url, CosS3Auth(self._config, params=params), params=params, headers={})
        except CosException as error:
            raise _translated(self.storage, error) from error
        if answer.status_code != HTTPStatus.OK:
            raise self._unexpected(answer)
        return read_listing(
            answer.content,
            _DIALECT,
            bucket=self.storage.bucket,
            prefix=self.storage.prefix,
            after=after,
            refusal=lambda code, message: refusal(self.storage, code=code, message=message),
        )

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Send one GET Object."""
        headers = object_headers(key, cut)
        path = f"/{key}"  # the SDK takes one slash off, be it the key's own
        url = self._config.uri(bucket=self.storage.bucket, path=path)
        try:
            answer = self._ask(url, CosS3Auth(self._config, path), headers=headers, stream=True)
        except CosException as error:
            raise _translated(self.storage, error, key) from error
        except requests.RequestException as error:  # an error answer that is cut: the SDK reads it unguarded
            raise unreachable(self.storage, error) from error
        return object_file(self.storage, answer.raw, cut, lambda _: self._unexpected(answer, key))

    def presigned(self, key: str, seconds: int) -> str:
        """A URL by which whoever has it may GET one object for so many seconds; it is signed here.

        Tencent sets no longest life: the signature names its own end.

        Raises:
            RequestRefused: it would not live at all, or there is no key.
        """
        if seconds <= 0 or not key:
            raise RequestRefused(f"a URL is of one object and lives a second at least: not {key!r} for {seconds}")
        token = self._config._token  # noqa: SLF001 - the SDK leaves it out of URLs by itself
        url = self._client.get_presigned_url(
            Bucket=self.storage.bucket,
            Key=f"/{key}",  # the SDK takes one slash off, be it the key's own
            Method="GET",
            Expired=seconds,
            Params={"x-cos-security-token": token} if token else {},
        )
        return str(url)

    def _ask(self, url: str, auth: CosS3Auth, **more: Any) -> requests.Response:  # noqa: ANN401 - what requests takes
        answer: requests.Response = self._client.send_request(
            method="GET", url=url, bucket=self.storage.bucket, auth=auth, **more
        )
        return answer

    def _unexpected(self, answer: requests.Response, key: str | None = None) -> VendorError:
        """What an answer becomes that the SDK takes for a good one, and that is none."""
        location = answer.headers.get("Location")
        return refusal(
            self.storage,
            status=answer.status_code,
            message=f"the endpoint redirects to {location}" if location else "",
            request_id=answer.headers.get("x-cos-request-id"),
            key=key,
        )


def _session(connections: int) -> requests.Session:
    """A session that keeps this many connections open, and retries nothing by itself."""
    kept = requests.Session()
    for scheme in ("http://", "https://"):
        kept.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    return kept


def _config(storage: Storage) -> CosConfig:
    credentials = storage.credentials()
    if credentials is None:
        raise CredentialsError(
            f"no credentials for bucket {storage.bucket!r}: Tencent's SDK has no chain of its own; "
            "set accessKey and secretKey"
        )
    endpoint = urlsplit(storage.endpoint)
    return CosConfig(
        Region=storage.region,
        SecretId=credentials.access_key,
        SecretKey=credentials.secret_key,
        Token=credentials.session_token,
        Scheme=endpoint.scheme,
        # The region's host serves every bucket under a host of its own; a configured one is that already.
        Endpoint=None if storage.custom_endpoint else endpoint.netloc,
        Domain=endpoint.netloc if storage.custom_endpoint else None,
        Timeout=READ_TIMEOUT_SECONDS,
        AllowRedirects=False,
    )


def _translated(storage: Storage, error: CosException, key: str | None = None) -> VendorError:
    if isinstance(error, CosServiceError):
        return _refused(storage, error, key)
    if isinstance(error, CosClientError):
        return unreachable(storage, error)
    return RequestRefused(f"the COS SDK refuses to ask bucket {storage.bucket!r}: {error}")


def _refused(storage: Storage, error: Any, key: str | None) -> VendorError:  # noqa: ANN401 - the SDK has no types
    # The SDK reads no XML without a <Resource>, and takes JSON as it comes; the status decides where no code is told.
    digest = error.get_digest_msg()
    told = digest if isinstance(digest, dict) else {}
    return refusal(
        storage,
        code=str(told.get("code", "")),
        status=error.get_status_code(),
        message=str(told.get("message", "")),
        request_id=told.get("requestid"),
        key=key,
    )
