"""A local S3 that lists, and nothing else, faster than any client reads: ``python -m tests.bench.server``.

It prints its address. The keys are made up (``corpus.py``). Signatures are not checked. Buckets are addressed by path:

* ``GET /shots-bucket``           ListObjectsV2 with ``list-type=2``, else ListObjects; ``HEAD`` says that it is there
* ``POST /-/add``, ``/-/delete``  put and delete objects: a JSON list of keys
* ``GET /-/counts``               how many list requests were answered, and how many met which fault

``--latency`` is waited for by timers, so that answers to many connections wait side by side. With
``--count-positions``, the counts also say how often the page after each position was answered well, as
``positions``, and with a delimiter as ``delimited``. A position is the key after which the page begins, or the prefix.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import socket
import struct
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from .bucket import Bucket
from .corpus import LAYOUTS, Corpus, Shape
from .faults import FAULTS, Misbehaviour, Throttle
from .listing import Question, answer
from .odd import odd_keys

if TYPE_CHECKING:
    from .faults import Fault

BUCKET = "shots-bucket"
_END_OF_HEADERS = b"\r\n\r\n"
_DROP_WITH_RESET = struct.pack("ii", 1, 0)
_SEND_BUFFER = 4 << 20
_ERRORS = {
    "SlowDown": (503, "Please reduce your request rate."),
    "InternalError": (500, "We encountered an internal error. Please try again."),
    "NoSuchBucket": (404, "The specified bucket does not exist"),
    "InvalidArgument": (400, "A query parameter is no number or no token of this server"),
    "MethodNotAllowed": (405, "The specified method is not allowed against this resource."),
}
_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    503: "Slow Down",
}


class Request(NamedTuple):
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; its body stands in pieces."""

    status: int
    body: list[bytes | memoryview]

    def written(self) -> bytes:
        """The answer as it is sent."""
        length = sum(map(len, self.body))
        head = (
            f"HTTP/1.1 {self.status} {_REASONS[self.status]}\r\nContent-Type: application/xml\r\n"
            f"Content-Length: {length}\r\nx-amz-request-id: REQUEST-1\r\nServer: AmazonS3\r\n\r\n"
        )
        return b"".join([head.encode(), *self.body])

    def heading(self) -> bytes:
        """The same without the body, for HEAD."""
        return self.written().partition(_END_OF_HEADERS)[0] + _END_OF_HEADERS


@dataclass(slots=True)
class Counts:
    """What was asked for and how it went. A ``fault`` of the kind throttled comes from too high a rate."""

    requests: int = 0
    answered: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    positions: Counter[str] = field(default_factory=Counter)
    delimited: Counter[str] = field(default_factory=Counter)

    def told(self, keys: int) -> bytes:
        """As JSON, with how many keys the bucket holds."""
        names = ("requests", "answered", "faults", "positions", "delimited")
        return json.dumps({"keys": keys} | {name: getattr(self, name) for name in names}).encode()


class Service:
    """Answers requests; every connection shares it."""

    def __init__(self, bucket: Bucket, misbehaviour: Misbehaviour, throttle: Throttle, latency: float) -> None:
        self.latency = latency
        self.counts = Counts()
        self.counts_positions = False
        self._bucket = bucket
        self._misbehaviour = misbehaviour
        self._throttle = throttle

    def fault(self, now: float) -> Fault | None:
        """What goes wrong with the list request that arrives now."""
        self.counts.requests += 1
        if not self._throttle.admits(now):
            self.counts.faults["throttled"] += 1
            return "slowdown"
        fault = self._misbehaviour.draw()
        if fault:
            self.counts.faults[fault] += 1
        return fault

    def list(self, request: Request, *, well: bool) -> Answer:
        """A page of the bucket, counted if it will arrive."""
        try:
            question = Question.of(request.query)
        except ValueError:
            return refusal("InvalidArgument")
        if well:
            self.counts.answered += 1
            if self.counts_positions:
                self._count(question)
        return Answer(200, answer(BUCKET, self._bucket, question))

    def administer(self, request: Request) -> Answer:
        """Change the bucket, or tell the counts."""
        if request.path == "/-/counts":
            return Answer(200, [self.counts.told(len(self._bucket))])
        change = {"/-/add": self._bucket.add, "/-/delete": self._bucket.delete}.get(request.path)
        if change is None or request.method != "POST":
            return refusal("MethodNotAllowed")
        change([key.encode() for key in json.loads(request.body)])
        return Answer(200, [b"{}"])

    def _count(self, question: Question) -> None:
        counter = self.counts.delimited if question.delimiter else self.counts.positions
        counter[question.position.decode()] += 1


def refusal(code: str) -> Answer:
    """An Error element."""
    status, message = _ERRORS[code]
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>'
        f"<BucketName>{BUCKET}</BucketName><RequestId>REQUEST-1</RequestId></Error>"
    )
    return Answer(status, [text.encode()])


class Connection(asyncio.Protocol):
    """One kept-alive connection: one request after the other."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._busy = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send answers at once, and as whole as the kernel takes them."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def data_received(self, data: bytes) -> None:
        """Gather a request."""
        self._received += data
        self._next()

    @property
    def _socket(self) -> socket.socket:
        connection: socket.socket = self._transport.get_extra_info("socket")
        return connection

    def _next(self) -> None:
        """Answer the next whole request, unless one is being answered."""
        while not self._busy and (request := _taken(self._received)):
            self._busy = True
            self._answer(request)

    def _answer(self, request: Request) -> None:
        if request.path.startswith("/-/"):
            self._send(self._service.administer(request).written())
        elif request.path.strip("/") != BUCKET:
            self._refuse("NoSuchBucket", request)
        elif request.method == "HEAD":
            self._send(Answer(200, []).written())
        elif request.method == "GET":
            self._later(request)
        else:
            self._refuse("MethodNotAllowed", request)

    def _later(self, request: Request) -> None:
        if self._service.latency:
            self._loop.call_later(self._service.latency, self._list, request)
        else:
            self._list(request)

    def _list(self, request: Request) -> None:
        """Answer a list request well, or as its fault has it."""
        fault = self._service.fault(self._loop.time())
        if fault == "reset":
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_WITH_RESET)
            self._transport.abort()
        elif fault == "slowdown":
            self._refuse("SlowDown", request)
        elif fault == "internal":
            self._refuse("InternalError", request)
        elif fault == "truncate":
            whole = self._service.list(request, well=False).written()
            self._transport.write(whole[: whole.index(_END_OF_HEADERS) + len(whole) // 2])
            self._transport.close()
        else:
            self._send(self._service.list(request, well=True).written())

    def _refuse(self, code: str, request: Request) -> None:
        answered = refusal(code)
        self._send(answered.heading() if request.method == "HEAD" else answered.written())

    def _send(self, data: bytes) -> None:
        self._transport.write(data)
        self._busy = False
        self._loop.call_soon(self._next)


def _taken(received: bytearray) -> Request | None:
    """Cut the first whole request off what was received."""
    end = received.find(_END_OF_HEADERS)
    if end < 0:
        return None
    first, *headers = received[:end].decode().split("\r\n")
    length = next((int(line[15:]) for line in headers if line[:15].lower() == "content-length:"), 0)
    begin = end + len(_END_OF_HEADERS)
    if len(received) < begin + length:
        return None
    body = bytes(received[begin : begin + length])
    del received[: begin + length]
    method, target, _ = first.split(" ")
    asked = urlsplit(target)
    return Request(method, asked.path, dict(parse_qsl(asked.query, keep_blank_values=True)), body)


async def _serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    service = _service(options, loop.time())
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", options.port)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    gc.freeze()
    await server.serve_forever()


def _service(options: argparse.Namespace, now: float) -> Service:
    shape = Shape(
        options.keys, options.layout, options.per_session, options.interval, options.prefix, options.corpus_seed
    )
    bucket = Bucket(Corpus(shape, options.cached))
    bucket.add(key.encode() for key in odd_keys(options.prefix, options.odd))
    misbehaviour = Misbehaviour(options.fault_rate, tuple(options.faults), options.seed)
    service = Service(bucket, misbehaviour, Throttle(options.throttle, now), options.latency / 1000)
    service.counts_positions = options.count_positions
    return service


def _faults(text: str) -> list[Fault]:
    chosen = [fault for fault in FAULTS if fault in text.split(",")]
    if len(chosen) != len(text.split(",")):
        raise argparse.ArgumentTypeError(f"of {', '.join(FAULTS)}, and not {text}")
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="where to listen (default: any free port)")
    held = parser.add_argument_group("what the bucket holds")
    held.add_argument("--keys", type=int, default=1_000_000, help="screenshots (default 1,000,000)")
    held.add_argument("--layout", choices=LAYOUTS, default=LAYOUTS[0])
    held.add_argument("--per-session", type=int, default=8640, help="shots of a session (default 8640)")
    held.add_argument("--interval", type=int, default=10, help="seconds between shots, a divisor of a day (default 10)")
    held.add_argument("--prefix", default="", help="what every key begins with")
    held.add_argument("--odd", type=int, default=0, help="further keys that are no screenshots or oddly named")
    held.add_argument("--corpus-seed", type=int, default=1)
    held.add_argument("--cached", type=int, default=2048, help="thousands of rendered objects kept in memory")
    manners = parser.add_argument_group("how it answers")
    manners.add_argument("--latency", type=float, default=0, help="milliseconds before each listing's answer")
    manners.add_argument("--throttle", type=float, default=0, help="listings a second before SlowDown (default: any)")
    manners.add_argument("--fault-rate", type=float, default=0, help="share of listings that go wrong")
    manners.add_argument("--faults", type=_faults, default=list(FAULTS), help=f"of {','.join(FAULTS)} (default: all)")
    manners.add_argument("--seed", type=int, default=1, help="draws the faults")
    manners.add_argument("--count-positions", action="store_true", help="count pages by where they begin")
    return parser


def main() -> None:
    """Serve until terminated."""
    try:
        asyncio.run(_serve(_parser().parse_args()))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
