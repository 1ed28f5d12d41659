"""Checks what ``[receiver]`` says: where callbacks are taken, who may call, and how that is known."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indexer.config.listening import check_token, read_listen, read_secret
from indexer.config.secrets import check_secrecy
from indexer.config.settings import NAME, CallbackSettings, ChecksumSettings, ReceiverSettings, place, read_table
from indexer.errors import ConfigError, Mistake
from indexer.service.platforms import ADDRESS_FIELD, SIGNATURES, platform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pydantic import SecretStr

_SECRETS = ("secret", "token")


@dataclass(frozen=True, slots=True)
class Route:
    """Who may call ``/callbacks/NAME``. ``provider`` is whose bodies they are.

    ``signature`` names how ``secret`` signs. ``content_types`` are in lower case; empty means any.
    """

    name: str
    provider: str
    content_types: tuple[str, ...]
    signature: str | None = None
    secret: SecretStr | None = None
    host: str | None = None
    token: SecretStr | None = None
    checksum: ChecksumSettings | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """A whole ``[receiver]``. ``inbox`` is an absolute path, or ``None`` for the one beside the index."""

    host: str
    port: int
    max_bytes: int
    max_depth: int
    requests_per_second: float
    inbox: Path | None
    keep_days: float
    routes: tuple[Route, ...]
    path: Path

    def secrets(self) -> Iterator[tuple[Route, dict[str, str]]]:
        """Each route with its secrets by the names of their fields, read now.

        Raises:
            ConfigError: a reference points at nothing, or a token is none; all of them are named.
        """
        mistakes: list[Mistake] = []
        found = [(route, _secrets(route, self.path, mistakes)) for route in self.routes]
        if mistakes:
            raise ConfigError(str(self.path), mistakes)
        yield from found


def read_receiver(raw: Mapping[str, Any], path: Path, mistakes: list[Mistake]) -> Receiver:
    """The receiver that a ``[receiver]`` means; what is wrong in it goes to ``mistakes``."""
    settings = read_table(ReceiverSettings, raw, "receiver", mistakes)
    host, port = read_listen("receiver", settings.listen, "127.0.0.1:8321", mistakes)
    routes = [_route(name, table, path, mistakes) for name, table in settings.callbacks.items()]
    if not settings.callbacks and not any(mistake.where.endswith("callbacks") for mistake in mistakes):
        mistakes.append(Mistake(place("receiver"), "nobody may call: add a [receiver.callbacks.NAME]"))
    return Receiver(
        host=host,
        port=port,
        max_bytes=settings.max_bytes,
        max_depth=settings.max_depth,
        requests_per_second=settings.requests_per_second,
        inbox=path.absolute().parent / settings.inbox if settings.inbox else None,
        keep_days=settings.keep_days,
        routes=tuple(route for route in routes if route),
        path=path,
    )


def _route(name: str, raw: object, path: Path, mistakes: list[Mistake]) -> Route | None:
    table = f"receiver.callbacks.{name}"
    if not NAME.fullmatch(name):
        mistakes.append(Mistake(place(table), "a callback's name is letters, digits, - and _, at most 64 of them"))
    if not isinstance(raw, dict):
        mistakes.append(Mistake(place(table), "must be a table"))
        return None
    settings = read_table(CallbackSettings, raw, table, mistakes)
    provider = settings.provider or name
    if not NAME.fullmatch(provider):
        mistakes.append(Mistake(place(table, "provider"), "is letters, digits, - and _, at most 64 of them"))
    mistakes += check_secrecy(settings, _SECRETS, table, path)
    checksum = _checksum(settings, table, path, mistakes)
    mistakes += _sender_mistakes(settings, provider, table)
    types = platform(provider).content_types if settings.content_types is None else settings.content_types
    return Route(
        name=name,
        provider=provider,
        content_types=tuple(kind.strip().lower() for kind in types),
        signature=_signature(settings, provider),
        secret=settings.secret,
        host=settings.host,
        token=settings.token,
        checksum=checksum,
    )


def _signature(settings: CallbackSettings, provider: str) -> str | None:
    return (settings.signature or platform(provider).signature) if settings.secret else None


def _sender_mistakes(settings: CallbackSettings, provider: str, table: str) -> Iterator[Mistake]:
    """What is wrong in how a route knows its sender."""
    named, known = settings.signature, _signature(settings, provider)
    if named and named not in SIGNATURES:
        nearest = difflib.get_close_matches(named, SIGNATURES, n=1, cutoff=0.5)
        advice = f"did you mean {nearest[0]}?" if nearest else f"one of {', '.join(SIGNATURES)}"
        yield Mistake(place(table, "signature"), f"unknown: {named!r}; {advice}")
    if named and not settings.secret:
        yield Mistake(place(table, "secret"), f"missing: {named} is made with one")
    if settings.secret and not known:
        what = f"missing: {provider} is not known to sign; one of {', '.join(SIGNATURES)}"
        yield Mistake(place(table, "signature"), what)
    if settings.host and known != "alibaba-live":
        yield Mistake(place(table, "host"), "only the signature alibaba-live is made of the host")
    if settings.unsigned and (settings.secret or settings.token or settings.checksum):
        yield Mistake(place(table, "unsigned"), "contradicts what else is said: anybody may call, or only who is known")
    if not (settings.unsigned or settings.secret or settings.token or settings.checksum):
        what = "nothing tells who calls: set secret or token, or unsigned = true where anybody may"
        yield Mistake(place(table), what)


def _checksum(settings: CallbackSettings, table: str, path: Path, mistakes: list[Mistake]) -> ChecksumSettings | None:
    if settings.checksum is None:
        return None
    table = f"{table}.checksum"
    checksum = read_table(ChecksumSettings, settings.checksum, table, mistakes)
    mistakes += check_secrecy(checksum, ("address",), table, path)
    if not checksum.fields:
        mistakes.append(
            Mistake(place(table, "fields"), "missing: of which fields the platform makes it, in their order")
        )
    elif ADDRESS_FIELD in checksum.fields and not checksum.address:
        mistakes.append(
            Mistake(place(table, "address"), f"missing: {ADDRESS_FIELD} is the URL that the platform calls")
        )
    elif ADDRESS_FIELD not in checksum.fields and not (settings.token or settings.secret):
        what = f"without {ADDRESS_FIELD} anybody can make it: set token too"
        mistakes.append(Mistake(place(table, "fields"), what))
    return checksum


def _secrets(route: Route, path: Path, mistakes: list[Mistake]) -> dict[str, str]:
    address = route.checksum.address if route.checksum else None
    named = {"secret": route.secret, "token": route.token, "checksum.address": address}
    table = f"receiver.callbacks.{route.name}"
    found = {field: read_secret(table, field, secret, path, mistakes) for field, secret in named.items() if secret}
    check_token(table, found.get("token", ""), mistakes)
    return found
