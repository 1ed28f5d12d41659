"""The documents' sample bodies with values of our own, and short ways to read bodies and files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.moderation import MAPPINGS, read_payloads
from indexer.moderation.repair import read_json

if TYPE_CHECKING:
    from indexer.moderation import Mapping, Payload, Verdict

SAMPLES = Path(__file__).with_name("samples")
EVERY_SAMPLE = sorted(path.stem for path in SAMPLES.iterdir())


def sample(name: str) -> str:
    """A sample as it stands."""
    return (SAMPLES / f"{name}.json").read_text("utf-8")


def parsed(name: str) -> dict[str, Any]:
    """A sample's value, to be changed by a test."""
    value: dict[str, Any] = read_json(sample(name)).value
    return value


def read(*paths: Path | str, forced: Mapping | None = None, stdin: bytes = b"") -> list[Payload]:
    """The payloads of files."""
    named = [str(path) for path in paths]
    return list(read_payloads(named, MAPPINGS, forced=forced, stdin=io.BytesIO(stdin), stdin_name="stdin"))


def read_body(body: object, forced: Mapping | None = None) -> Payload:
    """The one payload of a body: text and bytes as they are, anything else as JSON."""
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    (payload,) = read("-", forced=forced, stdin=text if isinstance(text, bytes) else text.encode())
    return payload


def verdict_of(body: object, forced: Mapping | None = None) -> Verdict:
    """The one verdict of a body."""
    payload = read_body(body, forced)
    assert payload.parse_status in ("ok", "repaired"), payload.parse_error
    (verdict,) = payload.verdicts
    return verdict


def refusal_of(body: object, forced: Mapping | None = None) -> str:
    """Why a body could not be read."""
    payload = read_body(body, forced)
    assert (payload.parse_status, payload.verdicts) == ("failed", ())
    return payload.parse_error or ""
