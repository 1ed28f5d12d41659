"""What a double's bucket holds, and which page of it a list request asks for."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_KEYS = 1000


class StoredObject(NamedTuple):
    """What a bucket knows of one object."""

    size: int
    etag: str
    last_modified: datetime


Objects = dict[str, StoredObject]


def objects(keys: Iterable[str]) -> Objects:
    """Objects whose content is their key, each a millisecond and a second younger than the one before."""
    first = datetime(2026, 11, 20, 8, 15, 30, 123000, tzinfo=UTC)
    return {
        key: StoredObject(
            size=len(key.encode()),
            etag=hashlib.md5(key.encode()).hexdigest(),
            last_modified=first + number * timedelta(seconds=1, milliseconds=1),
        )
        for number, key in enumerate(keys)
    }


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list answer says, before a dialect writes it.

    ``asked`` is the token or marker of the request, ``next`` the one to go on from. ``encoded`` says that the keys are
    written url-encoded, ``claims_encoding`` that the answer says so.
    """

    bucket: str
    prefix: str
    contents: tuple[tuple[str, StoredObject], ...]
    max_keys: int
    with_tokens: bool
    asked: str
    next: str | None
    truncated: bool
    encoded: bool
    claims_encoding: bool
    milliseconds: bool = True

    def position(self, key: str) -> str:
        """The text by which a client goes on after a key: the key itself, or an opaque token."""
        return token(key) if self.with_tokens else key


def token(key: str) -> str:
    """An opaque token, with characters in it that a query string has to escape."""
    return f"+/={b64encode(key.encode()).decode()}"


def page_of(bucket: str, held: Mapping[str, StoredObject], query: Mapping[str, str], default_max_keys: int) -> Listing:
    """The page that a list request asks for."""
    with_tokens = query.get("list-type") == "2"
    asked, after = _position(query, with_tokens=with_tokens)
    prefix = query.get("prefix", "")
    max_keys = min(int(query.get("max-keys") or default_max_keys), MOST_KEYS)
    rest = [key for key in _in_byte_order(held) if key.startswith(prefix) and key.encode() > after.encode()]
    keys, truncated = rest[:max_keys], len(rest) > max_keys
    encoded = query.get("encoding-type") == "url"
    return Listing(
        bucket=bucket,
        prefix=prefix,
        contents=tuple((key, held[key]) for key in keys),
        max_keys=max_keys,
        with_tokens=with_tokens,
        asked=asked,
        next=(token(keys[-1]) if with_tokens else keys[-1]) if truncated else None,
        truncated=truncated,
        encoded=encoded,
        claims_encoding=encoded,
    )


def _position(query: Mapping[str, str], *, with_tokens: bool) -> tuple[str, str]:
    """The token or marker of a request, and the key that it stands for."""
    if not with_tokens:
        marker = query.get("marker", "")
        return marker, marker
    asked = query.get("continuation-token", "")
    return asked, b64decode(asked.removeprefix("+/=")).decode() if asked else query.get("start-after", "")


def _in_byte_order(keys: Iterable[str]) -> list[str]:
    return sorted(keys, key=str.encode)
