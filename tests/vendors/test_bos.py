"""Baidu BOS: what is asked and how it is signed, what of its answers is believed, and what each refusal becomes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
import requests
import urllib3
from doubles import faults
from doubles.bos import BOS
from doubles.bucket import objects
from doubles.double import CREDENTIALS

from indexer.errors import (
    AccessDenied,
    CredentialsError,
    MalformedAnswer,
    RequestRefused,
    Throttled,
    Unreachable,
    VendorError,
)
from indexer.vendors import open_lister
from indexer.vendors.base import Credentials, Position, Storage
from indexer.vendors.bos import authorization
from indexer.vendors.regions import regions
from vendors.walking import column, keys_of, walk, walked_keys

if TYPE_CHECKING:
    from doubles.double import Serve

BEIJING = Storage("bos", "bj", "https://bj.bcebos.com", "shots", "", credentials=lambda: CREDENTIALS)
OBJECT: dict[str, Any] = {
    "key": "a",
    "lastModified": "2026-11-20T08:15:30Z",
    "eTag": "0cc1",
    "size": 1,
    "storageClass": "STANDARD",
}
LISTING: dict[str, Any] = {"name": "shots-bucket", "prefix": "", "isTruncated": False, "contents": [OBJECT]}


def refusal_of(storage: Storage) -> VendorError:
    """What the first page raises."""
    with pytest.raises(VendorError) as caught:
        open_lister(storage).page(None, 1000)
    return caught.value


def told(serve: Serve, **answer: Any) -> Storage:
    """A bucket whose one answer is this object."""
    return serve(BOS, {}, faults.body(200, json.dumps(answer).encode())).storage()


def test_requests_are_signed_as_baidu_signs_them() -> None:
    """The authentication string is that of the example in Baidu's document of it."""
    headers = {
        "host": "bj.bcebos.com",
        "content-length": "8",
        "content-md5": "NFzcPqhviddjRNnSOGo4rw==",
        "content-type": "text/plain",
        "x-bce-date": "2015-04-27T08:23:49Z",
    }
    query = {"partNumber": "9", "uploadId": "a44cc9bab11cbd156984767aad637851"}
    signed = authorization(
        Credentials("a" * 32, "b" * 32),
        request=("PUT", "/v1/test/myfolder/readme.txt", query),
        headers=headers,
        now=datetime(2015, 4, 27, 8, 23, 49, tzinfo=UTC),
        seconds=1800,
    )
    assert signed == (
        f"bce-auth-v1/{'a' * 32}/2015-04-27T08:23:49Z/1800/content-length;content-md5;content-type;host;x-bce-date/"
        "d74a04362e6a848f5b39b15421cb449427f419c95a480fd6b8cf9fc783e2999e"
    )


def test_urls_are_signed_as_baidu_signs_them() -> None:
    """A path and a token with odd characters are signed as bce_v1_signer of bce-python-sdk 0.9.79 does it."""
    signed = authorization(
        Credentials("AKID", "SECRET"),
        request=("GET", "/a%20b%2Bc%2520d/%E4%B8%AD.jpg", {"x-bce-security-token": "TOK+/="}),
        headers={"host": "shots-bucket.bj.bcebos.com"},
        now=datetime(2026, 11, 21, 4, 9, 15, tzinfo=UTC),
        seconds=3600,
    )
    assert signed == (
        "bce-auth-v1/AKID/2026-11-21T04:09:15Z/3600/host/"
        "fca48348036dafc8d5a7ee7b5eee1f469d2aeab3ec7c3641f3ab60ba507fdec2"
    )


def test_bos_is_asked_by_list_objects(serve: Serve) -> None:
    """The limit, the prefix and the marker are asked for, and a blank is sent as %20."""
    double = serve(BOS, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/")).page(Position("shots/a b+c"), 1000)
    assert [request.target for request in double.requests] == [
        "/shots-bucket?marker=shots%2Fa%20b%2Bc&maxKeys=1000&prefix=shots%2F"
    ]


@pytest.mark.parametrize("token", [None, "SESSION+/=TOKEN"])
def test_the_session_token_is_sent_and_signed(serve: Serve, token: str | None) -> None:
    """Host and time are signed, and temporary credentials are sent with their token, which is signed too."""
    double = serve(BOS, objects(["1"]), credentials=replace(CREDENTIALS, session_token=token))
    assert walked_keys(open_lister(double.storage())) == ["1"]
    headers = double.requests[0].headers
    assert headers.get("x-bce-security-token") == token
    signed = "host;x-bce-date;x-bce-security-token" if token else "host;x-bce-date"
    assert headers["authorization"].split("/")[4] == signed


def test_the_double_refuses_a_changed_request(serve: Serve) -> None:
    """A signature holds for its own query only, so that a passing test means a right signature."""
    double = serve(BOS, objects(["1"]))
    open_lister(double.storage()).page(None, 1)
    signed = double.requests[0]
    honest = requests.get(double.endpoint + signed.target, headers=signed.headers, timeout=10)
    target = signed.target.replace("maxKeys=1", "maxKeys=2")
    changed = requests.get(double.endpoint + target, headers=signed.headers, timeout=10)
    assert (honest.status_code, changed.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("storage", "url"),
    [
        *(
            (replace(BEIJING, endpoint=f"https://{each.host}"), f"https://shots.{each.host}/?")
            for each in regions("bos")
        ),
        (replace(BEIJING, endpoint="https://shots.bj.bcebos.com"), "https://shots.bj.bcebos.com/?"),
        (replace(BEIJING, endpoint="https://pictures.example.com"), "https://pictures.example.com/?"),
        (replace(BEIJING, endpoint="http://10.0.0.7:8080"), "http://10.0.0.7:8080/shots?"),
        (replace(BEIJING, endpoint="http://[::1]:8080"), "http://[::1]:8080/shots?"),
        (replace(BEIJING, endpoint="http://localhost:8080"), "http://localhost:8080/shots?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_a_bucket_is_asked(monkeypatch: pytest.MonkeyPatch, storage: Storage, url: str) -> None:
    """A region's host has the bucket before it, an address behind it; every other host is the bucket's own."""
    asked: list[str] = []

    def send(_: object, __: str, url: str, **___: object) -> NoReturn:
        asked.append(url)
        raise urllib3.exceptions.HTTPError

    monkeypatch.setattr("urllib3.PoolManager.request", send)
    assert type(refusal_of(storage)) is Unreachable
    assert [each.partition("maxKeys")[0] for each in asked] == [url]


@pytest.mark.parametrize("credentials", [None, Credentials("AK ", "SK"), Credentials("AK", "SK", "TOK\r\nX: y")])
def test_credentials_that_bos_cannot_take(credentials: Credentials | None) -> None:
    """No credentials, or some that no header can hold, are refused when the bucket is opened."""
    with pytest.raises(CredentialsError):
        open_lister(replace(BEIJING, credentials=lambda: credentials))


def test_a_storage_class_is_named_as_baidu_names_it(serve: Serve) -> None:
    """Storage classes and etags are those of the answer, None where it has none."""
    bare = {name: value for name, value in OBJECT.items() if name not in ("eTag", "storageClass")} | {"key": "b"}
    page = open_lister(told(serve, **LISTING | {"contents": [OBJECT, bare]})).page(None, 1000)
    assert (column(page, "storage_class"), column(page, "etag")) == (["STANDARD", None], ["0cc1", None])


@pytest.mark.parametrize("contents", [{"contents": []}, {"contents": None}, {}])
def test_a_listing_of_nothing_proves_itself(serve: Serve, contents: dict[str, Any]) -> None:
    """A page without objects that names its bucket and its prefix, and ends, is an empty listing."""
    empty = {name: value for name, value in LISTING.items() if name != "contents"} | contents
    page = open_lister(told(serve, **empty)).page(None, 1000)
    assert (keys_of(page), page.next) == ([], None)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        LISTING | {"name": "other-bucket"},
        LISTING | {"name": None},
        LISTING | {"prefix": "other/"},
        LISTING | {"isTruncated": None},
        LISTING | {"isTruncated": "false"},
        LISTING | {"isTruncated": 0},
        LISTING | {"isTruncated": True, "nextMarker": 7},
        LISTING | {"isTruncated": True, "contents": []},
        LISTING | {"contents": {}},
        LISTING | {"contents": ["a"]},
        LISTING | {"contents": [OBJECT | {"key": 7}]},
        LISTING | {"contents": [OBJECT | {"size": "1"}]},
        LISTING | {"contents": [OBJECT | {"size": 2**64}]},
        LISTING | {"contents": [OBJECT | {"lastModified": "2026-11-20 08:15"}]},
        LISTING | {"contents": [OBJECT | {"lastModified": 1795162530}]},
        LISTING | {"contents": [OBJECT | {"eTag": 7}]},
        LISTING | {"contents": [OBJECT | {"storageClass": {}}]},
        LISTING | {"commonPrefixes": ["a/"]},
        LISTING | {"commonPrefixes": [{"prefix": None}]},
        LISTING | {"code": 7, "name": "other-bucket"},
    ],
    ids=range(21),
)
def test_an_answer_of_another_form_is_malformed(serve: Serve, answer: dict[str, Any]) -> None:
    """An answer of another bucket, or with fields of another type than documented, is never taken for a listing."""
    assert type(refusal_of(told(serve, **answer))) is MalformedAnswer


def test_a_page_goes_on_after_its_marker(serve: Serve) -> None:
    """The next page begins after the marker of the answer, which is a key."""
    double = serve(BOS, objects(["a b%41", "c"]))
    walk(open_lister(double.storage()), max_keys=1)
    assert double.requests[1].query["marker"] == "a b%41"


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        ("AccessDenied", "told", AccessDenied),
        ("AccessDenied", "the request rate is too high", Throttled),
        ("AccountOverdue", "told", AccessDenied),
        ("InvalidHTTPAuthHeader", "told", CredentialsError),
        ("RequestExpired", "told", CredentialsError),
        ("RequestRateLimitExceeded", "told", RequestRefused),
        ("NewCode", "told", RequestRefused),
    ],
)
def test_baidus_own_codes(serve: Serve, code: str, message: str, error: type[VendorError]) -> None:
    """A refusal is judged by Baidu's code, or by its words where one code stands for two things."""
    body = json.dumps({"code": code, "message": message, "requestId": "REQUEST-1"}).encode()
    refusal = refusal_of(serve(BOS, {}, faults.body(400, body)).storage())
    assert (type(refusal), refusal.code, refusal.status) == (error, code, 400)
    assert message in str(refusal)
    assert str(refusal).endswith(f"(code {code}, HTTP 400, request REQUEST-1)")


def test_the_request_id_of_the_body_will_do(serve: Serve) -> None:
    """Where no header has the request's id, the answer's own is told."""
    body = b'{"code": "NewCode", "message": "told", "requestId": "REQUEST-2"}'
    assert refusal_of(serve(BOS, {}, faults.body(400, body, {"Server": "BceBos"})).storage()).request_id == "REQUEST-2"


@pytest.mark.parametrize("token", [None, "SESSION+/=TOKEN"])
def test_a_presigned_url_gets_its_object(serve: Serve, token: str | None) -> None:
    """A presigned URL gives the object of that very key, with slashes at its ends, and holds for it alone."""
    keys = ["a b+c%20d&e=f/中文é~(1)*'!.jpg", "/rooted.jpg", "dir/", "x#y?z", "other"]
    double = serve(BOS, objects(keys), credentials=replace(CREDENTIALS, session_token=token))
    lister = open_lister(double.storage())
    for key in keys:
        assert requests.get(lister.presigned(key, 60), timeout=10).content.decode() == key
    stolen = lister.presigned("dir/", 60).replace("dir/?", "other?")
    assert requests.get(stolen, timeout=10).status_code == 403


def test_a_presigned_url_is_of_the_buckets_host() -> None:
    """A presigned URL is by TLS, on the bucket's own host."""
    url = open_lister(BEIJING).presigned("/a b/", 60)
    assert url.startswith("https://shots.bj.bcebos.com//a%20b/?authorization=bce-auth-v1%2FAKIDEXAMPLE%2F")


@pytest.mark.parametrize(("key", "seconds"), [("a", 0), ("a", -1), ("", 60)])
def test_a_url_is_of_one_object_and_lives(key: str, seconds: int) -> None:
    """A URL of no object, or one that never ends, as Baidu takes -1 for, is not made."""
    with pytest.raises(RequestRefused, match="one object"):
        open_lister(BEIJING).presigned(key, seconds)
