"""The listing contract: what every vendor adapter promises, and the plain data that passes through it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, Self
from urllib.parse import urlsplit

import pyarrow as pa

from indexer import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indexer.vendors.objects import Cut, ObjectFile

USER_AGENT = f"screenshot-indexer/{__version__}"
"""What a bucket's access log shows."""
CONNECT_TIMEOUT_SECONDS = 10
READ_TIMEOUT_SECONDS = 60

OBJECT_SCHEMA: pa.Schema = pa.schema(
    [
        ("key", pa.string()),
        ("size", pa.uint64()),
        ("etag", pa.string()),
        ("last_modified", pa.timestamp("us")),
        ("storage_class", pa.string()),
    ]
)
"""One listed object a row: the size in bytes, the etag without its quotes, the time in UTC; ``etag`` and
``storage_class`` are null where the vendor gives none."""


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
    gives ``None`` where the SDK's own chain shall find them. ``note`` is what there is to know of the region, and
    ``doubtful`` says that it may not answer any more. ``domain`` is the URL of a domain bound to the bucket, through
    which pictures are shown.
    """

    vendor: str
    region: str | None
    endpoint: str
    bucket: str
    prefix: str
    credentials: Callable[[], Credentials | None] = field(repr=False, compare=False)
    custom_endpoint: bool = False
    note: str | None = None
    doubtful: bool = False
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a listing goes on: after ``key``, and by the vendor's own ``token`` where its last answer had one."""

    key: str
    token: str | None = None


def is_at_an_address(endpoint: str) -> bool:
    """Whether an endpoint is a machine's bare address, or this machine: no bucket and no account stands in that."""
    host = urlsplit(endpoint).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def object_batch(
    keys: Sequence[str],
    sizes: Sequence[int],
    etags: Sequence[str | None],
    last_modified: Sequence[int],
    storage_classes: Sequence[str | None],
) -> pa.RecordBatch:
    """Make rows of ``OBJECT_SCHEMA`` of Python values; ``last_modified`` is in microseconds since 1970 in UTC."""
    columns = (keys, sizes, etags, last_modified, storage_classes)
    arrays = [pa.array(values, type=kind) for values, kind in zip(columns, OBJECT_SCHEMA.types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=OBJECT_SCHEMA)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a listing.

    ``objects`` has the columns of ``OBJECT_SCHEMA``; ``next`` is ``None`` where the listing ended. ``prefixes`` are the
    common prefixes, in order, where a delimiter was asked for. ``url_encoded`` is how the keys were written, where a
    vendor has two ways: only url-encoded ones can hold what XML cannot.
    """

    objects: pa.RecordBatch
    next: Position | None
    prefixes: tuple[str, ...] = ()
    url_encoded: bool | None = None

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 - a column each
        cls,
        keys: Sequence[str],
        sizes: Sequence[int],
        etags: Sequence[str | None],
        last_modified: Sequence[int],
        storage_classes: Sequence[str | None],
        next: Position | None,  # noqa: A002 - the field's name
        prefixes: tuple[str, ...] = (),
    ) -> Self:
        """Make a page of Python values, as ``object_batch`` does."""
        return cls(object_batch(keys, sizes, etags, last_modified, storage_classes), next, prefixes)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter can do.

    ``max_keys`` is the most that one page holds. ``starts_anywhere`` says that a page after any key costs what every
    page costs, whether or not the listing stood there before. ``delimiters`` are those that ``page`` takes: any text,
    the slash alone, or none.
    """

    max_keys: int
    starts_anywhere: bool
    delimiters: Literal["any", "slash", "none"]


class Lister(Protocol):
    """Lists one bucket. Transport only: no retry, no pacing, no names, no SQL.

    ``page`` returns keys that begin with the storage's prefix and come after ``after``, in ascending UTF-8 byte
    order, at most ``max_keys`` of them, and the position to go on from. It follows no redirect, raises only
    VendorError, and never takes an answer that is no listing of this bucket for an empty one.

    With a ``delimiter`` the keys that hold it after the prefix are left out, and ``prefixes`` has what they begin with,
    up to the delimiter: each once, in order, counted among ``max_keys``, after ``after``. A common prefix that
    ``after`` begins with counts as passed.

    Where ``starts_anywhere``, several threads may ask one lister at once.

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

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Ask once for the keys after ``after``."""
        ...

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Ask once for an object, to be read forward to its end, and go on where its reading was ``cut``.

        Inventories alone are read so: the indexer never downloads pictures. ``key`` need not begin with the storage's
        prefix. Whoever opens the file closes it; reading it raises VendorError, and Unreachable where the body is
        shorter than was announced, as after a cut connection.

        Raises:
            NoSuchObject: there is no object of that key.
            RequestRefused: another object is there than the one whose reading was cut; or the vendor gives none.
        """
        ...

    def presigned(self, key: str, seconds: int) -> str:
        """A URL by which whoever has it may GET one object for so many seconds. Nothing is sent to make it.

        Raises:
            RequestRefused: this vendor has no such URLs, or none that live so long.
        """
        ...
