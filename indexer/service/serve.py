"""Runs the receiver: what a configuration says, as a server that ends with all that it took answered."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn

from indexer.errors import UsageError
from indexer.service import signatures
from indexer.service.inbox import opened_inbox
from indexer.service.limits import Limits
from indexer.service.receiver import Door, Receiver
from indexer.service.signatures import Check, Sender
from indexer.service.watch import requests_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indexer.config.receiver import Receiver as Settings
    from indexer.config.receiver import Route

_BACKLOG = 2048
_MOST_CONNECTIONS = 1000
_HEAD_BYTES = 64 * 2**10
_KEEP_ALIVE_SECONDS = 75
_GRACE_SECONDS = 15


def serve(settings: Settings, inbox: Path, listening: Callable[[str], None], *, quiet: bool = False) -> None:
    """Take callbacks until SIGTERM or SIGINT. ``listening`` is told the address.

    Raises:
        ConfigError: a secret cannot be read.
        InboxUnavailable: the inbox cannot be made or written.
        UsageError: nobody can listen at the configured address.
    """
    known = doors(settings)
    with opened_inbox(inbox, create=True):
        pass  # what is wrong with it is told now, and not at the first callback
    limits = Limits(settings.max_bytes, settings.max_depth, settings.requests_per_second)
    _log_requests(quiet=quiet)
    with _bound(settings.host, settings.port) as bound:
        host, port = bound.getsockname()[:2]
        listening(f"http://{f'[{host}]' if ':' in host else host}:{port}")
        # uvicorn ends what is in flight, and raises the signal again when it is done.
        signal.signal(signal.SIGTERM, lambda *_: None)
        uvicorn.Server(_server(Receiver(inbox, known, limits))).run(sockets=[bound])


def doors(settings: Settings) -> dict[str, Door]:
    """The configured callbacks by their names, with their secrets read.

    Raises:
        ConfigError: a secret cannot be read.
    """
    return {route.name: _door(route, secrets) for route, secrets in settings.secrets()}


def _server(receiver: Receiver) -> uvicorn.Config:
    """Proxies' headers are not believed, nothing tells what serves, and h11 bounds a head, which httptools does not."""
    return uvicorn.Config(
        receiver.app,
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
