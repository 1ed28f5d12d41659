"""How each platform shows that it is the one who calls. Everything is compared in constant time.

Agora's notification centre signs the body: its signature proves what was said. Alibaba's and Tencent's cover a time and
no body: they prove who called, and only until that time is past.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from indexer.service.platforms import ADDRESS_FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.moderation.base import Json
    from indexer.service.delivery import Delivery

WINDOW_SECONDS = 300
"""How far Alibaba's clock and ours may be apart; its page leaves the choice to the receiver."""

_LONGEST_TIME = 12


Check: TypeAlias = "Callable[[Delivery, float], bool]"
"""Whether a delivery that came at a time, in seconds since 1970, is the platform's."""


@dataclass(frozen=True, slots=True, repr=False)
class Sender:
    """All that one route asks of its callers: the token in the path, and each of the checks.

    ``secrets`` are what must not be kept of a delivery, wherever it stands in its headers.
    """

    token: str | None
    checks: tuple[Check, ...]
    secrets: tuple[bytes, ...] = ()

    @property
    def signs(self) -> bool:
        """Whether a delivery is signed, and not only sent to a secret address."""
        return bool(self.checks)

    def is_author(self, delivery: Delivery, token: str | None, now: float) -> bool:
        """Whether everything holds that a delivery shows."""
        if not _same(_bytes(token or ""), _bytes(self.token or "")):
            return False
        return all(check(delivery, now) for check in self.checks)


def agora_ncs(secret: str, _: str | None) -> Check:
    """The HMAC of the raw body: SHA-1 in ``Agora-Signature``, SHA-256 in ``Agora-Signature-V2``, lower hex.

    Source: Agora's page on the signatures of its notification centre. Each one that is there must hold.
    """
    kinds = ((b"agora-signature", hashlib.sha1), (b"agora-signature-v2", hashlib.sha256))
    key = secret.encode()

    def check(delivery: Delivery, _: float) -> bool:
        shown = [(delivery.header(name), kind) for name, kind in kinds]
        held = [_same(value, _hmac(key, delivery.body, kind)) for value, kind in shown if value is not None]
        return bool(held) and all(held)

    return check


def alibaba_live(secret: str, host: str | None) -> Check:
    """MD5 of ``host|timestamp|key`` in ``ALI-LIVE-SIGNATURE``, with the seconds in ``ALI-LIVE-TIMESTAMP``.

    Source: Alibaba's usage notes for callback authentication. The host is the one that was called, without a port,
    unless ``host`` says what the address is outside of a proxy.
    """
    key = secret.encode()

    def check(delivery: Delivery, now: float) -> bool:
        called = host.encode() if host else _hostname(delivery.header(b"host") or b"")
        time = delivery.header(b"ali-live-timestamp") or b""
        signature = delivery.header(b"ali-live-signature") or b""
        recent = _is_digits(time) and abs(int(time) - now) <= WINDOW_SECONDS
        return recent and _same(signature, _md5(b"|".join((called, time, key))))

    return check


def tencent_css(secret: str, _: str | None) -> Check:
    """MD5 of key and ``t`` in the body's ``sign``; ``t`` is when it expires, in seconds since 1970.

    Source: Tencent's page on receiving live event notifications.
    """

    def check(delivery: Delivery, now: float) -> bool:
        sign, expires = delivery.field("sign"), _text(delivery.field("t"))
        if not isinstance(sign, str) or not _is_digits(expires):
            return False
        return int(expires) >= now and _same(_bytes(sign), _md5(secret.encode() + expires))

    return check


BY_NAME: dict[str, Callable[[str, str | None], Check]] = {
    "agora-ncs": agora_ncs,
    "alibaba-live": alibaba_live,
    "tencent-css": tencent_css,
}
"""Makes the check of a signature out of its secret, and of the host where that is configured."""


def checksum(fields: Sequence[str], separator: str, address: str | None) -> Check:
    """MD5 of these fields of the body, with ``separator`` between them, in its ``checksum``.

    Agora's page on screenshot upload names the fields callbackAddr, code, object and requestId, and neither says what
    stands between them nor in which form they are written: so the recipe is the user's.
    """
    known = {ADDRESS_FIELD: address}

    def check(delivery: Delivery, _: float) -> bool:
        parts = [_text(known.get(name) or delivery.field(name)) for name in fields]
        shown = delivery.field("checksum")
        complete = all(parts) and isinstance(shown, str)
        return complete and _same(_bytes(shown), _md5(separator.encode().join(parts)))

    return check


def _same(shown: bytes, expected: bytes) -> bool:
    return hmac.compare_digest(shown, expected)


def _hmac(key: bytes, body: bytes, kind: Callable[[], object]) -> bytes:
    return hmac.new(key, body, kind).hexdigest().encode()  # type: ignore[arg-type]


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).hexdigest().encode()


def _hostname(host: bytes) -> bytes:
    """A Host header without its port."""
    name, colon, port = host.rpartition(b":")
    return name if colon and port.isdigit() else host


def _is_digits(text: bytes) -> bool:
    return text.isdigit() and len(text) <= _LONGEST_TIME


def _text(value: Json) -> bytes:
    """A text or a whole number of the body as the bytes that are signed; nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return b""
    return _bytes(str(value))


def _bytes(text: str) -> bytes:
    """A text's bytes; half of a surrogate pair, which has none, as itself."""
    return text.encode("utf-8", "surrogatepass")
