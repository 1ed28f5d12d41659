"""How a file is sent: how long that may take, and what happens when nobody wants it any more."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from indexer.service.pages.download import Download

if TYPE_CHECKING:
    from collections.abc import Generator

SCOPE = {"type": "http", "asgi": {"spec_version": "2.3"}}


class Parts:
    """The parts of a file: two, and a third for which it is waited until the person has left."""

    def __init__(self) -> None:
        self.left = threading.Event()
        self.ended = False

    def __call__(self) -> Generator[bytes, None, None]:
        """Yield them."""
        try:
            yield b"first"
            yield b"second"
            self.left.wait()
            yield b"third"
        finally:
            self.ended = True


async def never(*_: object) -> Any:
    """A connection on which nothing happens."""
    await asyncio.Future()


def test_a_download_that_nobody_reads_ends() -> None:
    """Where the other side stops reading, the query's place is given up after the time for downloads."""
    parts = Parts()
    with pytest.raises(TimeoutError):
        asyncio.run(Download(parts(), "text/csv", "rows.csv", 0.05, parts.left)(SCOPE, never, never))
    assert parts.ended


def test_a_download_whose_reader_leaves_ends() -> None:
    """Where the other side leaves while a part is still being made, that is told to what makes it."""
    parts, sent, has_second = Parts(), list[bytes](), asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))
        if sent[-1] == b"second":
            has_second.set()

    async def receive() -> Any:
        await has_second.wait()
        return {"type": "http.disconnect"}

    asyncio.run(Download(parts(), "text/csv", "rows.csv", 60, parts.left)(SCOPE, receive, send))
    assert parts.ended
    assert parts.left.is_set()
    assert b"third" not in sent
