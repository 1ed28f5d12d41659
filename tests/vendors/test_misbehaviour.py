"""What a misbehaving server becomes: an error that says so, never a shorter listing and never an endless one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from doubles import faults
from doubles.bucket import objects

from indexer.errors import (
    AccessDenied,
    CredentialsError,
    CredentialsExpired,
    ListingStuck,
    MalformedAnswer,
    NoSuchBucket,
    RequestRefused,
    Throttled,
    Unreachable,
    VendorError,
    WrongRegion,
)
from indexer.listing.checked import CheckedLister
from vendors.dialects import ADAPTERS, Adapter
from vendors.walking import keys_of, walked_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles.double import BucketDouble, Serve
    from doubles.faults import Fault

KEYS = [f"shots/a+b {number}%41é.jpg" for number in range(9)]

each_adapter = pytest.mark.parametrize("adapter", ADAPTERS, ids=str)
# The two ways of asking through boto3 differ in what they read, not in how they fail.
each_sdk = pytest.mark.parametrize("adapter", [a for a in ADAPTERS if a.vendor != "s3-compatible"], ids=str)
each_sdk_with_codes = pytest.mark.parametrize(
    "adapter", [a for a in ADAPTERS if a.vendor != "s3-compatible" and a.with_codes], ids=str
)
each_token_adapter = pytest.mark.parametrize("adapter", [a for a in ADAPTERS if a.with_tokens], ids=str)
each_marker_adapter = pytest.mark.parametrize("adapter", [a for a in ADAPTERS if not a.with_tokens], ids=str)


def checked(adapter: Adapter, double: BucketDouble) -> CheckedLister:
    """The adapter as the walk uses it."""
    return CheckedLister(adapter.lister(double, prefix="shots/"))


def first_page_error(adapter: Adapter, double: BucketDouble) -> VendorError:
    """What the first page raises, having asked exactly once."""
    with pytest.raises(VendorError) as caught:
        checked(adapter, double).page(None, 1000)
    assert len(double.requests) == 1
    return caught.value


@each_adapter
def test_the_double_without_faults_is_listed(serve: Serve, adapter: Adapter) -> None:
    """Without a fault the keys of these tests are listed as they are."""
    assert walked_keys(checked(adapter, serve(adapter.dialect, objects(KEYS))), max_keys=2) == KEYS


UNBELIEVABLE = (
    faults.out_of_order(),
    faults.doubled_key(),
    faults.outside_the_prefix("a/before.jpg"),
    faults.outside_the_prefix("shotz/after.jpg"),
    faults.other_bucket(),
    faults.other_prefix(),
    faults.plain_keys(),
    faults.cut_xml(),
    faults.html(),
    faults.html(body=b"<!DOCTYPE html><title>Please log in</title>"),
    faults.body(200, b""),
    faults.body(200, b'{"message": "hello"}'),
    faults.body(200, b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"),
    faults.body(200, b"<ListBucketResult/>"),
)


@pytest.mark.parametrize(
    ("adapter", "fault"),
    [
        pytest.param(adapter, fault, id=f"{fault.name}-{adapter}")
        for adapter in ADAPTERS
        for fault in UNBELIEVABLE
        if fault.name not in adapter.unwritten
    ],
)
def test_an_unbelievable_answer_is_malformed(serve: Serve, adapter: Adapter, fault: Fault) -> None:
    """An answer that is no listing of this bucket and prefix in order is a MalformedAnswer, not an empty listing."""
    double = serve(adapter.dialect, objects(KEYS), fault)
    assert type(first_page_error(adapter, double)) is MalformedAnswer


@each_adapter
@pytest.mark.parametrize(("status", "content"), [(204, b""), (206, b"<ListBuck"), (300, b"<html/>")])
def test_an_odd_success_is_no_listing(serve: Serve, adapter: Adapter, status: int, content: bytes) -> None:
    """A status that is neither 200 nor an error is a terminal error too, not an empty listing."""
    double = serve(adapter.dialect, objects(KEYS), faults.body(status, content))
    assert type(first_page_error(adapter, double)) in (MalformedAnswer, RequestRefused)


@each_adapter
@pytest.mark.parametrize("fault", [faults.ignored_position(), faults.repeated_position()], ids=lambda fault: fault.name)
def test_a_listing_that_does_not_advance_is_stuck(serve: Serve, adapter: Adapter, fault: Fault) -> None:
    """A server that answers the same page or position again ends the listing with ListingStuck at once."""
    double = serve(adapter.dialect, objects(KEYS), faults.fine(), fault)
    with pytest.raises(ListingStuck):
        walked_keys(checked(adapter, double), max_keys=2)
    assert len(double.requests) == 2


@each_token_adapter
def test_a_repeated_token_is_stuck(serve: Serve, adapter: Adapter) -> None:
    """A page that gives back the token it was asked with ends the listing, even if its keys are new."""
    double = serve(adapter.dialect, objects(KEYS), faults.fine(), faults.repeated_token())
    with pytest.raises(ListingStuck):
        walked_keys(checked(adapter, double), max_keys=2)
    assert len(double.requests) == 2


@each_token_adapter
def test_a_token_that_leads_back_is_stuck(serve: Serve, adapter: Adapter) -> None:
    """A token that begins inside the page before it ends the listing with ListingStuck: its keys came already."""
    double = serve(adapter.dialect, objects(KEYS), faults.position_behind_the_page())
    with pytest.raises(ListingStuck):
        walked_keys(checked(adapter, double), max_keys=4)
    assert len(double.requests) == 2


@pytest.mark.parametrize("adapter", [a for a in ADAPTERS if a.vendor in ("cos", "bos")], ids=str)
def test_a_marker_that_leads_back_is_malformed(serve: Serve, adapter: Adapter) -> None:
    """A marker that lies before the last key of its page is a MalformedAnswer."""
    double = serve(adapter.dialect, objects(KEYS), faults.position_behind_the_page())
    assert type(first_page_error(adapter, double)) is MalformedAnswer


@pytest.mark.parametrize(
    "adapter", [a for a in ADAPTERS if a.with_tokens and "truncated without position" not in a.unwritten], ids=str
)
def test_more_without_a_token_is_malformed(serve: Serve, adapter: Adapter) -> None:
    """A truncated page without a token is a MalformedAnswer, and not the end of the listing."""
    double = serve(adapter.dialect, objects(KEYS), faults.truncated_without_position())
    assert type(first_page_error(adapter, double)) is MalformedAnswer


@each_marker_adapter
def test_more_without_a_marker_goes_on_after_the_last_key(serve: Serve, adapter: Adapter) -> None:
    """Where positions are keys, a truncated page without a marker is gone on from after its last key."""
    double = serve(adapter.dialect, objects(KEYS), faults.fine(), faults.truncated_without_position())
    assert walked_keys(checked(adapter, double), max_keys=5) == KEYS


@each_sdk
def test_an_empty_page_is_not_the_end(serve: Serve, adapter: Adapter) -> None:
    """A page without keys that says more follows is followed."""
    double = serve(adapter.dialect, objects(KEYS), faults.fine(), faults.empty_page())
    assert walked_keys(checked(adapter, double), max_keys=4) == KEYS


@each_marker_adapter
def test_more_after_nothing_is_malformed(serve: Serve, adapter: Adapter) -> None:
    """A truncated first page without a key or a marker is a MalformedAnswer."""
    head = b"<Name>shots-bucket</Name><Prefix>shots/</Prefix><IsTruncated>true</IsTruncated>"
    body = b"<ListBucketResult>" + head + b"</ListBucketResult>"
    double = serve(adapter.dialect, objects(KEYS), faults.body(200, body))
    assert type(first_page_error(adapter, double)) is MalformedAnswer


@each_adapter
@pytest.mark.parametrize("fault", [faults.whole_seconds(), faults.encoding_ignored()], ids=lambda fault: fault.name)
def test_a_permitted_variation_is_listed(serve: Serve, adapter: Adapter, fault: Fault) -> None:
    """Times without milliseconds, and plain keys that claim no encoding, are listings as good as any."""
    assert walked_keys(checked(adapter, serve(adapter.dialect, objects(KEYS), fault))) == KEYS


REFUSALS: list[tuple[int, str, type[VendorError]]] = [
    (403, "AccessDenied", AccessDenied),
    (403, "InvalidAccessKeyId", CredentialsError),
    (403, "SignatureDoesNotMatch", CredentialsError),
    (403, "RequestTimeTooSkewed", CredentialsError),
    (404, "NoSuchBucket", NoSuchBucket),
    (429, "TooManyRequests", Throttled),
    (503, "SlowDown", Throttled),
    (503, "ServiceUnavailable", Unreachable),
    (500, "InternalError", Unreachable),
    (400, "InvalidArgument", RequestRefused),
    (418, "Teapot", RequestRefused),
]


@each_sdk_with_codes
@pytest.mark.parametrize(
    ("status", "code", "error"), REFUSALS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_refusal_becomes_its_error(
    serve: Serve, adapter: Adapter, status: int, code: str, error: type[VendorError]
) -> None:
    """A vendor's refusal is raised after one request, as its kind of error, with the vendor's code, status and id."""
    refusal = first_page_error(adapter, serve(adapter.dialect, objects(KEYS), faults.refused(status, code)))
    assert type(refusal) is error
    assert (refusal.code, refusal.status, refusal.request_id) == (code, status, "REQUEST-1")


@each_sdk_with_codes
def test_credentials_that_expired_are_told_after_a_second_try(serve: Serve, adapter: Adapter) -> None:
    """The vendor's word that credentials expired is CredentialsExpired, where those fetched anew have expired too."""
    double = serve(adapter.dialect, objects(KEYS), *(faults.refused(400, "ExpiredToken") for _ in range(2)))
    with pytest.raises(CredentialsExpired) as caught:
        checked(adapter, double).page(None, 1000)
    assert (caught.value.code, len(double.requests)) == ("ExpiredToken", 2)


@each_sdk_with_codes
@pytest.mark.parametrize(("code", "error"), [("SlowDown", Throttled), ("AccessDenied", AccessDenied)])
def test_an_error_with_status_200_is_an_error(
    serve: Serve, adapter: Adapter, code: str, error: type[VendorError]
) -> None:
    """An Error element is an error whatever the status says."""
    refusal = first_page_error(adapter, serve(adapter.dialect, objects(KEYS), faults.refused(200, code)))
    assert (type(refusal), refusal.code) == (error, code)


@each_sdk
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(serve: Serve, adapter: Adapter, status: int) -> None:
    """A redirect is WrongRegion after exactly one request: another host's answer would be believed otherwise."""
    double = serve(adapter.dialect, objects(KEYS), faults.redirected(status))
    refusal = first_page_error(adapter, double)
    assert (type(refusal), refusal.status) == (WrongRegion, status)


@each_sdk
@pytest.mark.parametrize(
    "fault", [faults.reset(), faults.cut_body(), faults.html(502), faults.html(504)], ids=lambda fault: fault.name
)
def test_no_usable_answer_is_unreachable(serve: Serve, adapter: Adapter, fault: Fault) -> None:
    """A reset, an answer that is cut, and a gateway's error page can be tried again: Unreachable."""
    assert type(first_page_error(adapter, serve(adapter.dialect, objects(KEYS), fault))) is Unreachable


@each_sdk
def test_a_body_that_stalls_is_unreachable(serve: Serve, adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body whose rest does not come within the read timeout is Unreachable; it is not waited for longer."""
    for module in (adapter.module, "indexer.vendors.http"):
        # An adapter without an SDK has no timeout of its own.
        monkeypatch.setattr(f"{module}.READ_TIMEOUT_SECONDS", 0.2, raising=False)
    assert type(first_page_error(adapter, serve(adapter.dialect, objects(KEYS), faults.stalled_body()))) is Unreachable


@each_sdk
@pytest.mark.parametrize(
    ("status", "error"), [(401, CredentialsError), (403, AccessDenied), (404, NoSuchBucket), (429, Throttled)]
)
def test_an_empty_refusal_is_judged_by_its_status(
    serve: Serve, adapter: Adapter, status: int, error: type[VendorError]
) -> None:
    """A refusal without a body is judged by its HTTP status."""
    refusal = first_page_error(adapter, serve(adapter.dialect, objects(KEYS), faults.body(status, b"")))
    assert (type(refusal), refusal.status) == (error, status)


@each_sdk
@pytest.mark.parametrize(
    "content",
    [b"<html>no</html>", b"<Error><Code>Acc", b'{"code": 7}', b'{"error": "no"}', b"[]", b"<Error/>"],
    ids=["html", "cut", "json-code", "json", "json-list", "bare"],
)
def test_a_refusal_without_a_code_is_judged_by_its_status(serve: Serve, adapter: Adapter, content: bytes) -> None:
    """A refusal whose body tells no code that the vendor has, as a proxy's does, is judged by its HTTP status."""
    refusal = first_page_error(adapter, serve(adapter.dialect, objects(KEYS), faults.body(403, content)))
    assert (type(refusal), refusal.status) == (AccessDenied, 403)


@each_sdk
@pytest.mark.parametrize(
    "make", [lambda: faults.refused(503, "SlowDown"), faults.reset, faults.cut_body], ids=["SlowDown", "reset", "cut"]
)
def test_a_lister_goes_on_after_a_transient_error(serve: Serve, adapter: Adapter, make: Callable[[], Fault]) -> None:
    """After a transient error the same lister answers the same question."""
    lister = checked(adapter, serve(adapter.dialect, objects(KEYS), faults.fine(), make()))
    position = lister.page(None, 3).next
    with pytest.raises((Throttled, Unreachable)):
        lister.page(position, 3)
    assert keys_of(lister.page(position, 3)) == KEYS[3:6]


@each_sdk
def test_access_denied_names_the_write_only_key(serve: Serve, adapter: Adapter) -> None:
    """AccessDenied says that the key may be write-only, as the platforms advise for theirs."""
    double = serve(adapter.dialect, objects(KEYS), faults.refused(403, "AccessDenied"))
    assert "write-only" in str(first_page_error(adapter, double))


@each_sdk
def test_a_closed_port_is_unreachable(serve: Serve, adapter: Adapter) -> None:
    """A host that takes no connection is Unreachable, and its name is told."""
    double = serve(adapter.dialect, {})
    lister = checked(adapter, double)
    double.stop()
    with pytest.raises(Unreachable, match=re.escape(double.storage().endpoint)):
        lister.page(None, 1)
