"""Bodies that came otherwise than in files, and bodies read again: one reading for all of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime

import pytest

from indexer.moderation import MAPPINGS, Handling, Mapping, Payload, Received, Verdict, read_again, read_received
from moderation.reading import read_body, sample

AT = datetime.fromisoformat("2026-01-05 10:00:06")
SECRET = '{"OssObject": "a.jpg", "Result": [], "stream_param": "txSecret=d41d8cd98f&txTime=1"}'
HIDDEN = SECRET.replace("d41d8cd98f", "[redacted]")


def receive(content: str | bytes, handling: Handling = Handling(), **told: object) -> Payload:  # noqa: B008 - frozen
    """The payload of one body."""
    received = Received(content.encode() if isinstance(content, str) else content, "inbox/1.jsonl", 3)
    (payload,) = read_received([replace(received, **told)], MAPPINGS, handling)  # type: ignore[arg-type]
    return payload


def test_what_is_known_of_its_coming_stays_with_a_body() -> None:
    """A body says when it came, with which headers, how often, and whether its signature was right."""
    headers = {"Agora-Signature-V2": "00ff", "Authorization": "Bearer x"}
    payload = receive(sample("agora_client"), received_at=AT, headers=headers, signature_ok=True, deliveries=3)
    assert (payload.received_at, payload.signature_ok, payload.deliveries) == (AT, True, 3)
    assert json.loads(payload.headers or "") == {"Agora-Signature-V2": "00ff", "Authorization": "[redacted]"}
    assert (payload.source_uri, payload.source_line) == ("inbox/1.jsonl", 3)


@pytest.mark.parametrize("name", ["agora_client", "alibaba_live", "agora_live_4", "agora_ncs_45"])
def test_a_body_is_read_as_in_a_file(name: str) -> None:
    """What a body tells is the same however it came."""
    told = ("payload_id", "text", "provider", "shape", "parse_status", "parse_error", "verdicts", "notifications")
    content = sample(name).strip()
    received, filed = receive(content), read_body(content)
    assert [getattr(received, field) for field in told] == [getattr(filed, field) for field in told]


def test_a_list_is_one_body() -> None:
    """The bytes that came are one body, of which a signature speaks, though a file of them would be several."""
    payload = receive("[{}, {}]")
    assert (payload.payload_id, payload.text) == (hashlib.sha256(b"[{}, {}]").hexdigest(), "[{}, {}]")
    assert payload.parse_error == "no known shape: a list"


def test_a_provider_that_is_named_reads_the_body() -> None:
    """A body that came to a provider's own address is that provider's, or fails with the reason."""
    assert receive("{}", provider="agora_live").parse_error == "no body of agora_live: an object without fields"
    payload = receive("{}", provider="nobody")
    assert (payload.parse_status, payload.parse_error, payload.text) == ("failed", "no provider 'nobody'", "{}")


@pytest.mark.parametrize("redact_raw", [True, False])
def test_secrets_leave_a_body_only_when_they_are_asked_to(*, redact_raw: bool) -> None:
    """A body is kept as received, or without its secrets; its id is that of the bytes as received."""
    payload = receive(SECRET, Handling(redact_raw=redact_raw))
    assert payload.text == (HIDDEN if redact_raw else SECRET)
    assert payload.payload_id == hashlib.sha256(SECRET.encode()).hexdigest()
    assert payload.parse_status == "ok"


@pytest.mark.parametrize("redact_raw", [True, False])
def test_bytes_that_are_no_text_lose_their_secrets_too(*, redact_raw: bool) -> None:
    """A body that is no UTF-8 keeps its bytes, without their secrets where that is asked."""
    payload = receive(b'{"sign": "d41d8cd98f", "\xff"}', Handling(redact_raw=redact_raw))
    assert (b"d41d8cd98f" in (payload.raw or b""), "d41d8cd98f" in payload.text) == (not redact_raw, not redact_raw)
    assert b"\xff" in (payload.raw or b"")


def test_an_error_tells_no_secret() -> None:
    """A reason that shows a piece of the body shows no secret of it."""
    body = json.loads(sample("alibaba_live_milliseconds").replace(",\n            ]", "]").replace(", ]", "]"))
    body["Result"] = "https://h/a.jpg?sign=d41d8cd98f"
    assert receive(json.dumps(body)).parse_error == "/Result must be a list and is 'https://h/a.jpg?sign=[redacted]'"


def test_an_address_in_a_verdict_has_no_signature() -> None:
    """The address of a verdict is kept without its query."""
    told = Verdict("/0", "a", "other", "block", object_url="https://h/a.jpg?sign=d41d8cd98f")
    mapping = Mapping("one", "one.1", lambda _: True, lambda _: iter([told]))
    (payload,) = read_received([Received(b"{}", "inbox")], [mapping])
    assert payload.verdicts[0].object_url == "https://h/a.jpg?[redacted]"


@pytest.mark.parametrize("redact_raw", [True, False])
@pytest.mark.parametrize("body", [SECRET, sample("agora_client"), sample("agora_ncs_45"), "{}", "no JSON", "\xff"])
def test_a_body_that_is_read_again_is_the_same(body: str, *, redact_raw: bool) -> None:
    """Reading a kept body again, its secrets away or not, gives the same id and the same rows."""
    content = b"\xff" if body == "\xff" else body.encode()
    first = receive(content, Handling(redact_raw=redact_raw))
    again = read_again(first, MAPPINGS, Handling(redact_raw=redact_raw))
    assert (again.payload_id, again.verdicts, again.notifications) == (
        first.payload_id,
        first.verdicts,
        first.notifications,
    )
    assert (again.text, again.raw, again.provider, again.parse_status) == (
        first.text,
        first.raw,
        first.provider,
        first.parse_status,
    )


def test_a_body_whose_provider_was_named_is_read_as_its_again() -> None:
    """What the user said of a body is kept, and goes before what its shape tells."""
    first = receive(
        '{"entryPoint": "a", "results": {"porn": {"scene": "x"}}, "suggestion": "pass"}', provider="agora_live"
    )
    assert len(first.verdicts) == 1
    assert read_again(first, MAPPINGS).verdicts == first.verdicts
    assert read_again(replace(first, forced=False), MAPPINGS).parse_status == "failed"


def test_a_beginning_is_not_read_again() -> None:
    """Of a body that was found wrong before it was read, the reason stays."""
    cut = replace(receive("{}"), parse_error="larger than 64 MiB", whole=False)
    assert read_again(cut, MAPPINGS) is cut
