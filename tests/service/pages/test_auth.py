"""Who is known: sessions, the token, and the user whom a proxy names."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.service.pages.auth import Sessions, is_same, is_trusted, name_of
from service.pages.people import CONFIG, PROXIED, TOKEN, Visitor, visiting

if TYPE_CHECKING:
    from pathlib import Path

PROXY = "192.0.2.1"


@pytest.mark.parametrize("path", ["/queries", "/queries/sessions?show-as=csv", "/sql", "/overview"])
def test_nobody_unknown_sees_a_page(guest: Visitor, path: str) -> None:
    """Every page leads those who are not known to the login, which leads them back."""
    answer = guest.get(path)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/login?next=%2F")


def test_a_wrong_token_opens_nothing(guest: Visitor) -> None:
    """With a wrong token there is no session, and the answer does not hold what was sent."""
    answer = guest.log_in("a-token-that-is-not-ours")
    assert (answer.status, b"a-token-that-is-not-ours" in answer.body) == (403, False)
    assert "indexer_session" not in guest.cookies


def test_tries_are_few(guest: Visitor) -> None:
    """After five wrong tokens an address has to wait, with the right one too."""
    assert [guest.log_in("a-token-that-is-not-ours").status for _ in range(5)] == [403] * 5
    late = guest.log_in()
    assert (late.status, int(late.headers["retry-after"]) > 0) == (429, True)


def test_right_tokens_use_up_no_tries(guest: Visitor) -> None:
    """Many people behind one address may log in one after the other."""
    assert [guest.log_in().status for _ in range(12)] == [303] * 12


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "Ana\u202etsy", "A\x1b[31m", "a\nb"])
def test_a_name_that_could_be_another_is_refused(guest: Visitor, name: str) -> None:
    """Who acts here has a name that is shown as it is."""
    assert guest.log_in(name=name).status == 403
    assert "indexer_session" not in guest.cookies


@pytest.mark.parametrize(
    "onward",
    ["//evil.test", "https://evil.test", "/\\evil.test", "/\t/evil.test", "javascript:alert(1)", "", "evil.test", "/é"],
)
def test_a_login_leads_to_no_foreign_address(guest: Visitor, onward: str) -> None:
    """Wherever a link to the login says that it leads, it ends at a page of ours."""
    assert guest.log_in(onward=onward).headers["location"] == "/"


def test_a_login_leads_to_the_page_that_was_asked_for(guest: Visitor) -> None:
    """A path of ours with its query is where the login leads to."""
    assert guest.log_in(onward="/queries/sessions?day=2026-01-05").headers["location"].endswith("?day=2026-01-05")


def test_a_changed_cookie_is_worth_nothing(visitor: Visitor) -> None:
    """A cookie of which any character is another is no session."""
    cookie = visitor.cookies["indexer_session"]
    assert visitor.get("/queries").status == 200
    for place in (0, 40, 64, len(cookie) - 1):
        other = "0" if cookie[place] != "0" else "1"
        visitor.cookies["indexer_session"] = cookie[:place] + other + cookie[place + 1 :]
        assert visitor.get("/queries").status == 303


def test_a_session_ends(empty_index: Path) -> None:
    """A session is good for as many hours as the configuration says."""
    now = [1_000_000.0]
    with visiting(empty_index, CONFIG + "session_hours = 2\n", clock=lambda: now[0]) as server:
        visitor = Visitor(server).known()
        now[0] += 2 * 3600 - 1
        assert visitor.get("/queries").status == 200
        now[0] += 1
        assert visitor.get("/queries").status == 303


def test_a_session_before_the_login_is_none(guest: Visitor) -> None:
    """The cookie of the login form does not open a page, under whichever name it comes."""
    guest.get("/login")
    guest.cookies["indexer_session"] = guest.cookies["indexer_login"]
    assert guest.get("/queries").status == 303


def test_a_logout_ends_the_session_everywhere(visitor: Visitor) -> None:
    """After a logout a kept cookie opens nothing; the logout itself needs the form's token."""
    kept = visitor.cookies["indexer_session"]
    assert visitor.post("/logout").status == 403
    token = visitor.token("/sql")
    assert visitor.post("/logout", form_token=token).status == 303
    visitor.cookies["indexer_session"] = kept
    assert visitor.get("/queries").status == 303


def test_the_user_of_a_trusted_proxy_is_known(empty_index: Path) -> None:
    """Whom the proxy names sees the pages; without a name, or from elsewhere, nobody does."""
    with visiting(empty_index, PROXIED) as server:
        behind, elsewhere = Visitor(server, PROXY), Visitor(server, "192.0.2.2")
        for visitor in (behind, elsewhere):
            visitor.headers |= {"x-forwarded-user": "ana@example.com"}
        page = behind.get("/queries")
        assert (page.status, b"ana@example.com" in page.body, b"Log out" in page.body) == (200, True, False)
        assert elsewhere.get("/queries").status == 403
        behind.headers.pop("x-forwarded-user")
        assert behind.get("/queries").status == 403
        assert behind.get("/login").status == 404


def test_the_form_of_another_user_is_refused(empty_index: Path) -> None:
    """Behind a proxy a form's token is its user's alone."""
    with visiting(empty_index, PROXIED) as server:
        visitor = Visitor(server, PROXY)
        visitor.headers |= {"x-forwarded-user": "ana"}
        token = visitor.token("/sql")
        assert visitor.post("/sql/run", form_token=token, statement="SELECT 1").status == 200
        visitor.headers |= {"x-forwarded-user": "bob"}
        assert visitor.post("/sql/run", form_token=token, statement="SELECT 1").status == 403


@given(st.text(), st.text())
def test_secrets_are_the_same_when_they_are(first: str, second: str) -> None:
    """Any two texts are told apart, and each is the same as itself."""
    assert is_same(first, first)
    assert is_same(first, second) == (first == second)


@given(st.text())
def test_any_cookie_is_read_without_fault(cookie: str) -> None:
    """Whatever stands in a cookie that we did not sign, it is no session."""
    assert Sessions(60, lambda: 0.0).read(cookie) is None


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
        ("127.0.0.2", False),
        ("10.1.2.3", True),
        ("", False),
        ("x", False),
    ],
)
def test_a_proxy_is_trusted_by_its_address(address: str, trusted: bool) -> None:  # noqa: FBT001
    """An address is trusted where a network holds it, as IPv4 in IPv6 too."""
    assert is_trusted(address, [ip_network("127.0.0.1"), ip_network("10.0.0.0/8")]) is trusted


@given(st.text())
def test_a_name_is_what_is_shown(text: str) -> None:
    """A name is the text itself without space around it, or none."""
    assert name_of(text) in (text.strip(), None)


def test_no_secret_is_shown(visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    """Neither pages nor the log hold the token, and the log nothing of what was asked."""
    from indexer.service.watch import requests_logger  # noqa: PLC0415

    requests_logger.addHandler(caplog.handler)
    requests_logger.setLevel("INFO")
    try:
        pages = [visitor.get(path) for path in ("/queries", "/sql", "/queries/sessions?channel=whispers&show-as=table")]
    finally:
        requests_logger.removeHandler(caplog.handler)
    assert '"page": "queries.query", "user": "Ana", "status": 200' in caplog.text
    assert not [text for text in (TOKEN, "whispers", "indexer_session") if text in caplog.text]
    assert not [page for page in pages if TOKEN.encode() in page.body]
