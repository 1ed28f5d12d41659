"""Secrets in what payloads bring: which are known, what is left around them, and that JSON stays JSON."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.moderation.redact import REDACTED, redacted, redacted_bytes, redacted_header, redacted_url
from indexer.moderation.repair import read_json

SECRET = "d41d8cd98f00b204"
NAMES = (
    *("txSecret", "wsSecret", "auth_key", "sign", "Signature", "token", "access_token", "security-token"),
    *(
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "X-Amz-Credential",
        "x-oss-signature",
        "q-signature",
        "OSSAccessKeyId",
    ),
    *("NotifyAuthKey", "secretKey", "accessKey", "api_key", "password", "client_secret", "sig"),
)
HARMLESS = ("design=1&signal=2", "sequence=3&key=a.jpg", '{"assign": "x", "object": "sign/token.jpg"}', "tokens=5", "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "written",
    [
        "https://cdn.example/a.jpg?w=1&{}={}&h=2",
        "{}={}&txTime=60B83800",
        '{{"a": 1, "{}": "{}", "b": [2]}}',
        '{{"metadata": "{{\\"{}\\":\\"{}\\"}}"}}',
        '{{"img": "https://cdn.example/a.jpg?w=1\\u0026{}={}"}}',
        '{{"img": "https%3A%2F%2Fcdn.example%2Fa.jpg%3F{}%3D{}%26h%3D2"}}',
        "the value of {}={} is no number",
    ],
)
def test_a_secret_goes_and_the_rest_stays(name: str, written: str) -> None:
    """The value of a secret field is gone wherever it stands, and nothing else is."""
    text = written.format(name, SECRET)
    assert redacted(text) == written.format(name, REDACTED)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    """A name that only contains a secret one is another name."""
    assert redacted(text) == text


def test_a_password_in_an_address_goes() -> None:
    """Who is let in by an address is not told."""
    assert redacted(f"s3://user:{SECRET}@host/a.jpg") == f"s3://{REDACTED}@host/a.jpg"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (f"https://h/a%20b.jpg?Expires=1&Signature={SECRET}", f"https://h/a%20b.jpg?{REDACTED}"),
        (f"https://h/a.jpg#{SECRET}", f"https://h/a.jpg?{REDACTED}"),
        (f"https://u:{SECRET}@h/a.jpg?x", f"https://{REDACTED}@h/a.jpg?{REDACTED}"),
        (f"/a.jpg?sign={SECRET}", f"/a.jpg?sign={REDACTED}"),
        ("https://h/a.jpg", "https://h/a.jpg"),
        ("", ""),
    ],
)
def test_an_address_keeps_its_path_alone(url: str, kept: str) -> None:
    """All of an address's query may be a signature, and none of it names the object."""
    assert redacted_url(url) == kept


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Authorization", "Bearer x", REDACTED),
        ("cookie", "a=b", REDACTED),
        ("Set-Cookie", "a=b", REDACTED),
        ("X-Auth-Token", "x", REDACTED),
        ("Agora-Signature-V2", "00ff", "00ff"),
        ("Content-Type", "application/json", "application/json"),
        ("Referer", f"https://h/?token={SECRET}", f"https://h/?token={REDACTED}"),
    ],
)
def test_a_header_that_lets_somebody_in_goes(name: str, value: str, kept: str) -> None:
    """A header is kept but for what lets somebody in; the signature of a body proves it later."""
    assert redacted_header(name, value) == kept


def test_bytes_that_are_no_text_are_redacted_too() -> None:
    """Names are ASCII, so they are found among bytes that are no UTF-8, which stay as they are."""
    assert redacted_bytes(b"\xff\xfe sign=" + SECRET.encode() + b"&\xe9") == b"\xff\xfe sign=[redacted]&\xe9"


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner),
        max_leaves=20,
    )
)
def test_json_stays_json(value: Any) -> None:
    """Whatever is redacted in a JSON text, it can still be read, and a second time changes nothing."""
    for ascii_only in (True, False):
        text = redacted(json.dumps(value, ensure_ascii=ascii_only))
        read_json(text)
        assert redacted(text) == text


@pytest.mark.parametrize("piece", ["a-", "a", "sign", '"sign":', '\\"', "sign=", "://", "x://"])
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    """A text made to be hard for a regular expression is read in the time of any other of its length."""
    began = time.process_time()
    redacted(piece * 200_000)
    redacted_url(piece * 200_000)
    assert time.process_time() - began < 5
