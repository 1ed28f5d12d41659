"""Receivers for tests: an inbox of their own, and callbacks of each kind."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from indexer.config import parse_config
from indexer.service.inbox import opened_inbox
from indexer.service.limits import Limits
from indexer.service.receiver import Receiver
from indexer.service.serve import doors
from service.asgi import JSON, Running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

TOKEN = "a-path-token-of-ours"
SECRET = "a-signing-secret"
CONFIG = f"""
[sources.classroom]
storage = {{ vendor = "local", bucket = "bucket" }}

[receiver.callbacks.open]
unsigned = true

[receiver.callbacks.secret-address]
token = "{TOKEN}"

[receiver.callbacks.agora_live]
secret = "{SECRET}"

[receiver.callbacks.alibaba_oss]
token = "{TOKEN}"
"""


def receiver(inbox: Path, text: str = CONFIG, **limits: float) -> ASGIApp:
    """The application of a configuration, over an inbox."""
    settings = parse_config(text, inbox.with_name("no-such-file.toml")).receiver
    assert settings
    with opened_inbox(inbox, create=True):
        pass
    allowed: dict[str, Any] = {"max_bytes": 10_000, "max_depth": 20, "requests_per_second": 1e9, **limits}
    return Receiver(inbox, doors(settings), Limits(**allowed)).app


@contextmanager
def running(inbox: Path, text: str = CONFIG, **limits: float) -> Iterator[Running]:
    """A receiver that takes requests."""
    with Running(receiver(inbox, text, **limits)) as server:
        yield server


def signed(body: bytes, secret: str = SECRET) -> tuple[tuple[bytes, bytes], ...]:
    """The headers with which Agora's notification centre would send a body."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return (JSON, (b"agora-signature-v2", digest.encode()))


def kept(inbox: Path, columns: str = "body, deliveries") -> list[tuple[Any, ...]]:
    """The rows of an inbox."""
    with closing(sqlite3.connect(inbox)) as connection:
        return connection.execute(f"SELECT {columns} FROM callbacks ORDER BY id").fetchall()
