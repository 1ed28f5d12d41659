"""What can go wrong, and what it means for the caller.

* IndexerError
  + UsageError                 a wrong argument; exit 2
  + ConfigError                a wrong indexer.toml, every mistake at once; exit 2
  + VendorError                a bucket could not be listed, or an inventory in it not read
    - CredentialsError         terminal: the key is unknown, its secret wrong, or there is none
      . CredentialsExpired     fetched again once; then the run ends as incomplete, and another goes on
    - AccessDenied             terminal: names the write-only-key trap
    - NoSuchBucket             terminal
    - NoSuchObject             terminal: an inventory's file is not there
    - WrongRegion              terminal: names the right region or endpoint when the answer does
    - RequestRefused           terminal: any other answer of the vendor, shown with its own code
    - MalformedAnswer          terminal: an answer that may not be believed
      . ListingStuck           the position did not advance
    - TransientVendorError     a retry can help; waited for, then exit 5
      . Throttled
      . Unreachable            no connection, a timeout, a cut answer, or a 5xx
  + ListingRefused             a listing that would wipe or mix up what is known
  + InventoryRefused           an inventory that is damaged, unfinished, foreign or unreadable; nothing of it is loaded
  + IndexMissing               there is no index yet; exit 2
  + IndexLocked                another run holds the index; exit 6
  + IndexAttached              the index shows a lake and cannot be written; exit 2
  + IndexInconsistent          a run's own check failed; nothing is published
  + InboxUnavailable           the inbox of callbacks cannot be written or read
  + MessageRefused             who was to be told of a run did not take the message
  + MessageUndelivered         nobody took it for now: exit 5
  + QueryError                 SQL of the user's that DuckDB refuses; exit 2
    - QueryStopped             it took longer than a page's query may
  + EngineMissing              Spark, its Java, or pyiceberg is not installed; exit 2
  + EngineFailed               Spark gave up
  + QueriesBusy                other queries of the pages are still running; a retry can help
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class IndexerError(Exception):
    """Everything this package raises on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(IndexerError):
    """A wrong argument."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in a configuration file: where it stands, and what to do about it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class ConfigError(IndexerError):
    """A wrong configuration. ``mistakes`` has all of them, in the order of the file's tables."""

    exit_code = 2

    def __init__(self, path: str, mistakes: list[Mistake]) -> None:
        self.path = path
        self.mistakes = mistakes
        super().__init__("\n".join(f"{path}: {mistake}" for mistake in mistakes))


class VendorError(IndexerError):
    """A bucket could not be listed, or an object in it not read.

    ``code``, ``status`` and ``request_id`` are the vendor's own, where its answer had them.
    """

    def __init__(
        self, message: str, *, code: str | None = None, status: int | None = None, request_id: str | None = None
    ) -> None:
        self.code = code
        self.status = status
        self.request_id = request_id
        known = {"code": code, "HTTP": status, "request": request_id}
        details = ", ".join(f"{name} {value}" for name, value in known.items() if value)
        super().__init__(f"{message} ({details})" if details else message)


class CredentialsError(VendorError):
    """The access key is unknown, its secret is wrong, it has expired, or there is none."""


class CredentialsExpired(CredentialsError):
    """The credentials were good, and are not any more."""


class AccessDenied(VendorError):
    """The key is known and may not list, or may not read."""


class NoSuchBucket(VendorError):
    """There is no bucket of that name."""


class NoSuchObject(VendorError):
    """There is no object of that key."""


class WrongRegion(VendorError):
    """The bucket is somewhere else."""


class RequestRefused(VendorError):
    """Any other refusal, shown with the vendor's own code and message."""


class MalformedAnswer(VendorError):
    """An answer that may not be believed: not a listing, of another bucket, out of order, or outside the prefix."""


class ListingStuck(MalformedAnswer):
    """The position to go on from did not advance, so the listing would never end."""


class TransientVendorError(VendorError):
    """A retry can help."""

    exit_code = 5


class Throttled(TransientVendorError):
    """The vendor asked for fewer requests."""


class Unreachable(TransientVendorError):
    """No connection, a timeout, a cut answer, or a 5xx."""


class ListingRefused(IndexerError):
    """A listing that would wipe or mix up what the index knows."""


class InventoryRefused(IndexerError):
    """An inventory that may not be believed: damaged, unfinished, of another bucket, or in a form that is not read.

    ``inventory`` is its manifest's name. Nothing of it is loaded.
    """

    def __init__(self, inventory: str, why: str) -> None:
        self.inventory = inventory
        super().__init__(f"the inventory {inventory} is refused: {why}")


class IndexMissing(IndexerError):
    """There is no index yet."""

    exit_code = 2


class IndexLocked(IndexerError):
    """Another run holds the index."""

    exit_code = 6


class IndexAttached(IndexerError):
    """The index is made of views over a lake, and cannot be written."""

    exit_code = 2


class IndexInconsistent(IndexerError):
    """A run's own check failed; nothing was published."""


class InboxUnavailable(IndexerError):
    """The inbox of callbacks cannot be written or read: the disk is full, or the file is no inbox."""


class MessageRefused(IndexerError):
    """The address that is told of a run is none, or did not take the message."""


class MessageUndelivered(IndexerError):
    """Nobody took the message for now."""

    exit_code = 5


class QueryError(IndexerError):
    """SQL that DuckDB refuses, or a parameter that does not fit."""

    exit_code = 2


class QueryStopped(QueryError):
    """A query that took longer than it may, and was stopped."""


class QueriesBusy(IndexerError):
    """As many queries run as may at once, and this one has waited long enough."""

    exit_code = 5


class EngineMissing(IndexerError):
    """What an extra brings is not installed: Spark, the Java that it runs on, or pyiceberg."""

    exit_code = 2


class EngineFailed(IndexerError):
    """Spark gave up what it was asked for."""
