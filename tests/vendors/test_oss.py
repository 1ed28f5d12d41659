"""Alibaba OSS through oss2: what is asked and how it is signed, and what each of its errors becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import oss2
import pytest
import requests
from doubles import faults
from doubles.bucket import objects
from doubles.double import CREDENTIALS
from doubles.oss import OSS

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
from indexer.vendors.base import Position, Storage
from vendors.sdk_errors import bare, raised_by, subclasses
from vendors.walking import column, walked_keys

if TYPE_CHECKING:
    import logging

    from doubles.double import Serve

HANGZHOU = Storage(
    "oss", "cn-hangzhou", "https://oss-cn-hangzhou.aliyuncs.com", "shots-bucket", "", credentials=lambda: CREDENTIALS
)


def refusal_of(storage: Storage) -> VendorError:
    """What the first page raises."""
    with pytest.raises(VendorError) as caught:
        open_lister(storage).page(None, 1000)
    return caught.value


def test_oss_is_asked_by_list_objects_v2(serve: Serve) -> None:
    """OSS is asked for as many keys as the caller wants, by ListObjectsV2, url-encoded, path style on an address."""
    double = serve(OSS, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/")).page(Position("shots/0"), 1000)
    request = double.requests[0]
    assert request.path == "/shots-bucket/"
    assert {name: value for name, value in request.query.items() if value} == {
        "list-type": "2",
        "prefix": "shots/",
        "start-after": "shots/0",
        "max-keys": "1000",
        "encoding-type": "url",
        "fetch-owner": "false",
    }


def test_requests_are_signed_by_version_4(serve: Serve) -> None:
    """Every request has a version 4 signature: Alibaba takes no older one for new buckets."""
    double = serve(OSS, objects(["1"]))
    open_lister(double.storage()).page(None, 1)
    signature = double.requests[0].headers["authorization"]
    assert signature.startswith(f"OSS4-HMAC-SHA256 Credential={CREDENTIALS.access_key}/")
    assert "/cn-hangzhou/oss/aliyun_v4_request" in signature


def test_the_double_refuses_a_changed_request(serve: Serve) -> None:
    """A signature holds for its own query only, so that a passing test means a right signature."""
    double = serve(OSS, objects(["1"]))
    open_lister(double.storage()).page(None, 1)
    signed = double.requests[0]
    honest = requests.get(double.endpoint + signed.target, headers=signed.headers, timeout=10)
    changed = requests.get(double.endpoint + signed.target + "0", headers=signed.headers, timeout=10)
    assert honest.status_code == 200
    assert (changed.status_code, "SignatureDoesNotMatch" in changed.text) == (403, True)


def test_another_region_in_the_signature_is_refused(serve: Serve) -> None:
    """The region is part of the signature, and OSS refuses a wrong one."""
    storage = replace(serve(OSS, {}).storage(), region="cn-beijing")
    assert type(refusal_of(storage)) is RequestRefused


def test_the_session_token_is_sent(serve: Serve) -> None:
    """Temporary credentials are sent with their token, which is signed too."""
    temporary = replace(CREDENTIALS, session_token="SESSIONTOKEN")
    double = serve(OSS, objects(["1", "2"]), credentials=temporary)
    assert walked_keys(open_lister(double.storage()), max_keys=1) == ["1", "2"]
    assert double.requests[0].headers["x-oss-security-token"] == "SESSIONTOKEN"


def test_a_missing_session_token_is_refused(serve: Serve) -> None:
    """Temporary credentials without their token are a CredentialsError."""
    double = serve(OSS, {}, credentials=replace(CREDENTIALS, session_token="SESSIONTOKEN"))
    assert type(refusal_of(double.storage(credentials=CREDENTIALS))) is CredentialsError


def test_credentials_are_found_in_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without configured credentials oss2's environment variables are used, the session token among them."""
    monkeypatch.setenv("OSS_ACCESS_KEY_ID", CREDENTIALS.access_key)
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", CREDENTIALS.secret_key)
    monkeypatch.setenv("OSS_SESSION_TOKEN", "SESSIONTOKEN")
    double = serve(OSS, objects(["1"]), credentials=replace(CREDENTIALS, session_token="SESSIONTOKEN"))
    assert walked_keys(open_lister(replace(double.storage(), credentials=lambda: None))) == ["1"]


def test_no_credentials_is_a_credentials_error() -> None:
    """Without any credentials the error says where they may stand."""
    with pytest.raises(CredentialsError, match="OSS_ACCESS_KEY_ID"):
        open_lister(replace(HANGZHOU, credentials=lambda: None))


def test_times_with_milliseconds_are_read(serve: Serve) -> None:
    """A last-modified time with milliseconds is read to the millisecond; oss2 itself takes only .000Z."""
    page = open_lister(serve(OSS, objects(["1"])).storage()).page(None, 1)
    assert column(page, "last_modified") == [1_795_162_530_123_000]


def test_a_plus_stays_a_plus(serve: Serve) -> None:
    """OSS writes a blank as %20, so that a + in a url-encoded key is a +."""
    double = serve(OSS, objects(["a+b c"]), faults.plus_left_alone())
    assert walked_keys(open_lister(double.storage())) == ["a+b c"]


@pytest.mark.parametrize("status", [301, 307])
def test_no_redirect_is_followed(serve: Serve, status: int) -> None:
    """A redirect is WrongRegion after one request; oss2 would follow it."""
    double = serve(OSS, objects(["1"]), faults.redirected(status))
    assert type(refusal_of(double.storage())) is WrongRegion
    assert len(double.requests) == 1


def test_a_wrong_region_names_the_right_endpoint(serve: Serve) -> None:
    """OSS says AccessDenied for a bucket elsewhere; the endpoint that it names makes it WrongRegion."""
    fault = faults.refused(403, "AccessDenied", Endpoint="oss-cn-beijing.aliyuncs.com")
    refusal = refusal_of(serve(OSS, {}, fault).storage())
    assert type(refusal) is WrongRegion
    assert "oss-cn-beijing.aliyuncs.com" in str(refusal)


def test_access_denied_by_the_right_endpoint_is_no_wrong_region(serve: Serve) -> None:
    """An AccessDenied that names the endpoint which was asked is about the key."""
    fault = faults.refused(403, "AccessDenied", Endpoint="127.0.0.1")
    assert type(refusal_of(serve(OSS, {}, fault).storage())) is AccessDenied


def test_a_closed_public_endpoint_says_what_to_do(serve: Serve) -> None:
    """PublicEndpointForbidden says that a domain of the account's own is needed."""
    fault = faults.refused(400, "PublicEndpointForbidden", EC="0048-00000401")
    refusal = refusal_of(serve(OSS, {}, fault).storage())
    assert type(refusal) is RequestRefused
    assert "set endpoint" in str(refusal)


@pytest.mark.parametrize("fault", [faults.html(), faults.body(200, b"<html")], ids=["page", "cut"])
def test_a_page_in_the_servers_place_is_malformed(serve: Serve, fault: faults.Fault) -> None:
    """An HTML page with status 200 is a MalformedAnswer; oss2 itself raises a bare RuntimeError or ParseError."""
    assert type(refusal_of(serve(OSS, {}, fault).storage())) is MalformedAnswer


@pytest.mark.parametrize("status", [500, 503, 429])
def test_oss2_does_not_retry(serve: Serve, status: int) -> None:
    """One page is one request; the three undelayed retries are those of oss2's iterators, which are not used."""
    double = serve(OSS, {}, faults.body(status, b""))
    assert isinstance(refusal_of(double.storage()), Throttled | Unreachable)
    assert len(double.requests) == 1


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://oss-cn-hangzhou.aliyuncs.com", "shots-bucket.oss-cn-hangzhou.aliyuncs.com"),
        ("https://oss-cn-hangzhou-internal.aliyuncs.com", "shots-bucket.oss-cn-hangzhou-internal.aliyuncs.com"),
        ("https://shots.example.com", "shots.example.com"),
        ("http://127.0.0.1:9", "127.0.0.1:9"),
        ("http://localhost:9", "localhost:9"),
    ],
)
def test_only_a_domain_of_ones_own_holds_one_bucket(monkeypatch: pytest.MonkeyPatch, endpoint: str, host: str) -> None:
    """Alibaba's hosts have the bucket before them; a custom domain is the bucket's already."""
    asked: list[str] = []

    def send(_: object, request: requests.PreparedRequest, **__: object) -> NoReturn:
        asked.append(str(request.url))
        raise requests.ConnectionError

    monkeypatch.setattr("requests.Session.send", send)
    assert type(refusal_of(replace(HANGZHOU, endpoint=endpoint))) is Unreachable
    assert [url.split("/")[2] for url in asked] == [host]


def test_a_bucket_name_that_oss2_refuses() -> None:
    """A name that no bucket can have is refused when the connection is opened."""
    with pytest.raises(RequestRefused, match="bucket_name is invalid"):
        open_lister(replace(HANGZHOU, bucket="Shots_Bucket"))


def test_no_region_is_refused(serve: Serve) -> None:
    """A version 4 signature needs a region; without one nothing is asked."""
    double = serve(OSS, {})
    assert type(refusal_of(replace(double.storage(), region=None))) is RequestRefused
    assert double.requests == []


KEYS = ("a b+c%20d&e=f/中文é~(1)*'!.jpg", "/rooted.jpg", "b//c.jpg", "?q=1#x", "m%2Fn%41.jpg", "\U0001f600.jpg")


@pytest.mark.parametrize("token", [None, "SESSION+TOKEN/="])
@pytest.mark.parametrize("key", KEYS)
def test_a_presigned_url_gets_its_object(serve: Serve, key: str, token: str | None) -> None:
    """A URL that is made without a request gets the object it was made for, whatever its key, with the token in it."""
    double = serve(OSS, objects(KEYS), credentials=replace(CREDENTIALS, session_token=token))
    url = open_lister(double.storage()).presigned(key, 60)
    assert double.requests == []
    answer = requests.get(url, timeout=10)
    assert (answer.status_code, answer.content.decode()) == (200, key)


def test_a_presigned_url_holds_for_its_own_object_and_time(serve: Serve) -> None:
    """A URL that was changed is refused, and so is one whose time is over."""
    double = serve(OSS, objects(["1", "2"]))
    url = open_lister(double.storage()).presigned("1", 60)
    changed = requests.get(url.replace("/1?", "/2?"), timeout=10)
    assert (changed.status_code, "SignatureDoesNotMatch" in changed.text) == (403, True)
    double.ahead = timedelta(seconds=70)
    late = requests.get(url, timeout=10)
    assert (late.status_code, "expired" in late.text) == (403, True)


def test_a_presigned_url_is_https_at_the_regions_host() -> None:
    """Nobody on the way reads a URL of the region's own host; only an endpoint configured as http gives another."""
    url = open_lister(HANGZHOU).presigned("a/b.jpg", 60)
    assert url.startswith("https://shots-bucket.oss-cn-hangzhou.aliyuncs.com/a/b.jpg?")
    plain = open_lister(replace(HANGZHOU, endpoint="http://oss-cn-hangzhou.aliyuncs.com")).presigned("a/b.jpg", 60)
    assert plain.startswith("http://shots-bucket.")


@pytest.mark.parametrize("seconds", [-1, 0, 604_801])
def test_no_presigned_url_lives_longer_than_a_week(seconds: int) -> None:
    """Version 4 of the signature ends after seven days, and what never lives is no URL."""
    lister = open_lister(HANGZHOU)
    assert "x-oss-expires=604800" in lister.presigned("1", 604_800)
    with pytest.raises(RequestRefused, match="604800"):
        lister.presigned("1", seconds)


@pytest.mark.parametrize("key", ["", " "])
def test_a_key_that_oss2_refuses_has_no_url(key: str) -> None:
    """A key without a visible character is refused by oss2."""
    with pytest.raises(RequestRefused, match="key is invalid"):
        open_lister(HANGZHOU).presigned(key, 60)


def test_the_role_of_an_instance_gives_credentials(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALIBABA_CLOUD_ECS_METADATA names the RAM role whose credentials the instance's metadata server gives."""
    asked: list[str] = []

    def metadata(url: str, **_: object) -> requests.Response:
        asked.append(url)
        return _answer(200, METADATA)

    double = serve(OSS, objects(["1"]), credentials=replace(CREDENTIALS, session_token="SESSIONTOKEN"))
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA", "shots/../reader")
    monkeypatch.setattr("oss2.credentials.requests.get", metadata)
    assert walked_keys(open_lister(replace(double.storage(), credentials=lambda: None))) == ["1"]
    assert asked == ["http://100.100.100.200/latest/meta-data/ram/security-credentials/shots%2F..%2Freader"]


def test_the_environments_own_keys_go_before_a_role(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment has keys and a role, the keys are used, and no metadata server is asked."""
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA", "reader")
    monkeypatch.setenv("OSS_ACCESS_KEY_ID", CREDENTIALS.access_key)
    monkeypatch.setenv("OSS_ACCESS_KEY_SECRET", CREDENTIALS.secret_key)
    double = serve(OSS, objects(["1"]))
    assert walked_keys(open_lister(replace(double.storage(), credentials=lambda: None))) == ["1"]


@pytest.mark.parametrize(("status", "body"), [(404, "not found"), (200, "{}"), (200, "<html>")])
def test_a_role_that_gives_nothing_is_a_credentials_error(
    monkeypatch: pytest.MonkeyPatch, logged: list[logging.LogRecord], status: int, body: str
) -> None:
    """A metadata server that knows no such role is told as missing credentials, with where they may stand, once."""
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA", "reader")
    monkeypatch.setattr("oss2.credentials.requests.get", lambda *_, **__: _answer(status, body))
    with pytest.raises(CredentialsError, match="role of this ECS instance"):
        open_lister(replace(HANGZHOU, credentials=lambda: None))
    assert [record for record in logged if record.name.startswith("oss2")] == []


METADATA = (
    f'{{"Code": "Success", "AccessKeyId": "{CREDENTIALS.access_key}", "AccessKeySecret": "{CREDENTIALS.secret_key}", '
    '"SecurityToken": "SESSIONTOKEN", "Expiration": "2099-01-01T06:00:00Z", "LastUpdated": "2099-01-01T00:00:00Z"}'
)


def _answer(status: int, body: str) -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer._content = body.encode()  # noqa: SLF001 - requests fills it in from a connection
    return answer


REVIEWED = {"ClientError", "OpenApiFormatError", "OpenApiServerError", "SelectOperationClientError"}
"""Errors of oss2 that are wrong settings, or of calls that are not made: RequestRefused."""


def test_every_error_of_oss2_is_mapped_on_purpose(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error class that oss2 grows is of a mapped family, a refusal with a status and a code, or reviewed here."""
    lister = open_lister(serve(OSS, {}).storage())
    refused = {
        kind.__name__
        for kind in subclasses(oss2.exceptions.OssError)
        if not issubclass(kind, oss2.exceptions.ServerError)
        and type(raised_by(lister, monkeypatch, "oss2.Bucket.list_objects_v2", told(kind))) is RequestRefused
    }
    assert refused == REVIEWED


@pytest.mark.parametrize("kind", subclasses(oss2.exceptions.ServerError), ids=lambda kind: kind.__name__)
def test_a_refusal_of_oss2_keeps_its_code(serve: Serve, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
    """Every refusal that oss2 has a class for shows the vendor's code and status."""
    lister = open_lister(serve(OSS, {}).storage())
    refusal = raised_by(lister, monkeypatch, "oss2.Bucket.list_objects_v2", told(kind))
    assert (refusal.code, refusal.status) == ("SomeCode", 409)


def told(kind: type[Exception]) -> Exception:
    """An error of this class, as an answer of the server would make it."""
    error = bare(kind)
    oss2.exceptions.OssError.__init__(error, 409, {}, b"", {"Code": "SomeCode", "Message": "told"})
    return error
