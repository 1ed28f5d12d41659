"""What the contract's suites share: the buckets that every server holds, and the way to a lister of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doubles.bucket import holding, objects
from doubles.double import CREDENTIALS

from indexer.vendors import open_lister
from vendors.backends import ODD_KEYS, TOO_MANY_FOR_MOTO, UNWRITABLE_KEYS

if TYPE_CHECKING:
    from indexer.vendors.base import Credentials, Lister
    from vendors.backends import Backend, Start

MANY = [f"shots/{number:04}.jpg" for number in range(1001)]
MORE = [f"shots/{number:05}.jpg" for number in range(5000)]
SESSIONS = "sessions-bucket"
SESSION_END = "__uid_s_"
SESSION_NAMES = sorted(f"{name}{SESSION_END}" for name in ("a", "a b", "a+b", "a_", "a__", "a__uid_", "b", "é"))
BESIDE_SESSIONS = ["live/a0", "live/a__uid_s", "live/zzz"]
IN_SESSIONS = [f"live/{name}{uid}__uid_e_video.jpg" for name in SESSION_NAMES for uid in ("1", "2", f"3{SESSION_END}4")]
SEVERAL_MEGABYTES = bytes(range(251)) * 12_000
CONTENTS = {"nothing in it": b"", "inventory/data a+b%2F.csv.gz": SEVERAL_MEGABYTES}
BUCKETS = {
    "odd-bucket": objects(ODD_KEYS),
    "full-bucket": objects(MANY),
    TOO_MANY_FOR_MOTO: objects(MORE),
    "empty-bucket": {},
    "unwritable-bucket": objects(UNWRITABLE_KEYS),
    "read-bucket": holding(CONTENTS),
    SESSIONS: objects(["live.jpg", *IN_SESSIONS, *BESIDE_SESSIONS]),
}


def on(*backends: Start) -> pytest.MarkDecorator:
    """These servers alone."""
    return pytest.mark.parametrize("backend", backends, ids=lambda start: start.__name__, indirect=True)


def opened(
    backend: Backend, bucket: str = "odd-bucket", prefix: str = "", credentials: Credentials = CREDENTIALS
) -> Lister:
    """A lister of one of the contract's buckets."""
    return open_lister(backend.storage(bucket, prefix, credentials))


def held(backend: Backend) -> list[str]:
    """The odd keys that a server holds, in UTF-8 byte order."""
    return sorted(filter(backend.can_hold, ODD_KEYS), key=str.encode)
