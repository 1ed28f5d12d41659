"""What is refused before a view sees it, and what browsers are told to keep to."""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from indexer.config import parse_config
from indexer.service.pages.security import Addresses, own_path, picture_origins
from indexer.service.pages.visit import View
from service.pages.people import CONFIG, HOST, Visitor, visiting

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response

    from indexer.service.pages.visit import Visit

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PUBLIC = CONFIG + 'origins = ["https://shots.example.com"]\n'
S3 = """
[sources.far.storage]
vendor = "s3"
region = "eu-central-1"
bucket = "shots"
accessKey = "env:MADE_UP_ID"
secretKey = "env:MADE_UP_SECRET"
"""


@pytest.mark.parametrize("path", ["/login", "/queries", "/no-such-page", "/sql", "/static/0/no.css", "/queries/none"])
def test_every_answer_has_the_headers(visitor: Visitor, path: str) -> None:
    """Pages, refusals and redirects alike tell browsers what they may load, and to keep nothing."""
    headers = visitor.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"


def test_what_never_changes_is_kept(visitor: Visitor) -> None:
    """Styles and scripts have addresses that hold their hash, so browsers may keep them for ever."""
    address = re.findall(r'href="(/static/[0-9a-f]+/pages\.css)"', visitor.get("/queries").body.decode())[0]
    answer = visitor.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in answer.headers["cache-control"]
    assert visitor.get(address.replace("/static/", "/static/0")).status == 404


def test_no_template_holds_a_script_or_a_style() -> None:
    """No template has an inline script, style or handler, or loads anything from elsewhere."""
    folder = resources.files("indexer.service.pages").joinpath("templates")
    texts = {entry.name: entry.read_text("utf-8") for entry in folder.iterdir()}
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|https?://|\|\s*safe\b")
    assert {name: inline.findall(text) for name, text in texts.items() if inline.search(text)} == {}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (HOST, 200),
        ("localhost:8322", 200),
        ("LOCALHOST", 200),
        ("[::1]:9000", 200),
        ("shots.example.com", 200),
        ("evil.test", 421),
        ("127.0.0.1.evil.test", 421),
        ("shots.example.com:8443", 421),
        ("127.0.0.1:8322@evil.test", 421),
        ("", 421),
    ],
)
def test_a_foreign_name_is_refused(empty_index: Path, host: str, status: int) -> None:
    """A name that is not ours, which an attacker made lead here, sees nothing."""
    with visiting(empty_index, PUBLIC) as server:
        visitor = Visitor(server)
        visitor.headers["host"] = host
        assert visitor.get("/login").status == status


def test_two_hosts_are_none() -> None:
    """A request that names two hosts may mean either, so it is refused."""
    addresses, host = Addresses("127.0.0.1"), (b"host", b"127.0.0.1")
    assert addresses.known(Headers(raw=[host])) == "127.0.0.1"
    assert addresses.known(Headers(raw=[host, host])) is None
    assert addresses.known(Headers(raw=[])) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://shots.example.com"}, 200),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "http://localhost:3000"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": f"http://{HOST}"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_a_form_from_elsewhere_is_refused(empty_index: Path, headers: dict[str, str], status: int) -> None:
    """A form is taken from a page of ours alone, by what browsers say of where it comes from."""
    with visiting(empty_index, PUBLIC) as server:
        visitor = Visitor(server).known()
        token = visitor.token("/sql")
        visitor.headers |= headers
        assert visitor.post("/sql/run", form_token=token, statement="SELECT 1").status == status


def test_a_form_without_its_token_is_refused(visitor: Visitor, empty_index: Path) -> None:
    """The token of no form, or of another's session, does nothing."""
    with visiting(empty_index) as server:
        others = Visitor(server).known().token("/sql")
    assert visitor.post("/sql/run", statement="SELECT 1").status == 403
    assert visitor.post("/sql/run", form_token=others, statement="SELECT 1").status == 403
    assert visitor.post("/sql/run", form_token="é", statement="SELECT 1").status == 403


def test_a_form_is_bounded(visitor: Visitor) -> None:
    """A form of many fields or of many bytes is refused."""
    token = visitor.token("/sql")
    many = {f"f{number}": "" for number in range(200)}
    assert visitor.post("/sql/run", form_token=token, **many).status == 400
    assert visitor.post("/sql/run", form_token=token, statement="x" * 300_000).status == 413


@pytest.mark.parametrize("path", ["/sql/run", "/logout"])
def test_what_acts_takes_no_get(visitor: Visitor, path: str) -> None:
    """What a form does cannot be done by a link."""
    assert visitor.get(path).status == 405


def test_a_cookie_is_secure_where_browsers_come_by_https(empty_index: Path) -> None:
    """Through the configured HTTPS origin cookies are Secure; at the address itself, by HTTP, they are not."""
    with visiting(empty_index, PUBLIC) as server:
        visitor = Visitor(server)
        plain = visitor.get("/login").headers["set-cookie"]
        visitor.headers["host"] = "shots.example.com"
        secure = visitor.get("/login").headers["set-cookie"]
    assert ("Secure" in plain, "Secure" in secure) == (False, True)
    assert all("HttpOnly" in cookie and "SameSite=strict" in cookie for cookie in (plain, secure))


def test_a_link_from_elsewhere_goes_on_by_itself(visitor: Visitor) -> None:
    """Without a cookie, a step from another site leads to a step from ours, with which the strict cookie comes."""
    visitor.cookies.clear()
    visitor.headers["sec-fetch-site"] = "cross-site"
    answer = visitor.get("/queries/sessions?channel=%22%3E%3Cb%3E")
    assert (answer.status, "set-cookie" in answer.headers) == (200, False)
    assert b"url=/queries/sessions?channel=%22%3E%3Cb%3E" in answer.body


def pictures(visit: Visit) -> Response:
    """A page that may show pictures."""
    return visit.go("/queries")


def test_pictures_come_from_the_configured_buckets(
    empty_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that shows pictures may load them from where presigned URLs lead, and no other page may."""
    monkeypatch.setenv("MADE_UP_ID", "id")
    monkeypatch.setenv("MADE_UP_SECRET", "made-up-secret")
    views = (View("/pictures", pictures, menu="Pictures", pictures=True),)
    with visiting(empty_index, S3 + CONFIG, views=views) as server:
        visitor = Visitor(server).known()
        told = visitor.get("/pictures").headers["content-security-policy"]
        assert visitor.get("/none").headers["content-security-policy"] == POLICY
    (images,) = [part for part in told.split("; ") if part.startswith("img-src")]
    assert re.fullmatch(r"img-src 'self' data: https://(shots\.)?s3\.[a-z0-9.-]+amazonaws\.com", images)
    monkeypatch.delenv("MADE_UP_SECRET")
    assert list(picture_origins(parse_config(S3, tmp_path / "indexer.toml").sources)) == []


@given(st.text(st.sampled_from("/\\.:@?#%\t\n\r ae\u2028")))
def test_an_own_path_never_leaves(text: str) -> None:
    """Whatever a text is, what comes of it begins with one slash and holds nothing that browsers read otherwise."""
    path = own_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isascii()
    assert not set("\\\t\n\r ") & set(path)
