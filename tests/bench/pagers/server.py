"""Sends the pages of one API, whoever asks and however it is signed: ``python -m tests.bench.pagers.server API KEYS``.

A page is written when it is first asked for and kept, so that a later round measures the client alone.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from .pages import APIS, parts

if TYPE_CHECKING:
    from collections.abc import Callable

_END = b"\r\n\r\n"
_VARYING = ("prefix", "encoding-type", "maxresults", "marker")
_HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nX-Reqid: R\r\nx-bce-request-id: R\r\n"
    "x-ms-request-id: R\r\nx-ms-version: 2021-12-02\r\nDate: Fri, 20 Nov 2026 08:15:30 GMT\r\n\r\n"
)


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Callable[[str], bytes]) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while _END in self._received:
            head, _, self._received = self._received.partition(_END)
            self._transport.write(self._answer(head.split(b" ", 2)[1].decode()))


def _answering(api: str, keys: int, url: Callable[[], str]) -> Callable[[str], bytes]:
    found = parts(keys, api)

    @cache
    def page(position: str, told: tuple[tuple[str, str], ...]) -> bytes:
        body = APIS[api](found[position], dict(told), url())
        kind = "application/xml" if body.lstrip(b"\xef\xbb\xbf").startswith(b"<") else "application/json"
        return _HEAD.format(kind=kind, length=len(body)).encode() + body

    def answer(target: str) -> bytes:
        query = dict(parse_qsl(urlsplit(target).query))
        position = next((value for value in query.values() if value in found and value), "")
        return page(position, tuple((name, query[name]) for name in _VARYING if name in query))

    return answer


async def _serve(api: str, keys: int) -> None:
    url = ""
    answer = _answering(api, keys, lambda: url)
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(answer), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(url, flush=True)
    gc.freeze()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
