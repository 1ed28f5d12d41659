"""Signatures: the platforms' published vectors, and everything that must not pass for one."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from indexer.service.delivery import Delivery
from indexer.service.signatures import WINDOW_SECONDS, Sender, agora_ncs, alibaba_live, checksum, tencent_css

if TYPE_CHECKING:
    from indexer.service.signatures import Check

# The vector of Agora's page on signatures.
NCS_BODY = (
    b'{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f",'
    b'"notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}'
)
NCS_SHA1 = b"033c62f40f687675f17f0f41f91a40c71c0f134c"
NCS_SHA256 = b"6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99"
# The one of Alibaba's page on callback authentication.
LIVE_TIME = 1519375990
LIVE_MD5 = b"9e226fc2c250be266e3657e156f68c12"
RECIPE = ("callbackAddr", "code", "object", "requestId")


def holds(check: Check, body: bytes = b"", /, now: float = 0, **headers: bytes) -> bool:
    """Whether a check takes a delivery. Header names are written with underscores."""
    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    return check(Delivery(named, body), now)


@pytest.mark.parametrize(
    ("headers", "authentic"),
    [
        ({"agora_signature": NCS_SHA1}, True),
        ({"agora_signature_v2": NCS_SHA256}, True),
        ({"agora_signature": NCS_SHA1, "agora_signature_v2": NCS_SHA256}, True),
        ({"agora_signature": NCS_SHA1, "agora_signature_v2": NCS_SHA1}, False),
        ({"agora_signature": NCS_SHA256, "agora_signature_v2": NCS_SHA256}, False),
        ({"agora_signature": NCS_SHA256}, False),
        ({"agora_signature": b"\xff\xfe"}, False),
        ({"agora_signature": b""}, False),
        ({}, False),
    ],
)
def test_the_notification_centres_vectors(headers: dict[str, bytes], *, authentic: bool) -> None:
    """Each signature that is there must hold, in the header that is meant for it, and one must be there."""
    assert holds(agora_ncs("secret", None), NCS_BODY, now=0, **headers) is authentic


def test_a_notice_is_signed_byte_by_byte() -> None:
    """The same JSON in other bytes, another secret, or a cut body does not hold."""
    assert not holds(agora_ncs("secret", None), NCS_BODY.replace(b",", b", "), agora_signature=NCS_SHA1)
    assert not holds(agora_ncs("secret", None), NCS_BODY[:-1], agora_signature=NCS_SHA1)
    assert not holds(agora_ncs("Secret", None), NCS_BODY, agora_signature=NCS_SHA1)


@pytest.mark.parametrize(
    ("host", "time", "signature", "late", "authentic"),
    [
        (b"learn.aliyundoc.com", b"1519375990", LIVE_MD5, 0, True),
        (b"learn.aliyundoc.com:8443", b"1519375990", LIVE_MD5, 0, True),
        (b"learn.aliyundoc.com", b"1519375990", LIVE_MD5, WINDOW_SECONDS, True),
        (b"learn.aliyundoc.com", b"1519375990", LIVE_MD5, -WINDOW_SECONDS, True),
        (b"learn.aliyundoc.com", b"1519375990", LIVE_MD5, WINDOW_SECONDS + 1, False),
        (b"learn.aliyundoc.com", b"1519375990", LIVE_MD5, -WINDOW_SECONDS - 1, False),
        (b"other.aliyundoc.com", b"1519375990", LIVE_MD5, 0, False),
        (b"learn.aliyundoc.com", b"1519375991", LIVE_MD5, 0, False),
        (b"learn.aliyundoc.com", b"", LIVE_MD5, 0, False),
        (b"learn.aliyundoc.com", b"-1", LIVE_MD5, 0, False),
        (b"learn.aliyundoc.com", b"9" * 5000, LIVE_MD5, 0, False),
        (b"learn.aliyundoc.com", b"\xd9\xa1", LIVE_MD5, 0, False),
        (b"learn.aliyundoc.com", b"1519375990", b"", 0, False),
    ],
)
def test_alibabas_vector(host: bytes, time: bytes, signature: bytes, late: int, *, authentic: bool) -> None:
    """Host without port, time and key make the signature, and it holds for five minutes around its time."""
    headers = {"host": host, "ali_live_timestamp": time, "ali_live_signature": signature}
    assert holds(alibaba_live("yourkey", None), now=LIVE_TIME + late, **headers) is authentic


def test_the_host_outside_of_a_proxy() -> None:
    """A configured host is what the signature is made of, whatever the request says."""
    headers = {"host": b"10.0.0.1", "ali_live_timestamp": b"1519375990", "ali_live_signature": LIVE_MD5}
    assert holds(alibaba_live("yourkey", "learn.aliyundoc.com"), now=LIVE_TIME, **headers)
    assert not holds(alibaba_live("yourkey", None), now=LIVE_TIME, **headers)


@pytest.mark.parametrize(
    ("fields", "now", "authentic"),
    [
        (b'"sign": "%s", "t": 1622600525', 1622600525, True),
        (b'"sign": "%s", "t": "1622600525"', 1622600525, True),
        (b'"sign": "%s", "t": 1622600525', 1622600526, False),
        (b'"sign": "%s", "t": 1622600526', 1622600525, False),
        (b'"sign": "%s", "t": 1622600525.0', 1622600525, False),
        (b'"sign": "%s", "t": true', 0, False),
        (b'"sign": "\\ud800%s", "t": 1622600525', 0, False),
        (b'"sign": null, "t": 1622600525', 0, False),
        (b'"t": 1622600525', 0, False),
        (b'"sign": "%s"', 0, False),
    ],
)
def test_tencents_sign_and_expiry(fields: bytes, now: int, *, authentic: bool) -> None:
    """The MD5 of key and t holds until t, which is exact: what passed through a float is no time."""
    sign = hashlib.md5(b"key1622600525").hexdigest().encode()
    assert holds(tencent_css("key", None), b"{%s}" % fields.replace(b"%s", sign), now) is authentic


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{" * 100_000, b'{"sign": 1, "t": 1, "checksum": 1}'])
def test_a_body_without_fields_is_not_signed(body: bytes) -> None:
    """What is no JSON object has no signature in it."""
    assert not holds(tencent_css("key", None), body)
    assert not holds(checksum(RECIPE, "", "https://example.com/"), body)


@pytest.mark.parametrize("separator", ["", "&", "|"])
def test_a_checksum_follows_its_recipe(separator: str) -> None:
    """The fields in the recipe's order, with its separator, make the checksum; the address is the configured one."""
    parts = ("https://example.com/callbacks/x", "200", "test/1.jpg", "id-1")
    shown = hashlib.md5(separator.join(parts).encode()).hexdigest()
    body = b'{"requestId": "id-1", "object": "test/1.jpg", "code": 200, "checksum": "%s"}' % shown.encode()
    assert holds(checksum(RECIPE, separator, parts[0]), body)
    assert not holds(checksum(RECIPE, separator + " ", parts[0]), body)
    assert not holds(checksum(RECIPE[::-1], separator, parts[0]), body)
    assert not holds(checksum(RECIPE, separator, "https://example.com/"), body)
    assert not holds(checksum(RECIPE, separator, parts[0]), body.replace(b"code", b"kode"))


def test_everything_that_is_asked_for_must_hold() -> None:
    """A token and a signature are both needed where both are configured, and a token where none is, is a stranger's."""
    delivery = Delivery([(b"agora-signature", NCS_SHA1)], NCS_BODY)
    both = Sender("token", (agora_ncs("secret", None),))
    assert both.is_author(delivery, "token", 0)
    assert not both.is_author(delivery, "tokem", 0)
    assert not both.is_author(delivery, None, 0)
    assert not both.is_author(Delivery([], NCS_BODY), "token", 0)
    assert not Sender(None, ()).is_author(delivery, "\ud800", 0)


def test_a_sender_does_not_show_its_secrets() -> None:
    """What prints a sender prints no token."""
    assert "token-1" not in repr(Sender("token-1", (), (b"token-1",)))
