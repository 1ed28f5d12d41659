"""Amazon S3 and whatever speaks its protocol, through boto3: what sets one store apart is data.

boto3 finds credentials and endpoints, signs, keeps connections and makes URLs. The question is put together here, as
boto3 takes longer for that than for all the rest of a request. The answer is read by ``listxml``: botocore takes an
hour to parse what it can be told in minutes (three quarters of it in its date parser), and corrupts keys where a server
claims url-encoding without doing it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

import boto3
from botocore import exceptions as botocore_errors
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from indexer.errors import CredentialsError, RequestRefused, VendorError
from indexer.vendors.base import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    USER_AGENT,
    Capabilities,
    Page,
    Position,
    Storage,
)
from indexer.vendors.bodies import object_file, object_headers
from indexer.vendors.elements import error_of
from indexer.vendors.listxml import Dialect, read_listing
from indexer.vendors.refusals import refusal, unreachable

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.credentials import Credentials as BotoCredentials

    from indexer.vendors.objects import Cut, ObjectFile

LONGEST_URL_SECONDS = 604_800
"""How long a presigned URL may live: version 4 of the signature allows seven days ("Authenticating Requests: Using
Query Parameters", Amazon S3 API Reference)."""

# boto3 refuses a region that is not written as Amazon writes its own, and Kingsoft has a JR_BEIJING.
_ACCEPTED_REGION = "us-east-1"

_NO_CREDENTIALS = (
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.MetadataRetrievalError,
    botocore_errors.NoAuthTokenError,
    botocore_errors.SSOError,
    botocore_errors.TokenRetrievalError,
    botocore_errors.LoginError,
    botocore_errors.ConfigNotFound,
    botocore_errors.ConfigParseError,
    botocore_errors.ProfileNotFound,
)
_NO_ANSWER = (
    botocore_errors.HTTPClientError,
    botocore_errors.ConnectionError,
    botocore_errors.IncompleteReadError,
    botocore_errors.ResponseStreamingError,
)


@dataclass(frozen=True, slots=True)
class Quirks:
    """How a store that speaks S3 wants to be asked.

    ``url_encoding`` is whether keys are asked for url-encoded; a key with a character that XML cannot write is only
    listed so. ``addressing`` puts the bucket in the host's name or in the path, ``configured_addressing`` at an
    endpoint that the configuration names. ``most_with_delimiter`` is what a page holds where a delimiter is asked for.
    ``sdk_credentials`` is whether boto3's own chain may find the keys, ``session_tokens`` whether the store knows such.
    ``request_id`` is the header that names a request where the answer's body does not. ``as_stored`` is the
    Accept-Encoding by which an object comes as it is stored.
    """

    url_encoding: bool
    dialect: Dialect
    capabilities: Capabilities
    addressing: Literal["path", "virtual"]
    configured_addressing: Literal["path", "virtual"]
    most_with_delimiter: int = 1000
    sdk_credentials: bool = False
    session_tokens: bool = True
    request_id: str = "x-amz-request-id"
    as_stored: str = "identity"


_BY_TOKEN = Dialect(plus_is_space=True, next_element="NextContinuationToken", next_is_key=False)
_BY_KEY = Dialect(plus_is_space=True, next_element="NextMarker", next_is_key=True)
_ANY_DELIMITER = Capabilities(max_keys=1000, starts_anywhere=True, delimiters="any")

QUIRKS: dict[str, Quirks] = {
    "s3": Quirks(
        url_encoding=True,
        dialect=_BY_TOKEN,
        capabilities=_ANY_DELIMITER,
        addressing="virtual",
        # A private endpoint's name need not resolve with a bucket before it.
        configured_addressing="path",
        sdk_credentials=True,
    ),
    "ks3": Quirks(
        # Kingsoft documents both operations (42288 and 42287), and its own SDK pages by this one; nobody is known to
        # have asked the other through boto3. Its document of this one has no encoding-type.
        url_encoding=False,
        dialect=_BY_KEY,
        capabilities=_ANY_DELIMITER,
        # Kingsoft's documents write {BucketName}.{endpoint}, whatever the endpoint is.
        addressing="virtual",
        configured_addressing="virtual",
        # "GET Bucket (List Objects)", document 42288: with a delimiter, default and maximum are both 100.
        most_with_delimiter=100,
        request_id="x-kss-request-id",
    ),
    "gcs": Quirks(
        # Google does not say whether it writes a blank as + or leaves a + alone. Plain keys have no such doubt; Google
        # forbids line ends in names, and advises against whatever else XML cannot write.
        url_encoding=False,
        dialect=_BY_TOKEN,
        capabilities=_ANY_DELIMITER,
        # Bucket names may hold underscores and dots, which a host's name or its certificate may not.
        addressing="path",
        configured_addressing="path",
        # HMAC keys live until they are deleted; Google has no temporary ones.
        session_tokens=False,
        request_id="x-guploader-uploadid",
        # Google decompresses what is stored as gzip for whoever does not take that ("Transcoding of gzip-compressed
        # files", Cloud Storage documentation), and gives no parts of it then.
        as_stored="gzip",
    ),
    "obs": Quirks(
        # Parallel file systems, which are buckets too, answer no ListObjectsV2. Asked for url-encoded keys, OBS takes
        # the marker for one that is encoded and gives the same page for ever (rclone's list of quirks, HuaweiOBS).
        url_encoding=False,
        dialect=_BY_KEY,
        capabilities=_ANY_DELIMITER,
        # OBS answers VirtualHostDomainRequired where the bucket is in the path, as many have seen.
        addressing="virtual",
        configured_addressing="virtual",
    ),
    # Self-built stores answer the older ListObjects most alike, and some claim url-encoding without doing it:
    # rclone asks several of them for plain keys for that reason.
    "s3-compatible": Quirks(
        url_encoding=False,
        dialect=_BY_KEY,
        # Ceph and MinIO take any delimiter; rclone 1.75 lists every key where it is not a slash, as if asked without.
        capabilities=Capabilities(max_keys=1000, starts_anywhere=True, delimiters="slash"),
        # A virtual host of a self-built store seldom resolves.
        addressing="path",
        configured_addressing="path",
        sdk_credentials=True,
    ),
}


class S3Lister:
    """Lists a bucket by ListObjectsV2, or by ListObjects where the store's quirks ask for it."""

    def __init__(self, storage: Storage, connections: int = 1) -> None:
        self.storage = storage
        self._quirks = QUIRKS[storage.vendor]
        self.capabilities = self._quirks.capabilities
        try:
            session = boto3.session.Session(**_keys(storage, self._quirks))
            self._credentials = _found(session)
            self._client = _client(session, storage, self._quirks)
            self._url = self._presigned("list_objects_v2", {}, 1).partition("?")[0]
        except (botocore_errors.BotoCoreError, ValueError) as error:
            raise _translated(storage, error) from error
        self._http = _http(storage.endpoint, connections)

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Send one list request."""
        question = self._question(after, max_keys, delimiter)
        try:
            answer = self._http.send(self._signed(f"{self._url}?{urlencode(question, quote_via=quote)}"))
            body = _whole(answer)
        except botocore_errors.BotoCoreError as error:
            raise _translated(self.storage, error) from error
        if answer.status_code != HTTPStatus.OK:
            raise self._refusal(answer, body)
        return read_listing(
            body,
            self._quirks.dialect,
            bucket=self.storage.bucket,
            prefix=self.storage.prefix,
            after=after,
            refusal=lambda code, message: refusal(self.storage, code=code, message=message),
        )

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Send one GetObject. Google's front end rewrites what it is told of encodings, so that stays unsigned."""
        headers = object_headers(key, cut, self._quirks.as_stored)
        try:
            request = self._signed(self._presigned("get_object", {"Key": key}, 1).partition("?")[0], unread=True)
            for name, value in headers.items():
                request.headers[name] = value
            answer = self._http.send(request)
        except botocore_errors.BotoCoreError as error:
            raise _translated(self.storage, error) from error
        return object_file(self.storage, answer.raw, cut, lambda body: self._refusal(answer, body, key))

    def presigned(self, key: str, seconds: int) -> str:
        """A URL by which whoever has it may GET one object for so many seconds; it is signed here.

        Raises:
            RequestRefused: it would live longer than seven days, or not at all.
            CredentialsError: boto3's own chain finds no keys.
        """
        if not 0 < seconds <= LONGEST_URL_SECONDS:
            raise RequestRefused(f"a URL may live 1 to {LONGEST_URL_SECONDS} seconds, and not {seconds}")
        try:
            return self._presigned("get_object", {"Key": key}, seconds)
        except botocore_errors.BotoCoreError as error:
            raise _translated(self.storage, error) from error

    def _presigned(self, operation: str, more: dict[str, str], seconds: int) -> str:
        asked = {"Bucket": self.storage.bucket, **more}
        return str(self._client.generate_presigned_url(operation, Params=asked, ExpiresIn=seconds))

    def _question(self, after: Position | None, max_keys: int, delimiter: str | None) -> dict[str, str]:
        most = min(max_keys, self._quirks.most_with_delimiter) if delimiter else max_keys
        question = {
            "list-type": "" if self._quirks.dialect.next_is_key else "2",
            "encoding-type": "url" if self._quirks.url_encoding else "",
            "prefix": self.storage.prefix,
            "delimiter": delimiter or "",
            "max-keys": str(most),
        } | self._position(after)
        return {name: value for name, value in question.items() if value}

    def _position(self, after: Position | None) -> dict[str, str]:
        if after is None:
            return {}
        if self._quirks.dialect.next_is_key:
            return {"marker": after.key}
        return {"continuation-token": after.token} if after.token else {"start-after": after.key}

    def _signed(self, url: str, *, unread: bool = False) -> AWSPreparedRequest:
        """A GET for a URL. The answer's body is left ``unread``, or read to its end."""
        request = AWSRequest("GET", url, {"User-Agent": USER_AGENT}, stream_output=unread)
        S3SigV4Auth(self._credentials.get_frozen_credentials(), "s3", str(self.storage.region)).add_auth(request)
        return request.prepare()

    def _refusal(self, answer: AWSResponse, body: bytes, key: str | None = None) -> VendorError:
        told, headers = error_of(body), answer.headers
        named = told.get("Region") or told.get("Endpoint") or headers.get("x-amz-bucket-region")
        location = headers.get("location")
        return refusal(
            self.storage,
            code=told.get("Code", ""),
            status=answer.status_code,
            message=f"the endpoint redirects to {location}" if location else told.get("Message", ""),
            request_id=told.get("RequestId") or headers.get(self._quirks.request_id),
            right_place=named if named != self.storage.region else None,
            key=key,
        )


def _found(session: boto3.session.Session) -> BotoCredentials:
    """The keys that were given, or that boto3's own chain finds, and renews when they expire."""
    found = session.get_credentials()
    if found is None:
        raise botocore_errors.NoCredentialsError
    return found


def _client(session: boto3.session.Session, storage: Storage, quirks: Quirks) -> Any:  # noqa: ANN401 - it has no type
    client = session.client(
        "s3",
        region_name=_ACCEPTED_REGION,
        endpoint_url=storage.endpoint,
        config=Config(
            # "auto" with an endpoint means path style.
            s3={"addressing_style": quirks.configured_addressing if storage.custom_endpoint else quirks.addressing},
            signature_version="s3v4",
        ),
    )
    client.meta.events.register_last("before-sign.s3", partial(_sign_for, storage.region))
    return client


def _http(endpoint: str, connections: int) -> URLLib3Session:
    """Connections of botocore's own, which know the user's proxy and certificates, retry nothing and follow nothing."""
    # botocore's own types know neither a path to certificates nor two time-outs.
    options: dict[str, Any] = {
        "verify": os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE") or True,
        "timeout": (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
    }
    return URLLib3Session(proxies=get_environ_proxies(endpoint), max_pool_connections=connections, **options)


def _whole(answer: AWSResponse) -> bytes:
    """An answer's body. botocore has urllib3 give one that was cut off as if it were whole."""
    body, told = answer.content, answer.headers.get("content-length")
    if told and len(body) < int(told):
        raise botocore_errors.IncompleteReadError(actual_bytes=len(body), expected_bytes=int(told))
    return bytes(body)


def _keys(storage: Storage, quirks: Quirks) -> dict[str, Any]:
    """What a client is given of the credentials: nothing, where boto3's own chain shall find them."""
    credentials = storage.credentials()
    if credentials is None:
        if quirks.sdk_credentials:
            return {}
        raise CredentialsError(
            f"no credentials for bucket {storage.bucket!r}: set accessKey and secretKey; those that boto3 finds by "
            "itself are Amazon's, and are not sent elsewhere"
        )
    if credentials.session_token and not quirks.session_tokens:
        raise CredentialsError(
            f"bucket {storage.bucket!r} is reached with a key and its secret alone: leave stsToken out"
        )
    return {
        "aws_access_key_id": credentials.access_key,
        "aws_secret_access_key": credentials.secret_key,
        "aws_session_token": credentials.session_token,
    }


def _sign_for(region: str | None, request: AWSRequest, **_: object) -> None:
    """Name the store's own region in the signature, however it is written."""
    request.context["signing"]["region"] = region


def _translated(storage: Storage, error: Exception) -> VendorError:
    if isinstance(error, _NO_CREDENTIALS):
        return CredentialsError(f"no credentials for bucket {storage.bucket!r}: {error}")
    if isinstance(error, _NO_ANSWER):
        return unreachable(storage, error)
    return RequestRefused(f"boto3 refuses to ask bucket {storage.bucket!r}: {error}")
