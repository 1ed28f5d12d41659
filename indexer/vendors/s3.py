"""Amazon S3 and whatever speaks its protocol, through boto3: what sets one store apart is data.

boto3 finds credentials, signs, and keeps connections; the listing is read by ``listxml``, because botocore takes an
hour to parse what it can be told in minutes (three quarters of it in its date parser) and corrupts keys where a server
claims url-encoding without doing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

import boto3
from botocore import exceptions as botocore_errors
from botocore.config import Config
from botocore.handlers import BUILTIN_HANDLERS, set_list_objects_encoding_type_url

from indexer import __version__
from indexer.errors import CredentialsError, RequestRefused, VendorError
from indexer.vendors.base import CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS, Capabilities, Page, Position, Storage
from indexer.vendors.listxml import Dialect, read_listing
from indexer.vendors.refusals import refusal, unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSRequest

LONGEST_URL_SECONDS = 604_800
"""How long a presigned URL may live: version 4 of the signature allows seven days ("Authenticating Requests: Using
Query Parameters", Amazon S3 API Reference)."""

_BODY = "RawListing"
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
    ``request_id`` is the header that names a request where the answer's body does not.
    """

    operation: Literal["list_objects", "list_objects_v2"]
    url_encoding: bool
    dialect: Dialect
    capabilities: Capabilities
    addressing: Literal["path", "virtual"]
    configured_addressing: Literal["path", "virtual"]
    most_with_delimiter: int = 1000
    sdk_credentials: bool = False
    session_tokens: bool = True
    request_id: str = "x-amz-request-id"


_BY_TOKEN = Dialect(plus_is_space=True, next_element="NextContinuationToken", next_is_key=False)
_BY_KEY = Dialect(plus_is_space=True, next_element="NextMarker", next_is_key=True)
_ANY_DELIMITER = Capabilities(max_keys=1000, starts_anywhere=True, delimiters="any")

QUIRKS: dict[str, Quirks] = {
    "s3": Quirks(
        operation="list_objects_v2",
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
        operation="list_objects",
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
        operation="list_objects_v2",
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
    ),
    "obs": Quirks(
        # Parallel file systems, which are buckets too, answer no ListObjectsV2. Asked for url-encoded keys, OBS takes
        # the marker for one that is encoded and gives the same page for ever (rclone's list of quirks, HuaweiOBS).
        operation="list_objects",
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
        operation="list_objects",
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
            self._client = _client(storage, self._quirks, connections)
        except (botocore_errors.BotoCoreError, ValueError) as error:
            raise _translated(storage, error) from error

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Send one list request; its retries are switched off."""
        try:
            answer = getattr(self._client, self._quirks.operation)(**self._question(after, max_keys, delimiter))
        except (botocore_errors.BotoCoreError, botocore_errors.ClientError, RecursionError) as error:
            raise _translated(self.storage, error) from error
        return read_listing(
            answer[_BODY],
            self._quirks.dialect,
            bucket=self.storage.bucket,
            prefix=self.storage.prefix,
            after=after,
            refusal=lambda code, message: refusal(self.storage, code=code, message=message),
        )

    def presigned(self, key: str, seconds: int) -> str:
        """A URL by which whoever has it may GET one object for so many seconds; it is signed here.

        Raises:
            RequestRefused: it would live longer than seven days, or not at all.
            CredentialsError: boto3's own chain finds no keys.
        """
        if not 0 < seconds <= LONGEST_URL_SECONDS:
            raise RequestRefused(f"a URL may live 1 to {LONGEST_URL_SECONDS} seconds, and not {seconds}")
        try:
            url = self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self.storage.bucket, "Key": key}, ExpiresIn=seconds
            )
        except botocore_errors.BotoCoreError as error:
            raise _translated(self.storage, error) from error
        return str(url)

    def _question(self, after: Position | None, max_keys: int, delimiter: str | None) -> dict[str, Any]:
        question: dict[str, Any] = {
            "Bucket": self.storage.bucket,
            "Prefix": self.storage.prefix,
            "MaxKeys": min(max_keys, self._quirks.most_with_delimiter) if delimiter else max_keys,
        } | ({"Delimiter": delimiter} if delimiter else {})
        if after is None:
            return question
        if self._quirks.dialect.next_is_key:
            return question | {"Marker": after.key}
        return question | ({"ContinuationToken": after.token} if after.token else {"StartAfter": after.key})


def _client(storage: Storage, quirks: Quirks, connections: int) -> Any:  # noqa: ANN401 - boto3's clients have no type
    client = boto3.session.Session().client(
        "s3",
        region_name=_ACCEPTED_REGION,
        endpoint_url=storage.endpoint,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            max_pool_connections=connections,
            retries={"total_max_attempts": 1, "mode": "standard"},
            # "auto" with an endpoint means path style.
            s3={"addressing_style": quirks.configured_addressing if storage.custom_endpoint else quirks.addressing},
            signature_version="s3v4",
            # A bucket's access log shows it; botocore would write a longer one anew for every request.
            user_agent=f"screenshot-indexer/{__version__}",
        ),
        **_keys(storage, quirks),
    )
    operation = "ListObjectsV2" if quirks.operation == "list_objects_v2" else "ListObjects"
    # One of these takes a 200 whose XML is broken for a 500, and runs before any handler of ours.
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event == "before-parse.s3.*":
            client.meta.events.unregister(event, handler)
    client.meta.events.register_first(f"before-parse.s3.{operation}", _keep_body)
    client.meta.events.register_last(f"before-call.s3.{operation}", _follow_no_redirect)
    client.meta.events.register_last("before-sign.s3", partial(_sign_for, storage.region))
    if not quirks.url_encoding:
        client.meta.events.unregister(f"before-parameter-build.s3.{operation}", set_list_objects_encoding_type_url)
    return client


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


def _keep_body(
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    **_: object,
) -> None:
    """Take a listing's raw body out of botocore's hands, which then parses an empty element instead.

    botocore has urllib3 give a body that was cut off as if it were whole.
    """
    if response_dict["status_code"] <= HTTPStatus.MULTIPLE_CHOICES:
        body, told = response_dict["body"], response_dict["headers"].get("content-length")
        if told and len(body) < int(told):
            raise botocore_errors.IncompleteReadError(actual_bytes=len(body), expected_bytes=int(told))
        customized_response_dict[_BODY] = body
        response_dict["body"] = b"<ListBucketResult/>"


def _follow_no_redirect(params: dict[str, Any], **_: object) -> None:
    """Tell botocore's region redirector that it has redirected already.

    It would look for the bucket with further requests, and recurses without end where HEAD is answered 307 too.
    """
    params["context"].setdefault("s3_redirect", {})["redirected"] = True


def _translated(storage: Storage, error: Exception) -> VendorError:
    if isinstance(error, botocore_errors.ClientError):
        return _refused(storage, error.response)
    if isinstance(error, _NO_CREDENTIALS):
        return CredentialsError(f"no credentials for bucket {storage.bucket!r}: {error}")
    if isinstance(error, _NO_ANSWER):
        return unreachable(storage, error)
    if isinstance(error, RecursionError):
        return refusal(storage, status=307, message="the endpoint redirects without end")
    return RequestRefused(f"boto3 refuses to list bucket {storage.bucket!r}: {error}")


def _refused(storage: Storage, response: Mapping[str, Any]) -> VendorError:
    error = response.get("Error", {})
    about = response.get("ResponseMetadata", {})
    headers = about.get("HTTPHeaders", {})
    status = about.get("HTTPStatusCode", 0)
    named = error.get("Region") or error.get("Endpoint") or headers.get("x-amz-bucket-region")
    location = headers.get("location")
    elsewhere = named if named and named != storage.region else None
    return refusal(
        storage,
        # botocore puts the status where an answer has no code of its own.
        code="" if error.get("Code") == str(status) else error.get("Code", ""),
        status=status,
        message=f"the endpoint redirects to {location}" if location else error.get("Message", ""),
        request_id=about.get("RequestId") or headers.get(QUIRKS[storage.vendor].request_id),
        right_place=elsewhere,
    )
