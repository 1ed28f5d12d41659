"""Commits callbacks to the inbox in groups: those that come while the disk syncs share the next sync."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import repeat
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from indexer.errors import InboxUnavailable
from indexer.service.inbox import Callback, Inbox, Receipt, opened_inbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

_logger = logging.getLogger("indexer.service")
# One transaction stays short, for whoever else waits to write.
_MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is to be committed, and who waits for it. No callback: only to see that something can be committed."""

    callback: Callback | None
    answer: asyncio.Future[Receipt | None]


class Writer:
    """A thread with the one connection that writes. It belongs to the loop that made it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)
        self._thread.start()

    async def receive(self, callback: Callback) -> Receipt:
        """Keep a callback. When this returns, it is durable.

        Raises:
            InboxUnavailable: it could not be written.
        """
        receipt = await self._committed(callback)
        assert receipt is not None  # noqa: S101 - every callback gets one
        return receipt

    async def check(self) -> None:
        """Write something.

        Raises:
            InboxUnavailable: it could not be written.
        """
        await self._committed(None)

    async def close(self) -> None:
        """End when everything that waits is committed."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _committed(self, callback: Callback | None) -> asyncio.Future[Receipt | None]:
        answer: asyncio.Future[Receipt | None] = self._loop.create_future()
        self._queue.put(_Waiting(callback, answer))
        return answer

    def _run(self) -> None:
        group = self._next_group()
        while group:
            group = self._commit_from(group)

    def _commit_from(self, group: list[_Waiting]) -> list[_Waiting]:
        """Commit this group and those after it until one fails; gives the next one, which wants a new connection."""
        try:
            with opened_inbox(self._path, create=True) as inbox:
                while group:
                    self._settle(group, _commit(inbox, group))
                    group = self._next_group()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing of this group is acknowledged
            _logger.error("callbacks are refused: %s", error)  # noqa: TRY400 - a full disk is no bug
            self._settle(group, repeat(InboxUnavailable("the inbox cannot be written")))
            return self._next_group()
        return group

    def _next_group(self) -> list[_Waiting]:
        """What waits, at least one; nothing when it is time to end."""
        group: list[_Waiting] = []
        while not self._ending and len(group) < _MOST_AT_ONCE:
            try:
                waiting = self._queue.get(block=not group)
            except Empty:
                break
            self._ending = waiting is None
            group += [waiting] if waiting else []
        return group

    def _settle(self, group: list[_Waiting], outcomes: Iterable[Receipt | InboxUnavailable | None]) -> None:
        self._loop.call_soon_threadsafe(_answer, group, outcomes)


@asynccontextmanager
async def writing(path: Path) -> AsyncIterator[Writer]:
    """Give a writer to an inbox, and end it when the block ends."""
    writer = Writer(path)
    try:
        yield writer
    finally:
        await writer.close()


def _commit(inbox: Inbox, group: list[_Waiting]) -> list[Receipt | None]:
    receipts = iter(inbox.receive([waiting.callback for waiting in group if waiting.callback]))
    if any(waiting.callback is None for waiting in group):
        inbox.check(time.time_ns() // 1000)
    return [next(receipts) if waiting.callback else None for waiting in group]


def _answer(group: list[_Waiting], outcomes: Iterable[Receipt | InboxUnavailable | None]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=False):
        if waiting.answer.done():
            continue  # nobody waits for it any more
        if isinstance(outcome, InboxUnavailable):
            waiting.answer.set_exception(outcome)
        else:
            waiting.answer.set_result(outcome)
