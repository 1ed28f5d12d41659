"""A bucket server that speaks one vendor's dialect, and misbehaves by a script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote

from doubles.answers import Refusal, Spelling, object_answer, write_listing, write_refusal
from doubles.bucket import Objects, page_of
from doubles.faults import Fault, fine
from doubles.wire import Answer, Request, WireServer
from indexer.vendors.base import Credentials, Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from doubles.bucket import Listing

CREDENTIALS = Credentials("AKIDEXAMPLE", "SECRETEXAMPLEKEY")
"""The secret is base64 too, as some vendors' are."""


def no_presigned(request: Request, credentials: Credentials, region: str, now: datetime) -> Refusal:
    """Refuse every presigned URL: a vendor that has none, or whose double cannot check them."""
    return Refusal(403, "AccessDenied", message="no presigned URLs here")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What sets one vendor's server apart from another's.

    ``check`` gives the refusal of a request that these credentials did not sign in this region, ``check_presigned``
    that of a URL which they did not, or which lives no more. ``path_style`` is whether the bucket is the first part of
    the path; the host is the bucket's own otherwise, and where a ``host`` is named it has to be. ``asked`` says it of
    a vendor that names the bucket elsewhere, given the double's own.

    ``question`` puts a query in the words of S3, and ``listing`` and ``refusal`` write what is no XML.
    """

    vendor: str
    region: str
    spelling: Spelling
    check: Callable[[Request, Credentials, str], Refusal | None]
    check_presigned: Callable[[Request, Credentials, str, datetime], Refusal | None] = no_presigned
    default_max_keys: int = 1000
    path_style: bool = True
    host: str | None = None
    asked: Callable[[Request, str], Asked] | None = None
    question: Callable[[dict[str, str]], dict[str, str]] = dict
    listing: Callable[[Listing, Spelling], Answer] = write_listing
    refusal: Callable[[Refusal, Spelling], Answer] = write_refusal


class Asked(NamedTuple):
    """What a request is about: a bucket, or one object in it."""

    bucket: str
    key: str


class BucketDouble(WireServer):
    """One bucket on one server.

    Each fault of ``faults`` meets one request, in turn; requests after the last one are answered as they should be.
    ``unfired`` are the faults that met none. ``ahead`` is how much later its clock has it than it is.
    """

    ahead = timedelta()

    def __init__(  # noqa: PLR0913 - what the bucket holds, and what is wrong with it
        self,
        dialect: Dialect,
        objects: Objects,
        faults: Iterable[Fault] = (),
        *,
        bucket: str = "shots-bucket",
        credentials: Credentials = CREDENTIALS,
        exists: bool = True,
    ) -> None:
        super().__init__()
        self._dialect = dialect
        self._objects = objects
        self._script = list(faults)
        self.unfired = list(faults)
        self._bucket = bucket
        self._credentials = credentials
        self._exists = exists

    def storage(
        self,
        *,
        bucket: str | None = None,
        prefix: str = "",
        credentials: Credentials | None = None,
        vendor: str | None = None,
    ) -> Storage:
        """Where a lister finds this double: everything right, except what is named."""
        used = credentials or self._credentials
        return Storage(
            vendor=vendor or self._dialect.vendor,
            region=self._dialect.region,
            endpoint=self._named(),
            bucket=bucket or self._bucket,
            prefix=prefix,
            credentials=lambda: used,
            custom_endpoint=True,
        )

    def answer(self, request: Request) -> Answer:
        """Answer as the vendor would, or as the next fault of the script makes it."""
        asked = self._asked(request)
        if asked.key:
            return self._object(request, asked)
        refusal = self._dialect.check(request, self._credentials, self._dialect.region) or self._missing(asked)
        if refusal:
            return self._dialect.refusal(refusal, self._dialect.spelling)
        return self._answer(request, self._next_fault())

    def _named(self) -> str:
        """The endpoint under the name that the dialect's vendor has here."""
        return self.endpoint.replace("127.0.0.1", self._dialect.host or "127.0.0.1")

    def _asked(self, request: Request) -> Asked:
        if self._dialect.asked:
            return self._dialect.asked(request, self._bucket)
        path = unquote(request.path.removeprefix("/"))
        if self._dialect.path_style:
            bucket, _, key = path.partition("/")
            return Asked(bucket, key)
        return Asked(request.headers["host"].partition(".")[0] if self._dialect.host else self._bucket, path)

    def _object(self, request: Request, asked: Asked) -> Answer:
        """One object, or the part of it that is asked for, or the next fault of the script."""
        refusal = self._unsigned(request) or self._missing(asked)
        if refusal:
            return self._dialect.refusal(refusal, self._dialect.spelling)
        fault = self._next_fault()
        found = self._objects.get(asked.key)
        missing = Refusal(404, "NoSuchKey", elements={"Key": asked.key})
        answer = fault.refusal or (object_answer(found, request.headers) if found else missing)
        written = self._dialect.refusal(answer, self._dialect.spelling) if isinstance(answer, Refusal) else answer
        return fault.answer(written)

    def _unsigned(self, request: Request) -> Refusal | None:
        """The refusal of a request for an object that is signed neither in its header nor in its URL."""
        if "authorization" in request.headers:
            return self._dialect.check(request, self._credentials, self._dialect.region)
        now = datetime.now(UTC) + self.ahead
        return self._dialect.check_presigned(request, self._credentials, self._dialect.region, now)

    def _missing(self, asked: Asked) -> Refusal | None:
        if self._exists and asked.bucket == self._bucket:
            return None
        return Refusal(404, "NoSuchBucket", elements={"BucketName": asked.bucket})

    def _next_fault(self) -> Fault:
        if not self._script:
            return fine()
        fault = self._script[0] if self._script[0].lasting else self._script.pop(0)
        if fault in self.unfired:
            self.unfired.remove(fault)
        return fault

    def _answer(self, request: Request, fault: Fault) -> Answer:
        if fault.refusal:
            answer = self._dialect.refusal(fault.refusal, self._dialect.spelling)
        else:
            query = fault.question(self._dialect.question(request.query))
            page = page_of(self._bucket, self._objects, query, self._dialect.default_max_keys)
            answer = self._dialect.listing(fault.listing(page), self._dialect.spelling)
        return fault.answer(answer)


class Serve(Protocol):
    """Starts a double for as long as the test runs."""

    def __call__(
        self, dialect: Dialect, objects: Objects, *faults: Fault, credentials: Credentials = ..., exists: bool = ...
    ) -> BucketDouble:
        """Hold these objects, and let each fault meet one request."""
        ...
