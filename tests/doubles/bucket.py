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
    content: bytes = b""


Objects = dict[str, StoredObject]


def objects(keys: Iterable[str]) -> Objects:
    """Objects whose content is their key."""
    return holding({key: key.encode() for key in keys})


def holding(contents: Mapping[str, bytes]) -> Objects:
    """Objects with these contents, each a millisecond and a second younger than the one before."""
    first = datetime(2026, 11, 20, 8, 15, 30, 123000, tzinfo=UTC)
    return {
        key: StoredObject(
            size=len(content),
            etag=hashlib.md5(content).hexdigest(),
            last_modified=first + number * timedelta(seconds=1, milliseconds=1),
            content=content,
        )
        for number, (key, content) in enumerate(contents.items())
    }


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list answer says, before a dialect writes it.

    ``asked`` is the token or marker of the request, ``next`` the one to go on from. ``encoded`` says that the keys are
    written url-encoded, ``claims_encoding`` that the answer says so. ``prefixes`` are what keys were rolled up into.
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
    delimiter: str = ""
    prefixes: tuple[str, ...] = ()

    def position(self, key: str) -> str:
        """The text by which a client goes on after a key: the key itself, or an opaque token."""
        return token(key) if self.with_tokens else key


def token(key: str) -> str:
    """An opaque token, with characters in it that a query string has to escape."""
    return f"+/={b64encode(key.encode()).decode()}"


def page_of(bucket: str, held: Mapping[str, StoredObject], query: Mapping[str, str], default_max_keys: int) -> Listing:
    """The page that a list request asks for."""
    with_tokens = query.get("list-type") == "2"
    position = _position(query, with_tokens=with_tokens)
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    max_keys = min(int(query.get("max-keys") or default_max_keys), MOST_KEYS)
    inside = [key for key in _in_byte_order(held) if key.startswith(prefix) and position.is_before(key)]
    rest = [
        entry for entry in _rolled_up(inside, prefix, delimiter) if entry != _Entry(position.passed, rolled_up=True)
    ]
    shown, truncated = rest[:max_keys], len(rest) > max_keys
    encoded = query.get("encoding-type") == "url"
    return Listing(
        bucket=bucket,
        prefix=prefix,
        contents=tuple((entry.name, held[entry.name]) for entry in shown if not entry.rolled_up),
        max_keys=max_keys,
        with_tokens=with_tokens,
        asked=position.asked,
        next=(token(shown[-1].name) if with_tokens else shown[-1].name) if truncated else None,
        truncated=truncated,
        encoded=encoded,
        claims_encoding=encoded,
        delimiter=delimiter,
        prefixes=tuple(entry.name for entry in shown if entry.rolled_up),
    )


class _Position(NamedTuple):
    """A request's token or marker as it was ``asked``, and the key that it stands for.

    A common prefix that is ``passed`` is not told again; a start-after in one has it told once more.
    """

    asked: str
    after: str
    passed: str

    def is_before(self, key: str) -> bool:
        return key.encode() > self.after.encode()


def _position(query: Mapping[str, str], *, with_tokens: bool) -> _Position:
    if not with_tokens:
        marker = query.get("marker", "")
        return _Position(marker, marker, marker)
    asked = query.get("continuation-token", "")
    if not asked:
        return _Position("", query.get("start-after", ""), "")
    after = b64decode(asked.removeprefix("+/=")).decode()
    return _Position(asked, after, after)


class _Entry(NamedTuple):
    """A key, or the common prefix that keys were rolled up into."""

    name: str
    rolled_up: bool


def _rolled_up(keys: Iterable[str], prefix: str, delimiter: str) -> list[_Entry]:
    """The keys, those that hold the delimiter after the prefix as what they begin with, and that once."""
    cuts = ((key, key.find(delimiter, len(prefix)) if delimiter else -1) for key in keys)
    entries = (_Entry(key if at < 0 else key[: at + len(delimiter)], rolled_up=at >= 0) for key, at in cuts)
    return list(dict.fromkeys(entries))


def _in_byte_order(keys: Iterable[str]) -> list[str]:
    return sorted(keys, key=str.encode)
