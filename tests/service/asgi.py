"""Runs an ASGI application as a server would: its lifespan, and requests made of any bytes."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message

BROKEN_OFF = {"type": "http.disconnect"}
JSON = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The values of a header that came twice are lines."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        """What the answer says is wrong."""
        said: str = json.loads(self.body)["error"]
        return said


class Running:
    """An application between its startup and its shutdown."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._runner = asyncio.Runner()
        self._messages: asyncio.Queue[Message]
        self._lifespan: asyncio.Future[None]

    def __enter__(self) -> Self:
        self._runner.__enter__()
        self._runner.run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._stop())
        self._runner.close()

    def post(
        self,
        path: str,
        *chunks: bytes,
        headers: Sequence[tuple[bytes, bytes]] = (JSON,),
        method: str = "POST",
        client: str = "198.51.100.7",
    ) -> Answer:
        """One request. Without chunks its body never comes."""
        messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks[:-1]]
        messages += [{"type": "http.request", "body": chunk} for chunk in chunks[-1:]]
        return self.request(method, path, headers, messages, client)

    def get(self, path: str) -> Answer:
        """One request without a body."""
        return self.post(path, b"", headers=(), method="GET")

    def request(
        self,
        method: str,
        path: str,
        headers: Sequence[tuple[bytes, bytes]],
        messages: Sequence[Message],
        client: str = "198.51.100.7",
    ) -> Answer:
        """One request as the server's messages; after them nothing comes."""
        return self._runner.run(self._request(method, path, headers, list(messages), client))

    async def _start(self) -> None:
        self._messages, started = asyncio.Queue(), asyncio.Event()

        async def send(message: Message) -> None:
            assert message["type"].endswith(".complete"), message
            started.set()

        self._lifespan = asyncio.ensure_future(self._app({"type": "lifespan"}, self._messages.get, send))
        await self._messages.put({"type": "lifespan.startup"})
        await started.wait()

    async def _stop(self) -> None:
        await self._messages.put({"type": "lifespan.shutdown"})
        await self._lifespan

    async def _request(
        self, method: str, path: str, headers: Sequence[tuple[bytes, bytes]], messages: list[Message], client: str
    ) -> Answer:
        path, _, query = path.partition("?")
        scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": list(headers)}
        scope |= {"http_version": "1.1", "scheme": "http", "query_string": query.encode(), "client": (client, 1)}
        scope |= {"root_path": ""}
        sent: list[Message] = []

        async def receive() -> Message:
            return messages.pop(0) if messages else await asyncio.Future()

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        start, *rest = sent
        named: dict[str, str] = {}
        for name, value in ((name.decode(), value.decode()) for name, value in start["headers"]):
            named[name] = f"{named[name]}\n{value}" if name in named else value
        return Answer(start["status"], named, b"".join(part.get("body", b"") for part in rest))
