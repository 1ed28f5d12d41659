"""Runs the receiver and the pages: what a configuration says, as servers that end with all that they took answered."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from indexer.errors import UsageError
from indexer.service import signatures
from indexer.service.inbox import inbox_of, opened_inbox
from indexer.service.limits import Limits
from indexer.service.pages.app import Pages
from indexer.service.receiver import Door, Receiver
from indexer.service.signatures import Check, Sender
from indexer.service.watch import requests_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp

    from indexer.config import Config
    from indexer.config.receiver import Receiver as ReceiverSettings
    from indexer.config.receiver import Route

_BACKLOG = 2048
_MOST_CONNECTIONS = 1000
_HEAD_BYTES = 64 * 2**10
_KEEP_ALIVE_SECONDS = 75
_GRACE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Service:
    """One application of ours, where it is to listen, and what it is in words."""

    what: str
    app: ASGIApp
    host: str
    port: int


def services(config: Config, index: Path) -> list[Service]:
    """Whatever a configuration says is served: the receiver, the pages over this index, or both.

    Raises:
        ConfigError: a secret cannot be read.
        InboxUnavailable: the inbox cannot be made or written.
        UsageError: there is nothing to serve.
    """
    found = []
    if config.receiver:
        found.append(_receiver(config.receiver, config.receiver.inbox or inbox_of(index)))
    if config.pages:
        app = Pages(config.pages, index, config.sources).app
        found.append(Service("pages", app, config.pages.host, config.pages.port))
    if not found:
        what = "there is nothing to serve: add a [receiver] and a [receiver.callbacks.NAME], or a [pages]"
        raise UsageError(f"{config.path}: {what}")
    return found


def _receiver(settings: ReceiverSettings, inbox: Path) -> Service:
    known = doors(settings)
    with opened_inbox(inbox, create=True):
        pass  # what is wrong with it is told now, and not at the first callback
    limits = Limits(settings.max_bytes, settings.max_depth, settings.requests_per_second)
    return Service(f"inbox {inbox}", Receiver(inbox, known, limits).app, settings.host, settings.port)


def serve(services: Sequence[Service], listening: Callable[[Service, str], None], *, quiet: bool = False) -> None:
    """Serve until SIGTERM or SIGINT. ``listening`` is told the address of each, once all of them have one.

    Raises:
        UsageError: nobody can listen at a configured address.
        KeyboardInterrupt: it was SIGINT.
    """
    _log_requests(quiet=quiet)
    with ExitStack() as open_sockets:
        bound = [open_sockets.enter_context(_bound(each.host, each.port)) for each in services]
        for each, socket_ in zip(services, bound, strict=True):
            listening(each, _address(socket_))
        asyncio.run(_serve([_Server(_settings(each.app)) for each in services], bound))


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever runs several."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def _serve(servers: Sequence[_Server], bound: Sequence[socket.socket]) -> None:
    """Run servers until a signal comes or one of them ends; then end all, with what is in flight answered."""
    loop, interrupted = asyncio.get_running_loop(), False

    def end(number: signal.Signals) -> None:
        nonlocal interrupted
        interrupted |= number == signal.SIGINT
        for server in servers:
            # Whoever interrupts again does not wait for what is in flight.
            server.force_exit |= server.should_exit and number == signal.SIGINT
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)

    async def run(server: _Server, socket_: socket.socket) -> None:
        await server.serve(sockets=[socket_])
        end(signal.SIGTERM)

    await asyncio.gather(*(run(*pair) for pair in zip(servers, bound, strict=True)))
    if interrupted:
        raise KeyboardInterrupt


def doors(settings: ReceiverSettings) -> dict[str, Door]:
    """The configured callbacks by their names, with their secrets read.

    Raises:
        ConfigError: a secret cannot be read.
    """
    return {route.name: _door(route, secrets) for route, secrets in settings.secrets()}


def _settings(app: ASGIApp) -> uvicorn.Config:
    """Proxies' headers are not believed, nothing tells what serves, and h11 bounds a head, which httptools does not."""
    return uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        h11_max_incomplete_event_size=_HEAD_BYTES,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _door(route: Route, secrets: dict[str, str]) -> Door:
    shown = tuple(secret.encode() for secret in secrets.values())
    sender = Sender(secrets.get("token"), tuple(_checks(route, secrets)), shown)
    return Door(route.name, route.provider, sender, route.content_types)


def _checks(route: Route, secrets: dict[str, str]) -> Iterator[Check]:
    if route.signature:
        yield signatures.BY_NAME[route.signature](secrets["secret"], route.host)
    if route.checksum:
        recipe = route.checksum
        yield signatures.checksum(recipe.fields, recipe.separator, secrets.get("checksum.address"))


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(f"cannot listen at {host}:{port}: {error.strerror or error}") from error
    # asyncio sets it only on sockets that it made itself: without it an answer waited 40 ms for its second part.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def _log_requests(*, quiet: bool) -> None:
    """Requests are told on stderr, a line each; what the server itself says, as this package's own lines."""
    handler = logging.StreamHandler(sys.stderr)
    requests_logger.handlers[:] = [handler]
    requests_logger.propagate = False
    requests_logger.setLevel(logging.CRITICAL if quiet else logging.INFO)
    server = logging.getLogger("uvicorn")
    server.handlers[:] = logging.getLogger("indexer").handlers
    server.setLevel(logging.WARNING)
    server.propagate = False
