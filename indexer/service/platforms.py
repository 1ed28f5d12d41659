"""What is published of how each platform calls: with which signature, and with which content types."""

from __future__ import annotations

from dataclasses import dataclass

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
ADDRESS_FIELD = "callbackAddr"
"""The one ingredient of a checksum that does not stand in the body."""

SIGNATURES = ("agora-ncs", "alibaba-live", "tencent-css")
"""The signatures that can be checked: see ``indexer.service.signatures``."""


@dataclass(frozen=True, slots=True)
class Platform:
    """How a provider's callbacks come. No content types means any: where its documents do not name one."""

    signature: str | None = None
    content_types: tuple[str, ...] = (JSON,)


_PLATFORMS = {
    # One address for all products: the shape of each body tells which it is of.
    "agora": Platform("agora-ncs"),
    "agora_ncs": Platform("agora-ncs"),
    "agora_live": Platform("agora-ncs"),
    # The client's screenshot upload is no part of the notification centre: it has a checksum in the body at most.
    "agora_client": Platform(),
    # The pages on live callbacks name a JSON body, and no content type.
    "alibaba_live": Platform("alibaba-live", ()),
    "alibaba_audio": Platform("alibaba-live", ()),
    "alibaba_oss": Platform(None, (FORM,)),
    "tencent_css": Platform("tencent-css"),
}


def platform(provider: str) -> Platform:
    """How this provider calls; of one that nothing is known of, that it sends JSON."""
    return _PLATFORMS.get(provider, Platform())
