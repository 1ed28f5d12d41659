"""Turns the vendors' error codes into our tree, as data.

Sources: the "Error responses" pages of Amazon S3, Alibaba OSS, Tencent COS, Baidu BOS, the "Status and error codes" of
Azure Storage, "HTTP status and error codes for XML" of Google, "OBS Server-Side Error Codes" of Huawei, and Kingsoft's
document 5431. A code that stands in no table is judged by the HTTP status, and shown as the vendor wrote it
either way.
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from indexer.errors import (
    AccessDenied,
    CredentialsError,
    CredentialsExpired,
    NoSuchBucket,
    NoSuchObject,
    RequestRefused,
    Throttled,
    Unreachable,
    VendorError,
    WrongRegion,
)
from indexer.vendors import VENDORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.vendors.base import Storage

_BY_CODE: dict[str, type[VendorError]] = {
    "AuthFailure": CredentialsError,
    "AuthenticationFailed": CredentialsError,
    "ExpiredToken": CredentialsExpired,
    "InvalidAccessKeyId": CredentialsError,
    "InvalidAuthenticationInfo": CredentialsError,
    "InvalidHTTPAuthHeader": CredentialsError,
    "InvalidSecurity": CredentialsError,
    "InvalidSecurityToken": CredentialsError,
    "InvalidToken": CredentialsError,
    "KeyBasedAuthenticationNotPermitted": CredentialsError,
    "NoAuthenticationInformation": CredentialsError,
    "RequestExpired": CredentialsError,
    "RequestTimeTooSkewed": CredentialsError,
    "SecurityTokenExpired": CredentialsExpired,
    "SignatureDoesNotMatch": CredentialsError,
    "TokenRefreshRequired": CredentialsExpired,
    "AccessDenied": AccessDenied,
    "AccountIsDisabled": AccessDenied,
    "AccountOverdue": AccessDenied,
    "AllAccessDisabled": AccessDenied,
    "AuthorizationFailure": AccessDenied,
    "AuthorizationPermissionMismatch": AccessDenied,
    "InsufficientAccountPermissions": AccessDenied,
    "UserDisable": AccessDenied,
    "ContainerBeingDeleted": NoSuchBucket,
    "ContainerDisabled": NoSuchBucket,
    "ContainerNotFound": NoSuchBucket,
    "InvalidBucketName": NoSuchBucket,
    "InvalidResourceName": NoSuchBucket,
    "NoSuchBucket": NoSuchBucket,
    "AuthorizationHeaderMalformed": WrongRegion,
    "IllegalLocationConstraintException": WrongRegion,
    "PermanentRedirect": WrongRegion,
    "Redirect": WrongRegion,
    "TemporaryRedirect": WrongRegion,
    # Answered with 403, and not for want of a right.
    "AccountProblem": RequestRefused,
    "VirtualHostDomainRequired": RequestRefused,
    "BandwidthLimitExceeded": Throttled,
    "QpsLimitExceeded": Throttled,
    "RequestLimitExceeded": Throttled,
    "ServerBusy": Throttled,
    "SlowDown": Throttled,
    "Throttling": Throttled,
    "ThrottlingException": Throttled,
    "TooManyRequests": Throttled,
    "InternalError": Unreachable,
    "OperationTimedOut": Unreachable,
    "RequestTimeout": Unreachable,
    "ServiceUnavailable": Unreachable,
}

# What a code means where one object was asked for, and not a listing.
_OF_OBJECTS_BY_CODE: dict[str, type[VendorError]] = {
    "BlobNotFound": NoSuchObject,
    "NoSuchKey": NoSuchObject,
    # Answered with 403 for an object that is archived.
    "InvalidObjectState": RequestRefused,
}

_BY_STATUS: dict[int, type[VendorError]] = {
    HTTPStatus.MOVED_PERMANENTLY: WrongRegion,
    HTTPStatus.FOUND: WrongRegion,
    HTTPStatus.TEMPORARY_REDIRECT: WrongRegion,
    HTTPStatus.PERMANENT_REDIRECT: WrongRegion,
    HTTPStatus.UNAUTHORIZED: CredentialsError,
    HTTPStatus.FORBIDDEN: AccessDenied,
    HTTPStatus.NOT_FOUND: NoSuchBucket,
    HTTPStatus.REQUEST_TIMEOUT: Unreachable,
    HTTPStatus.TOO_MANY_REQUESTS: Throttled,
}

_OF_OBJECTS_BY_STATUS: dict[int, type[VendorError]] = {HTTPStatus.NOT_FOUND: NoSuchObject}

_WHAT: dict[type[VendorError], str] = {
    AccessDenied: (
        "access denied to bucket {bucket!r} ({message}): this key may be write-only, as the platforms advise for "
        "theirs; give the indexer a key of its own that may list{right}"
    ),
    CredentialsError: "the credentials for bucket {bucket!r} were refused: {message}",
    CredentialsExpired: "the credentials for bucket {bucket!r} have expired: {message}",
    NoSuchBucket: "there is no bucket {bucket!r} at {endpoint}: check bucket, region and endpoint",
    RequestRefused: "{endpoint} refused to list bucket {bucket!r}: {message}",
    Throttled: "{endpoint} asks for fewer requests: {message}",
    Unreachable: "{endpoint} failed to answer: {message}",
    WrongRegion: "bucket {bucket!r} is not in region {region}: {message}; set the right region or endpoint",
}

_WHAT_OF_OBJECTS: dict[type[VendorError], str] = {
    AccessDenied: (
        "access denied to object {key!r} of bucket {bucket!r} ({message}): this key may not read it, or may not be "
        "told that there is none; give the indexer a key of its own that may read inventories{right}"
    ),
    NoSuchObject: "there is no object {key!r} in bucket {bucket!r}",
    RequestRefused: "{endpoint} refused to give object {key!r} of bucket {bucket!r}: {message}",
}

_HINTS = {
    "AuthenticationFailed": "check the account's key, and set this machine's clock",
    "AuthorizationFailure": "the storage account's firewall may keep this machine out",
    "KeyBasedAuthenticationNotPermitted": "allow access by the storage account's key",
    "InvalidObjectState": "it is archived, and has to be restored first",
    "PublicEndpointForbidden": (
        "accounts opened after March 2025 reach mainland buckets only by a domain of their own: set endpoint to it"
    ),
    "RequestExpired": "set this machine's clock",
    "RequestTimeTooSkewed": "set this machine's clock",
    "VirtualHostDomainRequired": "Huawei OBS takes no bucket in the path: set vendor to obs, or to 7",
    "ExpiredToken": "fetch new temporary credentials",
    "SecurityTokenExpired": "fetch new temporary credentials",
}


def refusal(  # noqa: PLR0913 - the parts of a vendor's error answer
    storage: Storage,
    *,
    code: str = "",
    status: int = 0,
    message: str = "",
    request_id: str | None = None,
    right_place: str | None = None,
    signs: Mapping[int | str, type[VendorError]] = MappingProxyType({}),
    key: str | None = None,
) -> VendorError:
    """The exception that one error answer becomes.

    ``right_place`` is the region or endpoint that the answer itself names as the right one; it makes any answer a
    WrongRegion (OSS says AccessDenied then). ``signs`` are this vendor's own, judged before all others: a status, or a
    part of the message where neither code nor status tells enough. ``key`` is the object's that was asked for, where
    it was no listing.
    """
    kind = WrongRegion if right_place else _signed(signs, status, message) or _kind(code, status, of_object=bool(key))
    told = f"it is at {right_place}" if right_place else message or code or f"HTTP status {status}"
    if code in _HINTS:
        told = f"{told}; {_HINTS[code]}"
    if key and status == HTTPStatus.PRECONDITION_FAILED:
        told = f"it was replaced while it was read; {told}"
    right = VENDORS[storage.vendor].right_to_read if key else VENDORS[storage.vendor].right
    what = (_WHAT_OF_OBJECTS if key and kind in _WHAT_OF_OBJECTS else _WHAT)[kind].format(
        bucket=storage.bucket,
        endpoint=storage.endpoint,
        region=storage.region,
        message=told[:500],
        key=key,
        right=f", which takes {right}" if right else "",
    )
    return kind(what, code=code or None, status=status or None, request_id=request_id)


def unreachable(storage: Storage, error: BaseException) -> Unreachable:
    """No usable answer came: the connection failed, timed out, or was cut."""
    return Unreachable(f"{storage.endpoint} could not be reached: {type(error).__name__}: {str(error)[:500]}")


def _signed(signs: Mapping[int | str, type[VendorError]], status: int, message: str) -> type[VendorError] | None:
    told = [kind for sign, kind in signs.items() if isinstance(sign, str) and sign in message]
    return told[0] if told else signs.get(status)


def _kind(code: str, status: int, *, of_object: bool) -> type[VendorError]:
    by_code = _BY_CODE | _OF_OBJECTS_BY_CODE if of_object else _BY_CODE
    by_status = _BY_STATUS | _OF_OBJECTS_BY_STATUS if of_object else _BY_STATUS
    if code in by_code:
        return by_code[code]
    if status in by_status:
        return by_status[status]
    return Unreachable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else RequestRefused
