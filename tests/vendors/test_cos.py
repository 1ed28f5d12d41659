"""Tencent COS through cos-python-sdk-v5: what is asked and how it is signed, and what each of its errors becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import pytest
import requests
from doubles import faults
from doubles.bucket import objects
from doubles.cos import COS
from doubles.double import CREDENTIALS
from qcloud_cos.cos_exception import CosClientError, CosException, CosServiceError

from indexer.errors import (
    AccessDenied,
    CredentialsError,
    MalformedAnswer,
    RequestRefused,
    Throttled,
    Unreachable,
    VendorError,
    WrongRegion,
)
from indexer.vendors import open_lister
from indexer.vendors.base import Credentials, Position, Storage
from vendors.sdk_errors import raised_by, subclasses
from vendors.walking import walk, walked_keys

if TYPE_CHECKING:
    import logging

    from doubles.double import Serve

BEIJING = Storage(
    "cos",
    "ap-beijing",
    "https://cos.ap-beijing.myqcloud.com",
    "shots-bucket-1250000000",
    "",
    credentials=lambda: CREDENTIALS,
)


def refusal_of(storage: Storage) -> VendorError:
    """What the first page raises."""
    with pytest.raises(VendorError) as caught:
        open_lister(storage).page(None, 1000)
    return caught.value


def test_cos_is_asked_by_list_objects(serve: Serve) -> None:
    """COS is asked by ListObjects, url-encoded, for as many keys as the caller wants."""
    double = serve(COS, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/")).page(Position("shots/0"), 1000)
    assert [(request.path, request.query) for request in double.requests] == [
        ("/", {"prefix": "shots/", "marker": "shots/0", "max-keys": "1000", "encoding-type": "url"})
    ]


def test_the_marker_is_decoded(serve: Serve) -> None:
    """The next marker is a url-encoded key in the answer, and the key itself in the next request."""
    double = serve(COS, objects(["a b%41", "c"]))
    walk(open_lister(double.storage()), max_keys=1)
    assert double.requests[1].query["marker"] == "a b%41"


def test_the_whole_query_is_signed(serve: Serve) -> None:
    """Every parameter and the host are in the signature."""
    double = serve(COS, objects(["1"]))
    open_lister(double.storage()).page(None, 1)
    signature = double.requests[0].headers["authorization"]
    assert "q-url-param-list=encoding-type;marker;max-keys;prefix&" in signature
    assert "q-header-list=host&" in signature


def test_the_double_refuses_a_changed_request(serve: Serve) -> None:
    """A signature holds for its own query only, so that a passing test means a right signature."""
    double = serve(COS, objects(["1"]))
    open_lister(double.storage()).page(None, 1)
    signed = double.requests[0]
    honest = requests.get(double.endpoint + signed.target, headers=signed.headers, timeout=10)
    target = signed.target.replace("max-keys=1", "max-keys=2")
    changed = requests.get(double.endpoint + target, headers=signed.headers, timeout=10)
    assert honest.status_code == 200
    assert (changed.status_code, "SignatureDoesNotMatch" in changed.text) == (403, True)


def test_the_session_token_is_sent(serve: Serve) -> None:
    """Temporary credentials are sent with their token, which is signed too."""
    double = serve(COS, objects(["1"]), credentials=replace(CREDENTIALS, session_token="SESSIONTOKEN"))
    assert walked_keys(open_lister(double.storage())) == ["1"]
    headers = double.requests[0].headers
    assert headers["x-cos-security-token"] == "SESSIONTOKEN"
    assert "q-header-list=host;x-cos-security-token&" in headers["authorization"]


def test_no_credentials_is_a_credentials_error() -> None:
    """Tencent's SDK has no chain of its own, and the error says so."""
    with pytest.raises(CredentialsError, match="accessKey"):
        open_lister(replace(BEIJING, credentials=lambda: None))


def test_a_secret_with_blanks_is_refused() -> None:
    """Settings that the SDK refuses are terminal, and not taken for a failed connection."""
    with pytest.raises(RequestRefused, match="spaces"):
        open_lister(replace(BEIJING, credentials=lambda: Credentials("AKID", " SECRET ")))


def test_a_bucket_name_that_the_sdk_refuses() -> None:
    """A name that no bucket can have is refused when the connection is opened."""
    with pytest.raises(RequestRefused, match="bucket format is illegal"):
        open_lister(replace(BEIJING, bucket="shots_bucket"))


@pytest.mark.parametrize(
    ("storage", "host"),
    [
        (BEIJING, "shots-bucket-1250000000.cos.ap-beijing.myqcloud.com"),
        (
            replace(BEIJING, endpoint="https://cos.ap-beijing.tencentcos.cn"),
            "shots-bucket-1250000000.cos.ap-beijing.tencentcos.cn",
        ),
        (replace(BEIJING, endpoint="https://shots.example.com", custom_endpoint=True), "shots.example.com"),
    ],
    ids=["region", "other", "custom"],
)
def test_the_bucket_is_in_the_host(monkeypatch: pytest.MonkeyPatch, storage: Storage, host: str) -> None:
    """A region's host has the bucket before it; a configured endpoint is the bucket's host already."""
    asked: list[str] = []

    def send(_: object, request: requests.PreparedRequest, **__: object) -> NoReturn:
        asked.append(str(request.url))
        raise requests.ConnectionError

    monkeypatch.setattr("requests.Session.send", send)
    assert type(refusal_of(storage)) is Unreachable
    assert [url.split("/")[2] for url in asked] == [host]


def test_a_plus_stays_a_plus(serve: Serve) -> None:
    """COS writes a blank as %20, so that a + in a url-encoded key is a +."""
    double = serve(COS, objects(["a+b c"]), faults.plus_left_alone())
    assert walked_keys(open_lister(double.storage())) == ["a+b c"]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_an_error(serve: Serve, status: int) -> None:
    """A redirect is WrongRegion after one request; the SDK gives it back as if it were a listing."""
    double = serve(COS, objects(["1"]), faults.redirected(status))
    refusal = refusal_of(double.storage())
    assert type(refusal) is WrongRegion
    assert "/elsewhere/" in str(refusal)
    assert len(double.requests) == 1


def test_a_page_in_the_servers_place_is_malformed(serve: Serve) -> None:
    """An HTML page with status 200 is a MalformedAnswer; the SDK gives it back as if it were a listing."""
    assert type(refusal_of(serve(COS, {}, faults.html()).storage())) is MalformedAnswer


def test_cut_xml_is_malformed(serve: Serve) -> None:
    """XML that ends in the middle is a MalformedAnswer; the SDK raises a bare ParseError."""
    assert type(refusal_of(serve(COS, objects(["1"]), faults.cut_xml()).storage())) is MalformedAnswer


@pytest.mark.parametrize(("status", "code"), [(429, "TooManyRequests"), (503, "SlowDown"), (503, "")])
def test_throttling_is_told_after_one_request(serve: Serve, status: int, code: str) -> None:
    """Throttling is raised at once: the SDK's own retry sleeps, and leaves 429 out."""
    fault = faults.refused(status, code) if code else faults.body(status, b"")
    double = serve(COS, {}, fault)
    assert type(refusal_of(double.storage())) is (Throttled if code else Unreachable)
    assert len(double.requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(403, "AccessDenied", AccessDenied), (429, "TooManyRequests", Throttled), (503, "SlowDown", Unreachable)],
)
def test_an_error_without_a_resource_is_judged_by_its_status(
    serve: Serve, status: int, code: str, error: type[VendorError]
) -> None:
    """The SDK calls an error without <Resource> Unknown; the status decides then, and Unknown is never shown."""
    refusal = refusal_of(serve(COS, {}, faults.refused(status, code, Resource=None)).storage())
    assert type(refusal) is error
    assert "Unknown" not in f"{refusal} {refusal.request_id}"


def test_an_error_in_a_header_is_read(serve: Serve) -> None:
    """A code that stands in the header x-cos-error-code alone is the refusal's code."""
    double = serve(COS, {}, faults.body(403, b"no", {"x-cos-error-code": "SignatureDoesNotMatch"}))
    refusal = refusal_of(double.storage())
    assert (type(refusal), refusal.code, refusal.request_id) == (CredentialsError, "SignatureDoesNotMatch", None)


def test_the_sdk_does_not_log_refusals(serve: Serve, logged: list[logging.LogRecord]) -> None:
    """A refusal is told by the exception alone: the SDK's own error log stays out of ours."""
    refusal_of(serve(COS, {}, faults.refused(403, "AccessDenied")).storage())
    assert [record for record in logged if record.name.startswith("qcloud_cos")] == []


KEYS = ("a b+c%20d&e=f/中文é~(1)*'!.jpg", "/rooted.jpg", "b//c.jpg", "?q=1#x", "m%2Fn%41.jpg", "\U0001f600.jpg", " ")


@pytest.mark.parametrize("token", [None, "SESSION+TOKEN/="])
@pytest.mark.parametrize("key", KEYS)
def test_a_presigned_url_gets_its_object(serve: Serve, key: str, token: str | None) -> None:
    """A URL that is made without a request gets the object it was made for, whatever its key, with the token in it.

    The SDK by itself leaves the token out, and takes a slash off the front of a key.
    """
    double = serve(COS, objects(KEYS), credentials=replace(CREDENTIALS, session_token=token))
    url = open_lister(double.storage()).presigned(key, 60)
    assert double.requests == []
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.content.decode()) == (200, key)


def test_a_presigned_url_holds_for_its_own_object_and_time(serve: Serve) -> None:
    """A URL that was changed is refused, and so is one whose time is over."""
    double = serve(COS, objects(["1", "2"]))
    url = open_lister(double.storage()).presigned("1", 60)
    changed = requests.get(url.replace("/1?", "/2?"), timeout=10)
    assert (changed.status_code, "SignatureDoesNotMatch" in changed.text) == (403, True)
    double.ahead = timedelta(seconds=70)
    late = requests.get(url, timeout=10)
    assert (late.status_code, "expired" in late.text) == (403, True)


def test_a_presigned_url_is_https_at_the_regions_host() -> None:
    """Nobody on the way reads a URL of the region's own host; only an endpoint configured as http gives another."""
    url = open_lister(BEIJING).presigned("a/b.jpg", 60)
    assert url.startswith("https://shots-bucket-1250000000.cos.ap-beijing.myqcloud.com/a/b.jpg?")
    plain = replace(BEIJING, endpoint="http://shots.example.com", custom_endpoint=True)
    assert open_lister(plain).presigned("a/b.jpg", 60).startswith("http://shots.example.com/a/b.jpg?")


@pytest.mark.parametrize(("key", "seconds"), [("1", 0), ("1", -1), ("", 60)])
def test_a_url_of_nothing_is_refused(key: str, seconds: int) -> None:
    """A URL without an object, or without a time to live, is no URL."""
    with pytest.raises(RequestRefused, match="one object"):
        open_lister(BEIJING).presigned(key, seconds)


def test_every_error_of_the_sdk_is_mapped_on_purpose(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error class that the SDK grows fails here until it is mapped."""
    lister = open_lister(serve(COS, {}).storage())
    errors = {
        CosException: CosException("told"),
        CosClientError: CosClientError("told"),
        CosServiceError: CosServiceError("GET", "", 503),
    }
    assert set(subclasses(CosException)) - set(errors) == set()
    call = "qcloud_cos.CosS3Client.send_request"
    becomes = {kind: type(raised_by(lister, monkeypatch, call, error)) for kind, error in errors.items()}
    assert becomes == {CosException: RequestRefused, CosClientError: Unreachable, CosServiceError: Unreachable}
