"""One body as it was cut out of a file, before anybody looks at what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_BYTES = 64 * 2**20
"""A larger body is not read: it is one that somebody mistook for a body."""
KEPT_BYTES = 64 * 2**10
"""How much is kept of what is not read."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a body and the line on which they begin.

    ``problem`` says why it cannot be read, where that is known already. ``digest`` is its SHA-256, hex, where
    ``content`` is only its beginning.
    """

    line: int
    content: bytes
    problem: str | None = None
    digest: str | None = None

    @property
    def payload_id(self) -> str:
        """The SHA-256 of the whole body, hex."""
        return self.digest or hashlib.sha256(self.content).hexdigest()


def trimmed(content: bytes) -> bytes:
    """A body's bytes without a byte order mark before it and the ASCII white space around it."""
    return content.removeprefix(_BYTE_ORDER_MARK).strip()


def oversized(line: int, chunks: Iterable[bytes]) -> Body:
    """A body that is too large to be read: its beginning, and the digest of all of it."""
    digest, kept, blanks = hashlib.sha256(), b"", b""
    for chunk in chunks:
        # White space counts only where something follows it: the digest is that of the trimmed body.
        content = blanks + chunk if kept else trimmed(chunk)
        solid = content.rstrip()
        digest.update(solid)
        blanks = content[len(solid) :] if kept or solid else b""
        kept = kept or solid[:KEPT_BYTES]
    problem = f"larger than {MAX_BYTES // 2**20} MiB: only its first {KEPT_BYTES // 2**10} KiB are kept"
    return Body(line, kept, problem, digest.hexdigest())
