"""Fetches credentials again when they expire in the midst of a listing."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from indexer.errors import CredentialsExpired

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.vendors.base import Capabilities, Lister, Page, Position, Storage
    from indexer.vendors.objects import Cut, ObjectFile

Answered = TypeVar("Answered")


class RenewingLister:
    """A lister that is opened anew, which fetches its credentials again, when the vendor says that they expired.

    A request that fails with the new ones too is not sent a third time: the run goes on another day.
    """

    def __init__(self, opened: Callable[[], Lister]) -> None:
        self._opened = opened
        self._lock = Lock()
        self._lister = opened()

    @property
    def storage(self) -> Storage:
        """The bucket and prefix that are listed."""
        return self._lister.storage

    @property
    def capabilities(self) -> Capabilities:
        """What the adapter can do."""
        return self._lister.capabilities

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Ask the adapter, and once more where its credentials have expired."""
        return self._answer(lambda lister: lister.page(after, max_keys, delimiter))

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Ask the adapter, and once more where its credentials have expired: they are judged when a file is opened."""
        return self._answer(lambda lister: lister.open(key, cut))

    def presigned(self, key: str, seconds: int) -> str:
        """Ask the adapter."""
        return self._lister.presigned(key, seconds)

    def _answer(self, ask: Callable[[Lister], Answered]) -> Answered:
        asked = self._lister
        try:
            return ask(asked)
        except CredentialsExpired:
            return ask(self._renewed(asked))

    def _renewed(self, expired: Lister) -> Lister:
        with self._lock:
            if self._lister is expired:  # no other thread has renewed it
                self._lister = self._opened()
            return self._lister
