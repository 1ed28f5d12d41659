"""Error codes as data: what each one becomes, and what its message says."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest

from indexer.errors import (
    AccessDenied,
    CredentialsError,
    CredentialsExpired,
    NoSuchBucket,
    NoSuchObject,
    RequestRefused,
    Throttled,
    TransientVendorError,
    Unreachable,
    VendorError,
    WrongRegion,
)
from indexer.vendors import VENDORS
from indexer.vendors.base import Credentials, Storage
from indexer.vendors.refusals import refusal, unreachable

STORAGE = Storage(
    "oss", "cn-hangzhou", "https://bucket.test", "shots", "", credentials=lambda: Credentials("AKID", "SECRET")
)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("InvalidAccessKeyId", CredentialsError),
        ("SignatureDoesNotMatch", CredentialsError),
        ("ExpiredToken", CredentialsExpired),
        ("SecurityTokenExpired", CredentialsExpired),
        ("InvalidSecurityToken", CredentialsError),
        ("InvalidToken", CredentialsError),
        ("InvalidSecurity", CredentialsError),
        ("AccountProblem", RequestRefused),
        ("VirtualHostDomainRequired", RequestRefused),
        ("RequestTimeTooSkewed", CredentialsError),
        ("AccessDenied", AccessDenied),
        ("UserDisable", AccessDenied),
        ("NoSuchBucket", NoSuchBucket),
        ("InvalidBucketName", NoSuchBucket),
        ("PermanentRedirect", WrongRegion),
        ("TemporaryRedirect", WrongRegion),
        ("AuthorizationHeaderMalformed", WrongRegion),
        ("SlowDown", Throttled),
        ("QpsLimitExceeded", Throttled),
        ("RequestLimitExceeded", Throttled),
        ("TooManyRequests", Throttled),
        ("InternalError", Unreachable),
        ("ServiceUnavailable", Unreachable),
        ("RequestTimeout", Unreachable),
        ("PublicEndpointForbidden", RequestRefused),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403, 503])
def test_a_known_code_decides_whatever_the_status(code: str, status: int, kind: type[VendorError]) -> None:
    """Vendors answer the same code with different statuses; a known code is its kind of error with each."""
    expected = Unreachable if code == "PublicEndpointForbidden" and status == 503 else kind
    expected = AccessDenied if code == "PublicEndpointForbidden" and status == 403 else expected
    assert type(refusal(STORAGE, code=code, status=status)) is expected


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, WrongRegion),
        (302, WrongRegion),
        (307, WrongRegion),
        (308, WrongRegion),
        (400, RequestRefused),
        (401, CredentialsError),
        (403, AccessDenied),
        (404, NoSuchBucket),
        (408, Unreachable),
        (409, RequestRefused),
        (429, Throttled),
        (500, Unreachable),
        (502, Unreachable),
        (503, Unreachable),
        (599, Unreachable),
        (0, RequestRefused),
    ],
)
@pytest.mark.parametrize("code", ["", "NewCode"])
def test_a_status_decides_where_the_code_does_not(code: str, status: int, kind: type[VendorError]) -> None:
    """A code that is not known, or none, leaves the judgement to the HTTP status."""
    error = refusal(STORAGE, code=code, status=status)
    assert type(error) is kind
    assert (error.code, error.status) == (code or None, status or None)


def test_the_right_place_makes_any_answer_a_wrong_region() -> None:
    """An answer that names the right place is WrongRegion whatever it calls itself, and the place is told."""
    error = refusal(STORAGE, code="AccessDenied", status=403, right_place="oss-cn-beijing.aliyuncs.com")
    assert type(error) is WrongRegion
    assert "oss-cn-beijing.aliyuncs.com" in str(error)
    assert "cn-hangzhou" in str(error)


@pytest.mark.parametrize("status", sorted({*HTTPStatus, 599}))
def test_every_message_says_where_and_with_which_code(status: int) -> None:
    """A message names the bucket or the endpoint, and ends with the vendor's code, status and request id."""
    error = str(refusal(STORAGE, code="NewCode", status=status, message="told by the vendor", request_id="REQ"))
    assert "'shots'" in error or STORAGE.endpoint in error
    assert error.endswith(f"(code NewCode, HTTP {status}, request REQ)")
    assert "{" not in error


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_denied_key_is_told_the_right_that_it_lacks(vendor: str) -> None:
    """AccessDenied names what the vendor calls the right to list, where it has a word for it."""
    right = VENDORS[vendor].right
    told = str(refusal(replace(STORAGE, vendor=vendor), code="AccessDenied", message="no {right}"))
    assert told.endswith(f"that may list{f', which takes {right}' if right else ''} (code AccessDenied)")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_denied_object_is_told_the_right_that_is_lacked(vendor: str) -> None:
    """AccessDenied to an object names the object, and what the vendor calls the right to read it."""
    right = VENDORS[vendor].right_to_read
    told = str(refusal(replace(STORAGE, vendor=vendor), code="AccessDenied", message="no", key="a/{b}.csv"))
    assert "object 'a/{b}.csv' of bucket 'shots'" in told
    assert told.endswith(f"that may read inventories{f', which takes {right}' if right else ''} (code AccessDenied)")


@pytest.mark.parametrize(
    ("code", "status", "of_object", "of_listing"),
    [
        ("NoSuchKey", 404, NoSuchObject, NoSuchBucket),
        ("BlobNotFound", 404, NoSuchObject, NoSuchBucket),
        ("", 404, NoSuchObject, NoSuchBucket),
        ("NoSuchBucket", 404, NoSuchBucket, NoSuchBucket),
        ("ContainerNotFound", 404, NoSuchBucket, NoSuchBucket),
        ("InvalidObjectState", 403, RequestRefused, AccessDenied),
        ("", 403, AccessDenied, AccessDenied),
        ("ExpiredToken", 400, CredentialsExpired, CredentialsExpired),
    ],
)
def test_a_refusal_of_an_object_is_none_of_a_listing(
    code: str, status: int, of_object: type[VendorError], of_listing: type[VendorError]
) -> None:
    """The same answer means that an object is not there, where one was asked for, and else that a bucket is not."""
    assert type(refusal(STORAGE, code=code, status=status, key="a")) is of_object
    assert type(refusal(STORAGE, code=code, status=status)) is of_listing


def test_an_object_that_was_replaced_is_told_so() -> None:
    """The vendor's word that an etag does not match any more is put in ours, beside its own."""
    told = str(refusal(STORAGE, code="ConditionNotMet", status=412, message="not met", key="a"))
    assert "it was replaced while it was read; not met" in told


def test_a_message_with_braces_is_shown_as_it_is() -> None:
    """What the vendor says is no template."""
    assert "{bucket}" in str(refusal(STORAGE, status=400, message="no {bucket} for {you}"))


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("RequestTimeTooSkewed", "clock"),
        ("ExpiredToken", "temporary credentials"),
        ("SecurityTokenExpired", "temporary credentials"),
        ("PublicEndpointForbidden", "set endpoint"),
        ("InvalidObjectState", "restored first"),
    ],
)
def test_a_hint_says_what_to_do(code: str, hint: str) -> None:
    """Where there is something to do about a code, the message says what."""
    assert hint in str(refusal(STORAGE, code=code, status=400, message="told"))


def test_a_long_message_is_cut() -> None:
    """A page of HTML in place of a message does not fill the terminal."""
    assert len(str(refusal(STORAGE, status=400, message="x" * 10_000))) < 700
    assert len(str(unreachable(STORAGE, OSError("x" * 10_000)))) < 700


def test_no_answer_is_transient_and_names_its_cause() -> None:
    """A failed connection can be tried again, and says which error it was."""
    error = unreachable(STORAGE, TimeoutError("timed out"))
    assert isinstance(error, TransientVendorError)
    assert "TimeoutError: timed out" in str(error)
    assert error.exit_code == 5


@pytest.mark.parametrize("kind", [Throttled, Unreachable])
def test_transient_errors_exit_with_try_again_later(kind: type[VendorError]) -> None:
    """What a retry can help ends with exit code 5, everything else of a vendor's with 1."""
    assert (kind.exit_code, AccessDenied.exit_code) == (5, 1)


@pytest.mark.parametrize(
    ("code", "status", "message", "kind"),
    [
        ("", 573, "", Throttled),
        ("", 403, "the clock is skewed", CredentialsError),
        ("AccessDenied", 573, "the clock is skewed", CredentialsError),
        ("AccessDenied", 403, "told", AccessDenied),
    ],
)
def test_a_vendors_own_signs_come_first(code: str, status: int, message: str, kind: type[VendorError]) -> None:
    """A vendor's own statuses and words are judged before what all vendors mean, and its words before its statuses."""
    signs: dict[int | str, type[VendorError]] = {573: Throttled, "skewed": CredentialsError}
    assert type(refusal(STORAGE, code=code, status=status, message=message, signs=signs)) is kind
