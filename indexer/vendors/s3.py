"""Amazon S3 and whatever speaks its protocol, through boto3.

boto3 finds credentials, signs, and keeps connections; the listing is read by ``listxml``, because botocore takes an
hour to parse what it can be told in minutes (three quarters of it in its date parser) and corrupts keys where a server
claims url-encoding without doing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

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

_BODY = "RawListing"

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
    """How a store that speaks S3 wants to be asked."""

    operation: str
    url_encoding: bool
    dialect: Dialect
    capabilities: Capabilities


QUIRKS: dict[str, Quirks] = {
    "s3": Quirks(
        operation="list_objects_v2",
        url_encoding=True,
        dialect=Dialect(plus_is_space=True, next_element="NextContinuationToken", next_is_key=False),
        capabilities=Capabilities(max_keys=1000, starts_anywhere=True, delimiters="any"),
    ),
    # Self-built stores answer the older ListObjects most alike, and some claim url-encoding without doing it:
    # rclone asks several of them for plain keys for that reason.
    "s3-compatible": Quirks(
        operation="list_objects",
        url_encoding=False,
        dialect=Dialect(plus_is_space=True, next_element="NextMarker", next_is_key=True),
        # Ceph and MinIO take any delimiter; rclone 1.75 lists every key where it is not a slash, as if asked without.
        capabilities=Capabilities(max_keys=1000, starts_anywhere=True, delimiters="slash"),
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

    def _question(self, after: Position | None, max_keys: int, delimiter: str | None) -> dict[str, Any]:
        question: dict[str, Any] = {
            "Bucket": self.storage.bucket,
            "Prefix": self.storage.prefix,
            "MaxKeys": max_keys,
        } | ({"Delimiter": delimiter} if delimiter else {})
        if after is None:
            return question
        if self._quirks.dialect.next_is_key:
            return question | {"Marker": after.key}
        return question | ({"ContinuationToken": after.token} if after.token else {"StartAfter": after.key})


def _client(storage: Storage, quirks: Quirks, connections: int) -> Any:  # noqa: ANN401 - boto3's clients have no type
    credentials = storage.credentials()
    keys: dict[str, Any] = (
        {
            "aws_access_key_id": credentials.access_key,
            "aws_secret_access_key": credentials.secret_key,
            "aws_session_token": credentials.session_token,
        }
        if credentials
        else {}
    )
    client = boto3.session.Session().client(
        "s3",
        region_name=storage.region,
        endpoint_url=storage.endpoint,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=READ_TIMEOUT_SECONDS,
            max_pool_connections=connections,
            retries={"total_max_attempts": 1, "mode": "standard"},
            # A virtual host of a self-built store seldom resolves; AWS wants virtual hosts, and "auto" with an endpoint
            # means path style.
            s3={"addressing_style": "path" if storage.custom_endpoint else "virtual"},
            signature_version="s3v4",
            # A bucket's access log shows it; botocore would write a longer one anew for every request.
            user_agent=f"screenshot-indexer/{__version__}",
        ),
        **keys,
    )
    operation = "ListObjectsV2" if quirks.operation == "list_objects_v2" else "ListObjects"
    # One of these takes a 200 whose XML is broken for a 500, and runs before any handler of ours.
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event == "before-parse.s3.*":
            client.meta.events.unregister(event, handler)
    client.meta.events.register_first(f"before-parse.s3.{operation}", _keep_body)
    client.meta.events.register_last(f"before-call.s3.{operation}", _follow_no_redirect)
    if not quirks.url_encoding:
        client.meta.events.unregister(f"before-parameter-build.s3.{operation}", set_list_objects_encoding_type_url)
    return client


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
    elsewhere = named if named and named != storage.region else None
    return refusal(
        storage,
        # botocore puts the status where an answer has no code of its own.
        code="" if error.get("Code") == str(status) else error.get("Code", ""),
        status=status,
        message=error.get("Message", ""),
        request_id=about.get("RequestId"),
        right_place=elsewhere,
    )
