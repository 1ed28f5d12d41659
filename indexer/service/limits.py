"""How much is taken from whom: bytes, depth, time, requests a second, and memory in all.

What is too much is refused with a Starlette HTTPException, which says the status and what the caller is told.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Network
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from indexer.moderation.repair import STRING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

_STRING_OR_BRACKET = re.compile(rf"{STRING}|[\[\]{{}}]".encode(), re.DOTALL)
_OPENING = (b"[", b"{")
_MOST_ADDRESSES = 10_000
_IPV6_NETWORK = 64
_MOST_DIGITS = 20
_ROUNDING = 1e-9
_AT_ONCE_BYTES = 128 * 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take. The platforms wait five seconds for their answer, and some of them ten."""

    max_bytes: int
    max_depth: int
    requests_per_second: float
    body_seconds: float = 10.0
    answer_seconds: float = 4.0


class Room:
    """The memory for all bodies that are held at one moment, in bytes."""

    def __init__(self, free: int = _AT_ONCE_BYTES) -> None:
        self._free = free

    @contextmanager
    def visit(self) -> Iterator[Callable[[int], None]]:
        """Give a function that takes so many bytes until the block ends; 503 where there are none left."""
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if size > self._free:
                raise HTTPException(503, "too much at once", {"Retry-After": "1"})
            self._free -= size
            taken += size

        try:
            yield take
        finally:
            self._free += taken


class Pace:
    """Lets each client address send so many requests a second; seconds are of any clock.

    ``at_once`` is how many may come together; without it, as many as a second has, and one at least.
    """

    def __init__(self, requests_per_second: float, at_once: int | None = None) -> None:
        self._cost = 1 / requests_per_second
        self._burst = max(1.0, self._cost) if at_once is None else at_once * self._cost
        self._paid_until: OrderedDict[str, float] = OrderedDict()

    def wait(self, address: str, now: float) -> float:
        """How many seconds it is until this request would be let in; 0 where it is."""
        client = _network(address)
        paid = max(self._paid_until.pop(client, now), now) + self._cost
        late = paid - now - self._burst
        self._paid_until[client] = paid if late <= _ROUNDING else paid - self._cost
        if len(self._paid_until) > _MOST_ADDRESSES:
            self._paid_until.popitem(last=False)
        return late if late > _ROUNDING else 0.0

    def forget(self, address: str) -> None:
        """Count nothing that came from there so far."""
        self._paid_until.pop(_network(address), None)


def _network(address: str) -> str:
    """Whose address it is: with IPv6 one customer has a whole network of them."""
    if ":" not in address:
        return address
    try:
        return str(IPv6Network((address, _IPV6_NETWORK), strict=False))
    except ValueError:
        return ""


async def read_body(request: Request, limits: Limits, take: Callable[[int], None]) -> bytes:
    """A request's body, whatever its headers say of its length."""
    declared = request.headers.get("content-length", "")
    # A number of thousands of digits is no int that Python reads.
    if declared.isascii() and declared.isdigit() and int(declared[:_MOST_DIGITS]) > limits.max_bytes:
        raise _too_large(limits)
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _read(request, limits, take)
    except TimeoutError:
        raise HTTPException(408, "the body came too slowly") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body broke off") from None


async def _read(request: Request, limits: Limits, take: Callable[[int], None]) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > limits.max_bytes:
            raise _too_large(limits)
        take(len(chunk))
        body += chunk
    return bytes(body)


def _too_large(limits: Limits) -> HTTPException:
    return HTTPException(413, f"a body may have {limits.max_bytes} bytes")


def check_depth(body: bytes, deepest: int) -> None:
    """Refuse a body whose brackets, outside of strings, stand inside of too many others."""
    if body.count(b"[") + body.count(b"{") <= deepest:
        return
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(body):
        if token[0] in _OPENING:
            depth += 1
        elif not token[0].startswith(b'"'):
            depth = max(depth - 1, 0)
        if depth > deepest:
            raise HTTPException(400, f"nested more than {deepest} deep")
