"""The check of version 4 signatures, against the examples that Amazon published."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from doubles.sigv4 import Signed, canonical_request, check_query, signature, string_to_sign
from doubles.wire import Request
from indexer.vendors.base import Credentials

EXAMPLES = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
EMPTY = hashlib.sha256(b"").hexdigest()
MOMENT = "20130524T000000Z"
SIGNED_AT = datetime(2013, 5, 24, tzinfo=UTC)
HEADERS = {"host": "examplebucket.s3.amazonaws.com", "x-amz-content-sha256": EMPTY, "x-amz-date": MOMENT}
PUT = {
    "date": "Fri, 24 May 2013 00:00:00 GMT",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": hashlib.sha256(b"Welcome to Amazon S3.").hexdigest(),
}
PRESIGNED = (
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
)


def signed(headers: dict[str, str]) -> Signed:
    """A signature over all of these headers, in the scope of Amazon's examples."""
    return Signed(
        credential=f"{EXAMPLES.access_key}/20130524/us-east-1/s3/aws4_request",
        headers=";".join(sorted(headers)),
        signature="",
        moment=MOMENT,
        payload=headers["x-amz-content-sha256"],
        token=None,
    )


@pytest.mark.parametrize(
    ("method", "target", "more", "expected"),
    [
        (
            "GET",
            "/test.txt",
            {"range": "bytes=0-9"},
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        ("PUT", "/test%24file.text", PUT, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/?lifecycle", {}, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/?max-keys=2&prefix=J", {}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
    ids=["get-object", "put-object", "lifecycle", "list-objects"],
)
def test_amazons_examples_have_amazons_signatures(
    method: str, target: str, more: dict[str, str], expected: str
) -> None:
    """Each request of "Signature Calculations for the Authorization Header" has the signature printed there."""
    headers = HEADERS | more
    assert signature(Request(method, target, headers), signed(headers), EXAMPLES.secret_key) == expected


def test_the_steps_are_amazons() -> None:
    """The canonical request and the string to sign of the list example are those printed with it."""
    request = Request("GET", "/?max-keys=2&prefix=J", HEADERS)
    assert canonical_request(request, signed(HEADERS)) == (
        "GET\n/\nmax-keys=2&prefix=J\nhost:examplebucket.s3.amazonaws.com\n"
        f"x-amz-content-sha256:{EMPTY}\nx-amz-date:20130524T000000Z\n\n"
        f"host;x-amz-content-sha256;x-amz-date\n{EMPTY}"
    )
    assert string_to_sign(request, signed(HEADERS)) == (
        "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
        "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7"
    )


def test_amazons_presigned_url_is_good_for_its_day() -> None:
    """The URL of "Authenticating Requests: Using Query Parameters" is taken within its day, and not after it."""
    request = Request("GET", PRESIGNED, {"host": "examplebucket.s3.amazonaws.com"})
    day = timedelta(seconds=86400)
    assert check_query(request, EXAMPLES, "us-east-1", SIGNED_AT + day) is None
    refused = check_query(request, EXAMPLES, "us-east-1", SIGNED_AT + day + timedelta(seconds=1))
    assert refused
    assert (refused.status, refused.code, refused.message) == (403, "AccessDenied", "Request has expired")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("/test.txt", "/tess.txt"), "SignatureDoesNotMatch"),
        (("Expires=86400", "Expires=86401"), "SignatureDoesNotMatch"),
        (("Signature=aeee", "Signature=beee"), "SignatureDoesNotMatch"),
        (("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7ANOTHER"), "InvalidAccessKeyId"),
        (("us-east-1", "us-east-2"), "AuthorizationQueryParametersError"),
        (("20130524%2F", "20130523%2F"), "AuthorizationQueryParametersError"),
        (("Expires=86400", "Expires=604801"), "AuthorizationQueryParametersError"),
        (("Expires=86400", "Expires=0"), "AuthorizationQueryParametersError"),
        (("SignedHeaders=host", "SignedHeaders=date"), "AccessDenied"),
        (("X-Amz-Algorithm=AWS4-HMAC-SHA256&", ""), "AccessDenied"),
    ],
)
def test_a_changed_url_is_refused(change: tuple[str, str], code: str) -> None:
    """A signature holds for one object, one time, one key and one region."""
    request = Request("GET", PRESIGNED.replace(*change), {"host": "examplebucket.s3.amazonaws.com"})
    refused = check_query(request, EXAMPLES, "us-east-1", SIGNED_AT)
    assert refused
    assert refused.code == code
