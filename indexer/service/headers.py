"""Which headers of a callback are kept: all but those that hold a secret."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# What proxies add with the address in it would hold the token of the path.
_SECRET = re.compile(rb"auth|cookie|token|secret|passw|credential|session|api-?key|ur[il]|path|referer")


def kept_headers(headers: Sequence[tuple[bytes, bytes]], secrets: Sequence[bytes]) -> str:
    """The headers as a JSON object, names in lower case, the values of a repeated name joined by commas.

    Left out are those whose name says that they hold a secret or an address, and those that hold one of ``secrets``.
    """
    kept: dict[str, str] = {}
    for name, value in headers:
        if not _SECRET.search(name.lower()) and not any(secret in value for secret in secrets):
            text, key = value.decode("latin-1"), name.decode("latin-1").lower()
            kept[key] = f"{kept[key]}, {text}" if key in kept else text
    return json.dumps(kept)
