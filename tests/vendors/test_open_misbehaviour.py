"""What a misbehaving server becomes of an object: all of its bytes or an error, and never other bytes."""

from __future__ import annotations

import hashlib
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from doubles import faults
from doubles.bucket import holding
from doubles.double import CREDENTIALS
from doubles.faults import Fault

from indexer.errors import (
    AccessDenied,
    CredentialsError,
    MalformedAnswer,
    NoSuchBucket,
    NoSuchObject,
    RequestRefused,
    Throttled,
    TransientVendorError,
    Unreachable,
    VendorError,
    WrongRegion,
)
from indexer.listing.retry import Backoff, RetryingLister
from indexer.vendors.base import Credentials
from indexer.vendors.objects import Cut
from vendors.dialects import ADAPTERS, Adapter

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles.bucket import Objects
    from doubles.double import BucketDouble, Serve
    from doubles.wire import Answer

KEY = "inventory/data a+b%41é.csv.gz"
CONTENT = bytes(range(256)) * 4000
OTHER = CONTENT[::-1]

each_sdk = pytest.mark.parametrize("adapter", [a for a in ADAPTERS if a.vendor != "s3-compatible"], ids=str)
each_sdk_with_codes = pytest.mark.parametrize(
    "adapter", [a for a in ADAPTERS if a.vendor != "s3-compatible" and a.with_codes], ids=str
)
with_session_tokens = pytest.mark.parametrize(
    "adapter", [a for a in ADAPTERS if a.vendor in {"s3", "ks3", "obs", "bos", "oss", "cos"}], ids=str
)


def again(adapter: Adapter, double: BucketDouble, slept: Callable[[float], None] = lambda _: None) -> RetryingLister:
    """A lister that goes on by itself, and waits for nothing but what the test does meanwhile."""
    return RetryingLister(adapter.lister(double), Backoff(tries=3), sleep=slept)


def opening_error(adapter: Adapter, double: BucketDouble) -> VendorError:
    """What opening raises, having asked exactly once."""
    with pytest.raises(VendorError) as caught:
        adapter.lister(double).open(KEY)
    assert len(double.requests) == 1
    return caught.value


@each_sdk
@pytest.mark.parametrize("times", [1, 3])
def test_a_cut_connection_is_gone_on_with(serve: Serve, adapter: Adapter, times: int) -> None:
    """However often half of what is left comes and no more, an object is read whole, no byte of it asked for twice."""
    double = serve(adapter.dialect, holding({KEY: CONTENT}), *(faults.cut_body() for _ in range(times)))
    with again(adapter, double).open(KEY) as file:
        assert file.read() == CONTENT
    places = [f"bytes={len(CONTENT) - (len(CONTENT) >> cut)}-" for cut in range(1, times + 1)]
    assert [request.headers.get("range") for request in double.requests] == [None, *places]


@each_sdk
def test_an_adapter_alone_does_not_go_on(serve: Serve, adapter: Adapter) -> None:
    """A body that is shorter than it was announced is Unreachable: an adapter asks once, and others ask again."""
    double = serve(adapter.dialect, holding({KEY: CONTENT}), faults.cut_body())
    with adapter.lister(double).open(KEY) as file, pytest.raises(Unreachable):
        file.read()
    assert len(double.requests) == 1


@each_sdk
def test_a_replaced_object_is_refused(serve: Serve, adapter: Adapter) -> None:
    """An object that another one replaces while it is read is an error, and never half of each."""
    held = holding({KEY: CONTENT})
    double = serve(adapter.dialect, held, faults.cut_body())
    replacing = again(adapter, double, lambda _: held.update(holding({KEY: OTHER})))
    with replacing.open(KEY) as file, pytest.raises(RequestRefused, match="replaced while it was read"):
        file.read()
    assert double.requests[1].headers["if-match"].strip('"') == hashlib.md5(CONTENT).hexdigest()


@each_sdk
def test_an_object_that_goes_away_is_missing(serve: Serve, adapter: Adapter) -> None:
    """An object that is deleted while it is read is NoSuchObject where it cannot be gone on with."""
    held = holding({KEY: CONTENT})
    double = serve(adapter.dialect, held, faults.cut_body())
    with again(adapter, double, lambda _: held.clear()).open(KEY) as file, pytest.raises(NoSuchObject):
        file.read()


@each_sdk
def test_reading_ends_when_nothing_more_comes(serve: Serve, adapter: Adapter) -> None:
    """A server that goes away in the midst is asked as often as may be, and then the last error is raised."""
    slept: list[float] = []
    double = serve(adapter.dialect, holding({KEY: CONTENT}), faults.cut_body(), faults.reset(), faults.reset())
    with again(adapter, double, slept.append).open(KEY) as file, pytest.raises(Unreachable):
        file.read()
    assert (len(double.requests), len(slept)) == (3, 2)


CUT = Cut(1000, '"etag"', len(CONTENT))
REST = CONTENT[1000:]
PART = f"bytes 1000-{len(CONTENT) - 1}/{len(CONTENT)}"


@each_sdk
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.body(200, CONTENT, {"ETag": '"etag"'}), MalformedAnswer),
        (faults.body(206, REST, {"ETag": '"etag"'}), MalformedAnswer),
        (faults.body(206, REST, {"ETag": '"etag"', "Content-Range": PART.replace("1000", "999")}), MalformedAnswer),
        (faults.body(206, REST[1:], {"ETag": '"etag"', "Content-Range": PART}), MalformedAnswer),
        (faults.body(206, REST, {"Content-Range": PART}), MalformedAnswer),
        (faults.body(206, REST, {"ETag": '"other"', "Content-Range": PART}), RequestRefused),
    ],
    ids=["whole", "no range", "other range", "short range", "no etag", "other etag"],
)
def test_only_what_is_left_is_believed(serve: Serve, adapter: Adapter, fault: Fault, error: type[VendorError]) -> None:
    """An answer that is not exactly the part that was asked for, of the same object, is an error."""
    double = serve(adapter.dialect, holding({KEY: CONTENT}), fault)
    with pytest.raises(error):
        adapter.lister(double).open(KEY, CUT)


@each_sdk
@pytest.mark.parametrize(
    "fault",
    [
        faults.html(),
        faults.body(200, CONTENT, {"Content-Type": "text/csv"}),
        faults.body(206, REST, {"ETag": '"etag"', "Content-Range": PART}),
        faults.body(206, CONTENT, {"ETag": '"etag"'}),
    ],
    ids=["html", "no etag", "part", "part without a range"],
)
def test_only_a_whole_object_is_believed(serve: Serve, adapter: Adapter, fault: Fault) -> None:
    """A portal's page, an answer that cannot be gone on with, and a part that nobody asked for are MalformedAnswers."""
    double = serve(adapter.dialect, holding({KEY: CONTENT}), fault)
    assert type(opening_error(adapter, double)) is MalformedAnswer


@each_sdk
@pytest.mark.parametrize("status", [204, 304])
def test_an_odd_success_is_no_object(serve: Serve, adapter: Adapter, status: int) -> None:
    """A status that is neither an object's nor an error's is an error."""
    double = serve(adapter.dialect, holding({KEY: CONTENT}), faults.body(status, b""))
    assert type(opening_error(adapter, double)) is RequestRefused


@each_sdk
def test_a_body_is_given_as_it_is_stored(serve: Serve, adapter: Adapter) -> None:
    """What says that it is compressed is not decompressed: an inventory's sizes and hashes are of what is stored."""

    def labelled(answer: Answer) -> Answer:
        answer.headers["Content-Encoding"] = "gzip"
        return answer

    double = serve(adapter.dialect, holding({KEY: CONTENT}), Fault("labelled gzip", answer=labelled))
    with adapter.lister(double).open(KEY) as file:
        assert file.read() == CONTENT
    assert double.requests[0].headers["accept-encoding"] == ("gzip" if adapter.vendor == "gcs" else "identity")


REFUSALS: list[tuple[int, str, type[VendorError]]] = [
    (403, "AccessDenied", AccessDenied),
    (403, "SignatureDoesNotMatch", CredentialsError),
    (403, "InvalidObjectState", RequestRefused),
    (404, "NoSuchKey", NoSuchObject),
    (404, "NoSuchBucket", NoSuchBucket),
    (404, "Teapot", NoSuchObject),
    (412, "PreconditionFailed", RequestRefused),
    (416, "InvalidRange", RequestRefused),
    (503, "SlowDown", Throttled),
    (500, "InternalError", Unreachable),
]


@each_sdk_with_codes
@pytest.mark.parametrize(
    ("status", "code", "error"), REFUSALS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_refusal_becomes_its_error(
    serve: Serve, adapter: Adapter, status: int, code: str, error: type[VendorError]
) -> None:
    """A vendor's refusal to give an object is raised as its kind of error, with the vendor's code, status and id."""
    refusal = opening_error(adapter, serve(adapter.dialect, holding({KEY: CONTENT}), faults.refused(status, code)))
    assert type(refusal) is error
    assert (refusal.code, refusal.status, refusal.request_id) == (code, status, "REQUEST-1")


@each_sdk
@pytest.mark.parametrize(("status", "error"), [(403, AccessDenied), (404, NoSuchObject), (429, Throttled)])
def test_an_empty_refusal_is_judged_by_its_status(
    serve: Serve, adapter: Adapter, status: int, error: type[VendorError]
) -> None:
    """A refusal without a body is judged by its HTTP status."""
    refusal = opening_error(adapter, serve(adapter.dialect, holding({KEY: CONTENT}), faults.body(status, b"")))
    assert (type(refusal), refusal.status) == (error, status)


@each_sdk
def test_a_refusal_that_is_cut_is_a_refusal(serve: Serve, adapter: Adapter) -> None:
    """An error answer whose connection ends in its midst is an error of ours too, by its status or as Unreachable."""
    cut = replace(faults.refused(403, "AccessDenied"), answer=faults.cut_body().answer)
    refusal = opening_error(adapter, serve(adapter.dialect, holding({KEY: CONTENT}), cut))
    assert type(refusal) in {AccessDenied, Unreachable}


@each_sdk
def test_access_denied_names_the_right_to_read(serve: Serve, adapter: Adapter) -> None:
    """Who may list and not read is told the object, and that it is reading which the key may not do."""
    double = serve(adapter.dialect, holding({KEY: CONTENT}), faults.refused(403, "AccessDenied"))
    told = str(opening_error(adapter, double))
    assert repr(KEY) in told
    assert "may not read" in told
    assert "list" not in told


@each_sdk
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(serve: Serve, adapter: Adapter, status: int) -> None:
    """A redirect is WrongRegion after exactly one request: another host's object would be believed otherwise."""
    double = serve(adapter.dialect, holding({KEY: CONTENT}), faults.redirected(status))
    assert type(opening_error(adapter, double)) is WrongRegion


@each_sdk
@pytest.mark.parametrize("fault", [faults.reset(), faults.html(502)], ids=lambda fault: fault.name)
def test_no_usable_answer_is_unreachable(serve: Serve, adapter: Adapter, fault: Fault) -> None:
    """A reset and a gateway's error page can be tried again: Unreachable."""
    assert type(opening_error(adapter, serve(adapter.dialect, holding({KEY: CONTENT}), fault))) is Unreachable


@each_sdk
def test_a_body_that_stalls_is_gone_on_with(serve: Serve, adapter: Adapter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body whose rest does not come within the read timeout is left, and asked for again from there on."""
    for module in (adapter.module, "indexer.vendors.http"):
        # An adapter without an SDK has no timeout of its own.
        monkeypatch.setattr(f"{module}.READ_TIMEOUT_SECONDS", 0.2, raising=False)
    double = serve(adapter.dialect, holding({KEY: CONTENT}), faults.stalled_body())
    with again(adapter, double).open(KEY) as file:
        assert file.read() == CONTENT
    assert len(double.requests) == 2


@with_session_tokens
def test_temporary_credentials_read_too(serve: Serve, adapter: Adapter) -> None:
    """A session token is sent with the request for an object as it is with a listing's."""
    temporary = Credentials(CREDENTIALS.access_key, CREDENTIALS.secret_key, "TOKEN/+=")
    double = serve(adapter.dialect, holding({KEY: CONTENT}), credentials=temporary)
    with adapter.lister(double).open(KEY) as file:
        assert file.read() == CONTENT


@each_sdk
def test_no_signature_is_in_an_error(serve: Serve, adapter: Adapter) -> None:
    """A host that takes no connection is told by its name, without the key's secret or what was signed with it."""
    double = serve(adapter.dialect, {})
    lister = adapter.lister(double)
    double.stop()
    with pytest.raises(TransientVendorError) as caught:
        lister.open(KEY)
    assert "ignature" not in str(caught.value)
    assert "token=" not in str(caught.value)


@each_sdk
def test_reading_takes_no_more_memory_than_a_piece(serve: Serve, adapter: Adapter) -> None:
    """An object of 32 megabytes is read without one of them in memory, also by who asks for eight at once."""
    held: Objects = holding({KEY: bytes(32_000_000)})
    double = serve(adapter.dialect, held)
    buffer = bytearray(8_000_000)
    with adapter.lister(double).open(KEY) as file:
        tracemalloc.start()
        try:
            read = sum(iter(lambda: file.readinto(buffer), 0))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert read == 32_000_000
    assert peak < 1_000_000
