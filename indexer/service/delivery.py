"""One callback as it came, and what can be known of it before anybody judges what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from indexer.moderation.node import storable
from indexer.moderation.repair import NotJson, read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indexer.moderation.base import Json

_IDENTITIES = ("noticeId", "requestId")
_LONGEST_IDENTITY = 256
_AGORA_TEST_CHANNEL = "test_webhook"
_TENCENT_TEST = "Test request when setting callback url"


@dataclass(frozen=True)
class Delivery:
    """A body and the headers that came with it, as bytes; header names are in lower case."""

    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """The first header of this name, given in lower case."""
        return next((value for each, value in self.headers if each == name), None)

    @cached_property
    def digest(self) -> bytes:
        """The SHA-256 of the body."""
        return hashlib.sha256(self.body).digest()

    @cached_property
    def value(self) -> Json:
        """What the body says; ``None`` where it is no JSON, as it is in some samples of the platforms' own."""
        try:
            return read_json(self.body.decode("utf-8-sig")).value
        except (NotJson, UnicodeDecodeError):
            return None

    def field(self, name: str) -> Json:
        """A field of the body; ``None`` where there is none."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    @property
    def identity(self) -> str:
        """What the platform calls this notice by, the same in each retry of it; else the body's SHA-256, hex."""
        found = (self.field(name) for name in _IDENTITIES)
        return next((text for text in found if _is_identity(text)), self.digest.hex())

    @property
    def is_test(self) -> bool:
        """Whether the platform only tries the address.

        Agora's notification centre does it with a made-up channel, Tencent with a message that says so.
        """
        payload = self.field("payload")
        channel = payload.get("channelName") if isinstance(payload, dict) else None
        return channel == _AGORA_TEST_CHANNEL or self.field("message") == _TENCENT_TEST


def _is_identity(text: Json) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_IDENTITY and storable(text)
