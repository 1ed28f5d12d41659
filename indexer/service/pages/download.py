"""The rows of a query as a file, sent while it is made."""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from indexer.service.pages.result import FORMATS

if TYPE_CHECKING:
    import threading
    from collections.abc import Generator, Mapping

    from starlette.types import Receive, Scope, Send

    from indexer.service.pages.visit import Visit


def download(visit: Visit, sql: str, parameters: Mapping[str, Any], form: str, name: str) -> Download:
    """All rows of a query as a file, sent as they come. What goes wrong before the first of them is raised.

    Raises:
        QueriesBusy: others are at it.
        QueryError: DuckDB refuses the query, or it took too long or too much.
    """
    parts = visit.site.runner.file(sql, parameters, form, visit.left)
    seconds = visit.site.readers.limits.download_seconds
    return Download(parts, FORMATS[form].media_type, f"{name}.{form}", seconds, visit.left)


class Download(StreamingResponse):
    """A file that is sent while it is made. Where that fails the connection breaks, so nobody takes it for whole.

    It is made once its first part is there; what goes wrong before that is raised.

    ``seconds`` is how long it may take: a browser that reads no more does not keep its query for ever. ``left`` is set
    when the other side has left, which ends whatever ``parts`` waits for.
    """

    def __init__(
        self, parts: Generator[bytes, None, None], media_type: str, name: str, seconds: float, left: threading.Event
    ) -> None:
        # The first part waits for the query: what is wrong with it is a page, and no file that breaks off.
        first = next(parts)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        super().__init__(chain((first,), parts), media_type=media_type, headers=headers)
        self._parts = parts
        self._seconds = seconds
        self._left = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, as ASGI has it."""
        try:
            async with asyncio.timeout(self._seconds):
                await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._parts.close)

    async def listen_for_disconnect(self, receive: Receive) -> None:
        """Wait until the other side has left, and say so."""
        await super().listen_for_disconnect(receive)
        self._left.set()
