"""Azure Blob Storage: what is asked and how it is signed, what is not believed, and what each refusal becomes."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import urllib3
from doubles import faults
from doubles.azure import AZURE
from doubles.bucket import objects
from doubles.double import CREDENTIALS

from indexer import __version__
from indexer.errors import (
    AccessDenied,
    CredentialsError,
    MalformedAnswer,
    NoSuchBucket,
    RequestRefused,
    Throttled,
    Unreachable,
    VendorError,
    WrongRegion,
)
from indexer.vendors import open_lister
from indexer.vendors.azure import Account, sas_string_to_sign, service_sas, string_to_sign
from indexer.vendors.base import Credentials, Position, Storage
from vendors.walking import keys_of, walk, walked_keys

if TYPE_CHECKING:
    from doubles.double import Serve

ACCOUNT = Account("myaccount", b"an account's key")
ANYWHERE = Storage(
    "azure",
    "",
    "https://{account}.blob.core.windows.net",
    "shots",
    "",
    credentials=lambda: Credentials("myaccount", base64.b64encode(b"an account's key").decode()),
)
PUBLISHED_HEADERS = {"x-ms-date": "Fri, 26 Jun 2015 23:39:12 GMT", "x-ms-version": "2015-02-21"}
PUBLISHED_HEAD = "\n".join(
    [
        *("GET", *[""] * 11),
        "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT",
        "x-ms-version:2015-02-21",
        "/myaccount/mycontainer",
    ]
)
FOLDERS = (
    b"<Blob><Name>a</Name><Properties><ResourceType>directory</ResourceType><Last-Modified>Fri, 20 Nov 2026 08:15:30 "
    b"GMT</Last-Modified><Etag>0x8D</Etag><Content-Length>0</Content-Length></Properties></Blob>"
)


def refusal_of(storage: Storage) -> VendorError:
    """What the first page raises."""
    with pytest.raises(VendorError) as caught:
        open_lister(storage).page(None, 1000)
    return caught.value


def listing(blobs: bytes = b"", endpoint: str = "https://akidexample.blob.core.windows.net/") -> bytes:
    """A listing of the container shots-bucket."""
    head = f'<EnumerationResults ServiceEndpoint="{endpoint}" ContainerName="shots-bucket"><Blobs>'
    return head.encode() + blobs + b"</Blobs><NextMarker /></EnumerationResults>"


@pytest.mark.parametrize(
    ("query", "signed"),
    [
        ("restype=container&comp=metadata&timeout=20", "comp:metadata\nrestype:container\ntimeout:20"),
        (
            "restype=container&comp=list&include=snapshots&include=metadata&include=uncommittedblobs",
            "comp:list\ninclude:metadata,snapshots,uncommittedblobs\nrestype:container",
        ),
    ],
)
def test_the_published_strings_are_signed(query: str, signed: str) -> None:
    """The examples of "Authorize with Shared Key" come out as they are printed there."""
    url = f"https://myaccount.blob.core.windows.net/mycontainer?{query}"
    assert string_to_sign("myaccount", "GET", url, PUBLISHED_HEADERS) == f"{PUBLISHED_HEAD}\n{signed}"


def test_a_standard_header_stands_in_its_own_place() -> None:
    """A Range is signed in the last of the eleven places, and other headers of the request in none."""
    headers = PUBLISHED_HEADERS | {"Range": "bytes=0-9", "User-Agent": "x", "Accept": "*/*"}
    signed = string_to_sign("myaccount", "GET", "https://myaccount.blob.core.windows.net/mycontainer/a%20b", headers)
    assert signed.split("\n")[:12] == ["GET", *[""] * 10, "bytes=0-9"]
    assert signed.endswith("x-ms-version:2015-02-21\n/myaccount/mycontainer/a%20b")


def test_a_sas_is_signed_as_the_sdk_signs_it() -> None:
    """azure-storage-blob 12.31.1 gave this signature for this account, key, blob and expiry."""
    told = {"sv": "2026-10-06", "sr": "b", "sp": "r", "se": "2026-12-01T00:00:00Z", "spr": "https"}
    text = sas_string_to_sign("myaccount", "mycontainer/shots/a b+c%20d&e=f/中.jpg", told)
    assert ACCOUNT.signature(text) == "4TauvnHCn69KOxRwykJ6RJzbUlSlAPRW94a2zT6wQ4Y="


def test_a_sas_tells_what_it_allows() -> None:
    """A service SAS is to read one blob, by the protocols it names, until it expires."""
    sas = service_sas(ACCOUNT, "mycontainer/a", datetime(2026, 12, 1, 2, 3, 4, tzinfo=UTC), "https")
    assert sas.items() >= {"sr": "b", "sp": "r", "se": "2026-12-01T02:03:04Z", "spr": "https"}.items()


def test_a_presigned_url_is_of_https_alone() -> None:
    """Where the endpoint is https, so is the URL, and the signature does not hold for http; the account is the host."""
    begun = datetime.now(UTC).replace(microsecond=0)
    url = urlsplit(open_lister(ANYWHERE).presigned("a b/é+%41.jpg", 60))
    told = dict(parse_qsl(url.query))
    assert (url.scheme, url.netloc) == ("https", "myaccount.blob.core.windows.net")
    assert url.path == "/shots/a%20b/%C3%A9%2B%2541.jpg"
    assert told["spr"] == "https"
    assert timedelta(0) <= datetime.fromisoformat(told["se"]) - begun - timedelta(seconds=60) <= timedelta(seconds=5)


@pytest.mark.parametrize("seconds", [0, -1, 10**12, 10**30])
def test_a_url_that_cannot_live_so_long_is_refused(seconds: int) -> None:
    """A time that has passed, or that no calendar holds, is RequestRefused."""
    with pytest.raises(RequestRefused):
        open_lister(ANYWHERE).presigned("a", seconds)


def test_azure_is_asked_by_list_blobs(serve: Serve) -> None:
    """The container is asked for blobs with a prefix, in a version that knows startFrom, by a client with a name."""
    double = serve(AZURE, objects(["shots/1"]))
    open_lister(double.storage(prefix="shots/ä +")).page(None, 5000, "__uid_s_")
    request = double.requests[0]
    assert urlsplit(request.target).path == "/AKIDEXAMPLE/shots-bucket"
    assert request.query == {
        "restype": "container",
        "comp": "list",
        "prefix": "shots/ä +",
        "delimiter": "__uid_s_",
        "maxresults": "5000",
    }
    assert "prefix=shots%2F%C3%A4%20%2B" in request.target
    assert request.headers["x-ms-version"] == "2026-02-06"
    assert request.headers["user-agent"] == f"screenshot-indexer/{__version__}"


def test_a_listing_goes_on_by_its_marker(serve: Serve) -> None:
    """A page after another is asked for by the marker alone."""
    double = serve(AZURE, objects(["1", "2"]))
    walk(open_lister(double.storage()), max_keys=1)
    asked = double.requests[1].query
    assert asked["marker"].startswith("+/=")
    assert (asked["maxresults"], "startFrom" in asked) == ("1", False)


def test_a_start_after_a_key_asks_for_one_more(serve: Serve) -> None:
    """What is asked includes the key itself, so one more is asked for, as far as a page goes; it is never listed."""
    double = serve(AZURE, objects(["p/1", "p/2", "p/3"]))
    lister = open_lister(double.storage(prefix="p/"))
    assert keys_of(lister.page(Position("p/1"), 1)) == ["p/2"]
    lister.page(Position("p/1"), 5000)
    assert [(r.query["startFrom"], r.query["maxresults"]) for r in double.requests] == [("p/1", "2"), ("p/1", "5000")]


def test_a_start_before_the_prefix_is_the_prefix(serve: Serve) -> None:
    """A position before all keys of the prefix is not sent: whether the two may contradict is not documented."""
    double = serve(AZURE, objects(["p/1"]))
    assert keys_of(open_lister(double.storage(prefix="p/")).page(Position("a"), 5)) == ["p/1"]
    assert "startFrom" not in double.requests[0].query


@pytest.mark.parametrize("delimiter", [None, "/", "__"])
@pytest.mark.parametrize("max_keys", [1, 2, 3])
def test_a_walk_from_any_key_misses_nothing(serve: Serve, delimiter: str | None, max_keys: int) -> None:
    """From any key or text, with and without a delimiter, all that follows comes once, in pages that are not longer."""
    held = ["a", "a__1", "a__2", "a/1", "a/2", "b", "c/1__x", "c__", "d"]
    lister = open_lister(serve(AZURE, objects(held)).storage())
    every = walk(lister, 100, delimiter=delimiter)
    entries = sorted({*keys_of(every[0]), *every[0].prefixes})
    for start in [*sorted(held), "!", "a.", "bb", "c/", "a__", "zz"]:
        pages = walk(lister, max_keys, Position(start), delimiter)
        found = [entry for page in pages for entry in sorted([*keys_of(page), *page.prefixes])]
        assert found == [entry for entry in entries if entry > start and not start.startswith(entry)]
        assert all(page.objects.num_rows + len(page.prefixes) <= max_keys for page in pages)


def test_the_double_refuses_a_changed_request(serve: Serve) -> None:
    """A signature holds for its own query only, so that a passing test means a right signature."""
    double = serve(AZURE, objects(["1"]))
    open_lister(double.storage()).page(None, 1)
    signed = double.requests[0]
    honest = requests.get(double.endpoint + signed.target, headers=signed.headers, timeout=10)
    target = signed.target.replace("maxresults=1", "maxresults=2")
    changed = requests.get(double.endpoint + target, headers=signed.headers, timeout=10)
    assert (honest.status_code, changed.status_code) == (200, 403)


def test_the_environment_has_credentials(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials in the configuration, those that Azure's command line reads are used."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", CREDENTIALS.access_key)
    monkeypatch.setenv("AZURE_STORAGE_KEY", CREDENTIALS.secret_key)
    storage = replace(serve(AZURE, objects(["1"])).storage(), credentials=lambda: None)
    assert walked_keys(open_lister(storage)) == ["1"]


@pytest.mark.parametrize(
    ("credentials", "told"),
    [
        (None, "AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY"),
        (Credentials("myaccount", "bm8gYmFzZTY0!"), "base64"),
        (Credentials("myaccount", "SGlkZGVuIQ="), "base64"),
        (Credentials("myaccount", "geheimÄ"), "base64"),
        (Credentials("elsewhere.test/", "SGlkZGVuIQ=="), "storage account's name"),
        (Credentials("elsewhere.test#", "SGlkZGVuIQ=="), "storage account's name"),
        (Credentials("", "SGlkZGVuIQ=="), "storage account's name"),
        (Credentials("myaccount", "SGlkZGVuIQ==", "se=2026&sig=a"), "drop stsToken"),
    ],
)
def test_wrong_credentials_are_told_at_once(
    credentials: Credentials | None, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can be no account or key is a CredentialsError that says what to set, and shows neither."""
    for name in ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CredentialsError, match=told) as caught:
        open_lister(replace(ANYWHERE, credentials=lambda: credentials))
    shown = f"{caught.value!r} {caught.value.__cause__!r}"
    assert credentials is None or credentials.secret_key not in shown


def test_an_account_does_not_show_its_key() -> None:
    """The key is in no representation, neither as it is nor in base64."""
    assert repr(ACCOUNT) == "Account(name='myaccount')"


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("https://{account}.blob.core.windows.net", "https://myaccount.blob.core.windows.net/shots"),
        ("https://myaccount.blob.core.chinacloudapi.cn", "https://myaccount.blob.core.chinacloudapi.cn/shots"),
        ("https://pictures.example.com", "https://pictures.example.com/shots"),
        ("http://127.0.0.1:10000", "http://127.0.0.1:10000/myaccount/shots"),
        ("http://localhost:10000", "http://localhost:10000/myaccount/shots"),
        ("http://[::1]:10000", "http://[::1]:10000/myaccount/shots"),
    ],
)
def test_the_account_is_in_the_host_or_in_the_path(monkeypatch: pytest.MonkeyPatch, endpoint: str, url: str) -> None:
    """A host is the account's own; at an address, where an emulator is, the account comes first in the path."""
    asked: list[str] = []

    def send(_: object, __: str, url: str, **___: object) -> NoReturn:
        asked.append(url.partition("?")[0])
        raise urllib3.exceptions.HTTPError

    monkeypatch.setattr("urllib3.PoolManager.request", send)
    assert type(refusal_of(replace(ANYWHERE, endpoint=endpoint))) is Unreachable
    assert asked == [url]
    assert open_lister(replace(ANYWHERE, endpoint=endpoint)).presigned("a", 60).startswith(f"{url}/a?")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://AKIDEXAMPLE.blob.core.windows.net/",
        "https://akidexample.z13.blob.storage.azure.net",
        "http://127.0.0.1:10000/AKIDEXAMPLE",
    ],
)
def test_the_account_is_known_again(serve: Serve, endpoint: str) -> None:
    """An answer may call the account by another of its names than was asked."""
    double = serve(AZURE, {}, faults.body(200, listing(endpoint=endpoint)))
    assert walked_keys(open_lister(double.storage())) == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://other.blob.core.windows.net/",
        "http://127.0.0.1:10000/other",
        "https://other/x/AKIDEXAMPLE",
        "https://[",
        "",
    ],
)
def test_another_account_is_malformed(serve: Serve, endpoint: str) -> None:
    """A listing of another account's container of that name is not believed."""
    double = serve(AZURE, {}, faults.body(200, listing(endpoint=endpoint)))
    assert type(refusal_of(double.storage())) is MalformedAnswer


def test_folders_are_objects_of_size_0(serve: Serve) -> None:
    """A hierarchical namespace lists its folders as blobs; they are kept as they are told."""
    double = serve(AZURE, {}, faults.body(200, listing(FOLDERS)))
    page = open_lister(double.storage()).page(None, 10)
    assert page.objects.select(["key", "size", "storage_class"]).to_pylist() == [
        {"key": "a", "size": 0, "storage_class": None}
    ]


@pytest.mark.parametrize("starts", [(None, Position("b")), (Position("b"), None)])
def test_folders_are_not_listed_in_parts(serve: Serve, starts: tuple[Position | None, ...]) -> None:
    """Once a lister has seen folders and has begun at a key, it refuses: blobs could lie between the parts."""
    answers = [faults.body(200, listing(FOLDERS if start is None else b"")) for start in starts]
    lister = open_lister(serve(AZURE, {}, *answers).storage())
    lister.page(starts[0], 10)
    with pytest.raises(RequestRefused, match="hierarchical namespace"):
        lister.page(starts[1], 10)


def test_names_that_utf_16_orders_otherwise_are_not_listed_in_parts(serve: Serve) -> None:
    """Characters on both sides of U+FFFF are in another order in UTF-16: with a start at a key, they are refused."""
    lister = open_lister(serve(AZURE, objects(["a", "\uff08", "\U0001f600"])).storage())
    assert walked_keys(lister) == ["a", "\uff08", "\U0001f600"]
    with pytest.raises(RequestRefused, match=r"U\+FFFF"):
        lister.page(Position("a"), 10)


@pytest.mark.parametrize("wide", ["\uff08", "\U0001f600"])
def test_one_kind_of_wide_names_is_listed_in_parts(serve: Serve, wide: str) -> None:
    """Characters on one side of U+FFFF alone are in the same order either way."""
    lister = open_lister(serve(AZURE, objects(["a", wide, f"{wide}b"])).storage())
    assert walked_keys(lister, after=Position(wide), max_keys=1) == [f"{wide}b"]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (403, "AuthenticationFailed", CredentialsError),
        (401, "NoAuthenticationInformation", CredentialsError),
        (400, "InvalidAuthenticationInfo", CredentialsError),
        (403, "KeyBasedAuthenticationNotPermitted", CredentialsError),
        (403, "AuthorizationFailure", AccessDenied),
        (403, "AuthorizationPermissionMismatch", AccessDenied),
        (403, "AccountIsDisabled", AccessDenied),
        (403, "InsufficientAccountPermissions", AccessDenied),
        (404, "ContainerNotFound", NoSuchBucket),
        (409, "ContainerBeingDeleted", NoSuchBucket),
        (409, "ContainerDisabled", NoSuchBucket),
        (400, "InvalidResourceName", NoSuchBucket),
        (503, "ServerBusy", Throttled),
        (500, "OperationTimedOut", Unreachable),
        (400, "InvalidQueryParameterValue", RequestRefused),
        (400, "InvalidHeaderValue", RequestRefused),
        (409, "SomethingNew", RequestRefused),
    ],
)
def test_a_code_of_azures_becomes_its_error(serve: Serve, status: int, code: str, error: type[VendorError]) -> None:
    """Each code is its kind of error, and an unknown one is shown with its code, status and request id."""
    refusal = refusal_of(serve(AZURE, {}, faults.refused(status, code)).storage())
    assert type(refusal) is error
    assert str(refusal).endswith(f"(code {code}, HTTP {status}, request REQUEST-1)")


def test_an_unknown_code_is_shown_with_its_message(serve: Serve) -> None:
    """What the vendor says of a refusal that is not known is shown as it says it."""
    assert "told by the double" in str(refusal_of(serve(AZURE, {}, faults.refused(409, "SomethingNew")).storage()))


def test_an_error_in_a_header_is_read(serve: Serve) -> None:
    """A code that stands in the header x-ms-error-code alone is the refusal's code."""
    headers = {"x-ms-error-code": "ServerBusy", "x-ms-request-id": "R"}
    refusal = refusal_of(serve(AZURE, {}, faults.body(503, b"no", headers)).storage())
    assert (type(refusal), refusal.code, refusal.request_id) == (Throttled, "ServerBusy", "R")


def test_a_redirect_names_its_target(serve: Serve) -> None:
    """A redirect is WrongRegion after one request, and says where it leads."""
    double = serve(AZURE, objects(["1"]), faults.redirected(307))
    refusal = refusal_of(double.storage())
    assert (type(refusal), len(double.requests)) == (WrongRegion, 1)
    assert "/elsewhere/" in str(refusal)


def test_a_firewall_is_thought_of(serve: Serve) -> None:
    """AuthorizationFailure is what a storage account's firewall answers, too, and the message says so."""
    assert "firewall" in str(refusal_of(serve(AZURE, {}, faults.refused(403, "AuthorizationFailure")).storage()))


def test_a_wrong_clock_is_thought_of(serve: Serve) -> None:
    """Azure's refusal of a signature does not tell a wrong key from a wrong clock, so the message names both."""
    assert "clock" in str(refusal_of(serve(AZURE, {}, faults.refused(403, "AuthenticationFailed")).storage()))
