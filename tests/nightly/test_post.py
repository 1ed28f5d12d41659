"""Posting to a webhook: which addresses are posted to, what becomes of each answer, and that no address is shown."""

from __future__ import annotations

import socket
import traceback
from typing import TYPE_CHECKING

import pytest
from doubles.wire import Answer

from indexer.errors import MessageRefused, MessageUndelivered
from indexer.nightly.post import post
from nightly.webhook import SECRET, Webhook

if TYPE_CHECKING:
    from pathlib import Path


def test_a_message_is_posted_as_json() -> None:
    """A message arrives once, as JSON, with the name of this program."""
    with Webhook() as webhook:
        post(webhook.url, {"text": "été"})
        (request,) = webhook.requests
    assert webhook.messages() == [{"text": "été"}]
    assert (request.path, request.headers["content-type"]) == (f"/services/{SECRET}", "application/json")
    assert request.headers["user-agent"].startswith("screenshot-indexer/")


@pytest.mark.parametrize(
    "url",
    [
        f"http://hooks.example/{SECRET}",
        f"http://127.0.0.1.example/{SECRET}",
        f"http://10.0.0.1/{SECRET}",
        f"https://user:{SECRET}@hooks.example/",
        f"ftp://hooks.example/{SECRET}",
        f"file:///{SECRET}",
        f"https:///{SECRET}",
        f"https://hooks.example/{SECRET}\nHost: other",
        f"https://[{SECRET}",
        f"https://hooks.example:70000/{SECRET}",
        f"https://hooks.exämple/{SECRET}",
        SECRET,
        "",
    ],
)
def test_what_others_can_read_is_not_posted_to(url: str) -> None:
    """Only https is posted to, or this machine; the error does not show the address."""
    with pytest.raises(MessageRefused) as refused:
        post(url, {"text": "x"})
    assert (refused.value.exit_code, SECRET in str(refused.value)) == (1, False)


@pytest.mark.parametrize(("status", "code"), [(400, 1), (403, 1), (404, 1), (410, 1), (429, 5), (500, 5), (503, 5)])
def test_a_refusal_says_whether_later_can_help(status: int, code: int) -> None:
    """What the server has no time for is worth another try, what it refuses is not; its words are not repeated."""
    with Webhook(Answer(status, SECRET.encode())) as webhook:
        with pytest.raises(MessageRefused if code == 1 else MessageUndelivered, match=f"HTTP {status}") as refused:
            post(webhook.url, {"text": "x"})
        assert len(webhook.requests) == 1
    assert (refused.value.exit_code, SECRET in str(refused.value)) == (code, False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status: int) -> None:
    """Whoever is redirected to gets nothing."""
    with Webhook() as other, Webhook(Answer(status, b"", {"Location": other.url})) as webhook:
        with pytest.raises(MessageRefused, match=f"HTTP {status}"):
            post(webhook.url, {"text": "x"})
        assert (len(webhook.requests), other.requests) == (1, [])


def test_no_answer_is_told_without_the_address() -> None:
    """Where nobody listens, and where the connection breaks off, the error and its traceback show no address."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with Webhook(Answer(200, b"", reset=True)) as webhook:
        for url in (f"http://127.0.0.1:{port}/{SECRET}", webhook.url):
            with pytest.raises(MessageUndelivered, match="the summary was not posted") as failed:
                post(url, {"text": "x"})
            assert failed.value.exit_code == 5
            assert SECRET not in "".join(traceback.format_exception(failed.value))


def test_no_password_of_this_machine_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a .netrc holds for the host stays at home."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Webhook() as webhook:
        post(webhook.url, {"text": "x"})
        (request,) = webhook.requests
    assert "authorization" not in request.headers
