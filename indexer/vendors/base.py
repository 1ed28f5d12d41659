"""The listing contract: what every vendor adapter promises, and the plain data that passes through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, its secret, and a session token where the vendor issued one. Never shown."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Storage:
    """Where screenshots land: one bucket at one vendor, under one prefix.

    ``endpoint`` is a whole URL (for ``local`` the folder, and then ``bucket`` is its name). ``custom_endpoint`` says
    that the configuration named it, not the region table. ``credentials`` is called when a connection is opened and
    gives ``None`` where the SDK's own chain shall find them.
    """

    vendor: str
    region: str | None
    endpoint: str
    bucket: str
    prefix: str
    credentials: Callable[[], Credentials | None] = field(repr=False, compare=False)
    custom_endpoint: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a listing goes on: after ``key``, and by the vendor's own ``token`` where its last answer had one."""

    key: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a listing, as columns of equal length.

    ``last_modified`` is in microseconds since 1970 in UTC, ``sizes`` in bytes, ``etags`` without their quotes;
    ``next`` is ``None`` where the listing ended.
    """

    keys: list[str]
    sizes: list[int]
    etags: list[str | None]
    last_modified: list[int]
    storage_classes: list[str | None]
    next: Position | None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter can do. ``max_keys`` is the most keys that one page holds."""

    max_keys: int


class Lister(Protocol):
    """Lists one bucket. Transport only: no retry, no pacing, no names, no SQL.

    ``page`` returns keys that begin with the storage's prefix and come after ``after``, in ascending UTF-8 byte
    order, at most ``max_keys`` of them, and the position to go on from. It follows no redirect, raises only
    VendorError, and never takes an answer that is no listing of this bucket for an empty one.

    >>> page = lister.page(None, 1000)
    >>> while page.next is not None:
    ...     page = lister.page(page.next, 1000)
    """

    @property
    def storage(self) -> Storage:
        """The bucket and prefix that this lister lists."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this adapter can do."""
        ...

    def page(self, after: Position | None, max_keys: int) -> Page:
        """Ask once for the keys after ``after``."""
        ...
