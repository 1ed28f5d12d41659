"""Qiniu Kodo: what is asked and how it is signed, what of its answers is believed, and what each refusal becomes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from doubles import faults
from doubles.bucket import objects, token
from doubles.double import CREDENTIALS
from doubles.qiniu import KODO

from indexer.errors import (
    AccessDenied,
    CredentialsError,
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
from indexer.vendors import open_lister
from indexer.vendors.base import Credentials, Position, Storage
from indexer.vendors.qiniu import private_url, request_token
from vendors.walking import column, keys_of, walk, walked_keys

if TYPE_CHECKING:
    from doubles.double import Serve

EAST = Storage("qiniu", "z0", "https://rsf-z0.qiniuapi.com", "shots", "", credentials=lambda: CREDENTIALS)
ITEM: dict[str, Any] = {"key": "a", "hash": "FjOr", "fsize": 1, "putTime": 17_951_625_301_230_009, "type": 0}


def refusal_of(storage: Storage) -> VendorError:
    """What the first page raises."""
    with pytest.raises(VendorError) as caught:
        open_lister(storage).page(None, 1000)
    return caught.value


def told(serve: Serve, **answer: Any) -> Storage:
    """A bucket whose one answer is this object."""
    return serve(KODO, {}, faults.body(200, json.dumps(answer).encode())).storage()


@pytest.mark.parametrize(
    ("target", "headers", "signed"),
    [
        # The examples of Qiniu's own SDKs for Rust and C#.
        (
            "GET /mkfile/sdf.jpg",
            {"Host": "upload.qiniup.com", "X-Qiniu-Aaa": "CCC", "X-Qiniu-Bbb": "AAA"},
            "ak:arPKqUn6T6DrnHhygbFS40PGBgY=",
        ),
        (
            "GET /",
            {
                "Host": "upload.qiniup.com",
                "Content-Type": "application/octet-stream",
                "X-Qiniu-Aaa": "DDD",
                "X-Qiniu-Bbb": "BBB",
            },
            "ak:GQQrYvDCdN_RaVjyJC7hIkv5TYk=",
        ),
        # What QiniuMacAuth of qiniu 7.18 gives.
        (
            "GET /list?bucket=shots-bucket&limit=1000&prefix=shots%2F",
            {
                "Host": "rsf-z0.qiniuapi.com",
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Qiniu-Date": "20261121T040744Z",
            },
            "ak:SyjQCjU559pwifC8RzPUXOv6r6Y=",
        ),
    ],
    ids=["rust", "csharp", "python"],
)
def test_requests_are_signed_as_qiniu_signs_them(target: str, headers: dict[str, str], signed: str) -> None:
    """The token of a request is the one that Qiniu's own code has for it."""
    assert request_token(target, headers, Credentials("ak", "sk")) == signed


def test_urls_are_signed_as_qiniu_signs_them() -> None:
    """A private URL is that of the example in Qiniu's document of download tokens."""
    url = private_url(
        "http://78re52.com1.z0.glb.clouddn.com/resource/flower.jpg",
        Credentials("MY_ACCESS_KEY", "MY_SECRET_KEY"),
        datetime.fromtimestamp(1451491200 - 3600, UTC),
        3600,
    )
    assert url == (
        "http://78re52.com1.z0.glb.clouddn.com/resource/flower.jpg?e=1451491200"
        "&token=MY_ACCESS_KEY:438dd8pXocjYuF-6dTcKMtETB2g="
    )


def test_kodo_is_asked_by_its_list_api(serve: Serve) -> None:
    """The bucket, the limit and the prefix are asked for, and a page after another by Kodo's own marker."""
    double = serve(KODO, objects(["shots/1", "shots/2"]))
    first = walk(open_lister(double.storage(prefix="shots/")), max_keys=1)[0]
    asked = {"bucket": "shots-bucket", "limit": "1", "prefix": "shots/"}
    assert first.next is not None
    assert first.next.token
    assert [(request.path, request.query) for request in double.requests] == [
        ("/list", asked),
        ("/list", asked | {"marker": first.next.token}),
    ]


def test_no_key_is_gone_on_from_without_a_marker(serve: Serve) -> None:
    """A position without a marker of Kodo's is refused before anything is sent: Kodo calls its markers opaque."""
    double = serve(KODO, objects(["1"]))
    lister = open_lister(double.storage())
    with pytest.raises(RequestRefused, match="markers"):
        lister.page(Position("0"), 10)
    assert (double.requests, lister.capabilities.starts_anywhere) == ([], False)


def test_the_double_refuses_a_changed_request(serve: Serve) -> None:
    """A signature holds for its own query only, so that a passing test means a right signature."""
    double = serve(KODO, objects(["1"]))
    open_lister(double.storage()).page(None, 1)
    signed = double.requests[0]
    honest = requests.get(double.endpoint + signed.target, headers=signed.headers, timeout=10)
    changed = requests.get(
        double.endpoint + signed.target.replace("limit=1", "limit=2"), headers=signed.headers, timeout=10
    )
    assert (honest.status_code, changed.status_code) == (200, 401)


@pytest.mark.parametrize(
    ("credentials", "told_to"),
    [
        (None, "set accessKey and secretKey"),
        (Credentials("AK", "SK", "TOKEN"), "leave out stsToken"),
        (Credentials("AK\n", "SK"), "odd character"),
        (Credentials("ключ", "SK"), "odd character"),
    ],
    ids=["none", "token", "line", "letters"],
)
def test_credentials_that_kodo_cannot_take(credentials: Credentials | None, told_to: str) -> None:
    """Credentials that Kodo has no use for are refused when the bucket is opened, and not shown."""
    with pytest.raises(CredentialsError, match=told_to) as caught:
        open_lister(replace(EAST, credentials=lambda: credentials))
    assert "TOKEN" not in str(caught.value)


@pytest.mark.parametrize("key", ["AKIDEXAMPLE", "AKIDUNKNOWN"])
def test_a_wrong_key_is_told_by_the_status(serve: Serve, key: str) -> None:
    """A wrong secret and an unknown key are status 401, without a code, and the secret is not shown."""
    refusal = refusal_of(serve(KODO, {}).storage(credentials=Credentials(key, "ANOTHERSECRETKEY")))
    assert (type(refusal), refusal.code, refusal.status) == (CredentialsError, None, 401)
    assert "bad token" in str(refusal)
    assert "ANOTHERSECRETKEY" not in f"{refusal} {refusal!r}"


def test_times_are_tenths_of_microseconds(serve: Serve) -> None:
    """A putTime is read exactly: its last figure is cut off, and none of the others is rounded."""
    page = open_lister(told(serve, items=[ITEM])).page(None, 1000)
    assert column(page, "last_modified") == [1_795_162_530_123_000]


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "STANDARD"), (1, "IA"), (2, "ARCHIVE"), (3, "DEEP_ARCHIVE"), (4, "ARCHIVE_IR"), (9, "9"), (None, None)],
)
def test_storage_classes_have_names(serve: Serve, number: int | None, name: str | None) -> None:
    """A storage class is named as Kodo's documents name its number; one that they do not have is shown as it is."""
    page = open_lister(told(serve, items=[ITEM | {"type": number}])).page(None, 1000)
    assert column(page, "storage_class") == [name]


@pytest.mark.parametrize("marker", [{}, {"marker": ""}, {"marker": None}])
def test_no_marker_is_the_end(serve: Serve, marker: dict[str, Any]) -> None:
    """A listing ends where there is no marker, however few keys its page has."""
    page = open_lister(told(serve, items=[ITEM], **marker)).page(None, 1000)
    assert (keys_of(page), page.next) == (["a"], None)


@pytest.mark.parametrize("items", [[], None])
def test_no_items_are_an_empty_page(serve: Serve, items: list[Any] | None) -> None:
    """A page without items that has a marker is not the end; Go writes no items as null, too."""
    page = open_lister(told(serve, items=items, marker="MARKER")).page(None, 1000)
    assert (keys_of(page), page.next) == ([], Position("", "MARKER"))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"marker": ""},
        {"items": {}},
        {"items": ["a"]},
        {"items": [ITEM | {"key": 7}]},
        {"items": [ITEM | {"key": None}]},
        {"items": [ITEM | {"fsize": "1"}]},
        {"items": [ITEM | {"fsize": -1}]},
        {"items": [ITEM | {"fsize": 2**64}]},
        {"items": [ITEM | {"putTime": 1.7e16}]},
        {"items": [ITEM | {"putTime": 10**30}]},
        {"items": [ITEM | {"hash": 7}]},
        {"items": [ITEM | {"type": "0"}]},
        {"items": [{name: value for name, value in ITEM.items() if name != "putTime"}]},
        {"items": [ITEM], "marker": 7},
        {"items": [ITEM], "commonPrefixes": [7]},
        {"items": [ITEM], "commonPrefixes": "a/"},
    ],
    ids=str,
)
def test_an_answer_of_another_form_is_malformed(serve: Serve, answer: dict[str, Any]) -> None:
    """An answer without items, or with fields of another type than documented, is never taken for a listing."""
    assert type(refusal_of(told(serve, **answer))) is MalformedAnswer


def test_an_answer_without_kodos_request_id_is_malformed(serve: Serve) -> None:
    """JSON that would be an empty listing, but does not come from Kodo, is none."""
    double = serve(KODO, {}, faults.body(200, b'{"items": []}', {"Server": "proxy"}))
    assert type(refusal_of(double.storage())) is MalformedAnswer


def test_a_marker_that_is_given_back_is_stuck(serve: Serve) -> None:
    """A page without items that gives back the marker it was asked with ends the listing with ListingStuck."""
    again = json.dumps({"items": [], "marker": token("a")}).encode()
    double = serve(KODO, {}, faults.body(200, again), faults.body(200, again))
    with pytest.raises(ListingStuck):
        walked_keys(CheckedLister(open_lister(double.storage())))


def test_a_folder_that_is_told_again_is_told_once(serve: Serve) -> None:
    """A page that begins in the midst of a common prefix tells it again; it is left out."""
    first = json.dumps({"items": [], "commonPrefixes": ["a/"], "marker": token("a/1")}).encode()
    second = json.dumps({"items": [], "commonPrefixes": ["a/", "b/"], "marker": ""}).encode()
    double = serve(KODO, {}, faults.body(200, first), faults.body(200, second))
    found = walk(CheckedLister(open_lister(double.storage())), delimiter="/")
    assert [page.prefixes for page in found] == [("a/",), ("b/",)]
    assert [request.query["delimiter"] for request in double.requests] == ["/", "/"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (302, WrongRegion),
        (400, RequestRefused),
        (401, CredentialsError),
        (403, AccessDenied),
        (404, NoSuchBucket),
        (419, AccessDenied),
        (429, Throttled),
        (500, Unreachable),
        (503, Unreachable),
        (573, Throttled),
        (579, Unreachable),
        (599, Unreachable),
        (612, RequestRefused),
        (630, RequestRefused),
        (631, NoSuchBucket),
        (640, RequestRefused),
        (701, RequestRefused),
    ],
)
@pytest.mark.parametrize("body", [b'{"error": "told by Kodo"}', b'{"code": 7}', b"<html>no</html>", b""])
def test_a_refusal_is_told_by_its_status(serve: Serve, status: int, error: type[VendorError], body: bytes) -> None:
    """Kodo's refusals are judged by their status, Kodo's own among them, and keep the request id."""
    refusal = refusal_of(serve(KODO, {}, faults.body(status, body)).storage())
    assert (type(refusal), refusal.status, refusal.request_id) == (error, status, "REQUEST-1")


@pytest.mark.parametrize("status", [400, 401, 403, 418, 573, 599, 640])
def test_what_kodo_says_is_shown(serve: Serve, status: int) -> None:
    """A refusal is shown with Kodo's own words, its status and its request id."""
    refusal = str(refusal_of(serve(KODO, {}, faults.body(status, b'{"error": "told by Kodo"}')).storage()))
    assert "told by Kodo" in refusal
    assert refusal.endswith(f"(HTTP {status}, request REQUEST-1)")


def test_a_wrong_clock_is_no_lack_of_rights(serve: Serve) -> None:
    """Kodo answers a wrong clock with 403, as it does a key that may not list; its words tell them apart."""
    double = serve(KODO, {}, faults.body(403, b'{"error": "request time too skewed"}'))
    assert type(refusal_of(double.storage())) is CredentialsError


def test_an_error_with_status_200_is_an_error(serve: Serve) -> None:
    """An error is one whatever the status says."""
    refusal = refusal_of(told(serve, error="told by Kodo"))
    assert (type(refusal), "told by Kodo" in str(refusal)) == (RequestRefused, True)


def test_objects_are_shown_through_the_buckets_domain(serve: Serve) -> None:
    """A private URL is of the configured domain; what it gives is the object of that very key."""
    keys = ["a b+c%20d&e=f/中文é~(1)*'!.jpg", "/rooted.jpg", "dir/", "x#y?z"]
    double = serve(KODO, objects(keys))
    lister = open_lister(replace(double.storage(), domain=double.endpoint))
    for key in keys:
        url = lister.presigned(key, 60)
        assert url.startswith(f"{double.endpoint}/")
        assert requests.get(url, timeout=10).content.decode() == key
        assert requests.get(url.replace("?e=", "?e=1"), timeout=10).status_code == 401


def test_no_domain_is_told() -> None:
    """Without a domain of the bucket's own there is no URL, and the error says what to set."""
    with pytest.raises(RequestRefused, match="set domain"):
        open_lister(EAST).presigned("a", 60)
    assert (
        open_lister(replace(EAST, domain="https://pictures.test"))
        .presigned("a", 60)
        .startswith("https://pictures.test/a?e=")
    )


@pytest.mark.parametrize(("key", "seconds"), [("a", 0), ("a", -1), ("", 60)])
def test_a_url_is_of_one_object_and_lives(key: str, seconds: int) -> None:
    """A URL of no object, or one that is over at once, is not made."""
    with pytest.raises(RequestRefused, match="one object"):
        open_lister(replace(EAST, domain="https://pictures.test")).presigned(key, seconds)
