"""Azure Blob Storage, by requests signed with the storage account's key (SharedKey).

Azure's SDK takes 0.4 milliseconds to read one blob of a listing, and begins its waits between retries with 15 seconds.
Sources: "List Blobs", "Authorize with Shared Key" and "Create a service SAS" of the Azure Storage REST API.
"""

from __future__ import annotations

import base64
import hmac
import os
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from indexer.errors import CredentialsError, RequestRefused
from indexer.vendors.base import Capabilities, Credentials, Page, Position, Storage, is_at_an_address
from indexer.vendors.blobxml import Question, after_key, read_blobs
from indexer.vendors.bodies import object_file, object_headers
from indexer.vendors.elements import error_of
from indexer.vendors.http import Answer, Http, Request
from indexer.vendors.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.errors import VendorError
    from indexer.vendors.objects import Cut, ObjectFile

_VERSION = "2026-02-06"
"""The first version of the service that takes ``startFrom``."""
_SAS_VERSION = "2020-12-06"
"""The version whose string-to-sign a presigned URL has; a service SAS is signed the same way since."""

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_SIGNED_HEADERS = (
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-MD5",
    "Content-Type",
    "Date",
    "If-Modified-Since",
    "If-Match",
    "If-None-Match",
    "If-Unmodified-Since",
    "Range",
)
_SAS_FIELDS = ("si", "sip", "spr", "sv", "sr", "snapshot", "ses", "rscc", "rscd", "rsce", "rscl", "rsct")
_FOLDER = b"<ResourceType>directory<"
_OTHER_ORDERS = {
    "folders of a hierarchical namespace": {"a start at a key", "a folder"},
    "characters on both sides of U+FFFF": {"a start at a key", "U+E000 and more", "U+10000 and more"},
}
"""What is not to be listed in parts, and the marks by which it is known when all of them have been seen."""


class AzureLister:
    """Lists a container by List Blobs."""

    capabilities = Capabilities(max_keys=5000, starts_anywhere=True, delimiters="any")

    def __init__(self, storage: Storage, connections: int = 1) -> None:
        self._account = _account(storage)
        self.storage = replace(storage, endpoint=storage.endpoint.replace("{account}", self._account.name))
        self._http = Http(self.storage, SharedKey(self._account), connections)
        self._path = _container_path(self.storage, self._account)
        self._seen: set[str] = set()

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Send one list request. ``startFrom`` includes the key it names, which takes one more blob to leave out."""
        begins_at = _begins_at(self.storage, after)
        query = {
            "restype": "container",
            "comp": "list",
            "prefix": self.storage.prefix,
            "delimiter": delimiter or "",
            "marker": (after.token or "") if after else "",
            "startFrom": begins_at,
            "maxresults": str(min(max_keys + bool(begins_at), self.capabilities.max_keys)),
        }
        body = self._ask({name: value for name, value in query.items() if value})
        page = read_blobs(body, self._question(after), self._refused)
        self._check_order(begins_at, body, page)
        return after_key(page, begins_at, max_keys) if begins_at else page

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Send one Get Blob."""
        headers = object_headers(key, cut)
        answer = self._http.open(self._url(key), headers)
        return object_file(
            self.storage,
            answer,
            cut,
            lambda body: self._refusal(Answer(answer.status, answer.headers, body), key),
        )

    def presigned(self, key: str, seconds: int) -> str:
        """A service SAS for one blob, by https alone unless the endpoint is another.

        Raises:
            RequestRefused: the URL would never be good, or outlive the calendar. Azure itself sets no limit.
        """
        signed = service_sas(
            self._account,
            f"{self.storage.bucket}/{key}",
            _in(seconds),
            "https" if self.storage.endpoint.startswith("https:") else "https,http",
        )
        return f"{self._url(key)}?{urlencode(signed, quote_via=quote)}"

    def _url(self, key: str) -> str:
        return f"{self.storage.endpoint}{self._path}/{quote(key, safe='/')}"

    def _ask(self, query: Mapping[str, str]) -> bytes:
        answer = self._http.get(self._path, query)
        if answer.status != HTTPStatus.OK:
            raise self._refusal(answer)
        return answer.body

    def _question(self, after: Position | None) -> Question:
        return Question(self.storage.endpoint, self._account.name, self.storage.bucket, self.storage.prefix, after)

    def _refusal(self, answer: Answer, key: str | None = None) -> VendorError:
        told = error_of(answer.body)
        location = answer.headers.get("Location")
        return refusal(
            self.storage,
            code=answer.headers.get("x-ms-error-code") or told.get("Code", ""),
            status=answer.status,
            message=f"the endpoint redirects to {location}" if location else told.get("Message", ""),
            request_id=answer.headers.get("x-ms-request-id"),
            key=key,
        )

    def _refused(self, code: str, message: str) -> VendorError:
        return refusal(self.storage, code=code, message=message)

    def _check_order(self, begins_at: str, body: bytes, page: Page) -> None:
        """Refuse to list in parts what Azure may order otherwise than by UTF-8: blobs could be in no part.

        A hierarchical namespace lists a folder's blobs before a name that goes on with a character before the slash:
        ``a``, ``a/1``, ``a-b``. Other accounts have been seen to compare names as UTF-16, where characters beyond
        U+FFFF come before those from U+E000.
        """
        self._seen.update(_marks(begins_at, body, page))
        for why, marks in _OTHER_ORDERS.items():
            if self._seen >= marks:
                raise RequestRefused(
                    f"container {self.storage.bucket!r} has {why} in prefix {self.storage.prefix!r}, which Azure lists "
                    "in another order: it cannot be listed in parts; make each folder a source of its own by "
                    "fileNamePrefix"
                )


@dataclass(frozen=True, slots=True)
class Account:
    """A storage account and its key."""

    name: str
    key: bytes = field(repr=False)

    def signature(self, text: str) -> str:
        """The base64 of a text's HMAC-SHA256."""
        return base64.b64encode(hmac.digest(self.key, text.encode(), "sha256")).decode()


class SharedKey:
    """Signs a request as "Authorize with Shared Key" says."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def __call__(self, request: Request) -> None:
        """Date the request, and sign what is in it."""
        request.headers["x-ms-version"] = _VERSION
        request.headers["x-ms-date"] = formatdate(usegmt=True)
        signature = self._account.signature(string_to_sign(self._account.name, "GET", request.url, request.headers))
        request.headers["Authorization"] = f"SharedKey {self._account.name}:{signature}"


def string_to_sign(account: str, method: str, url: str, headers: Mapping[str, str]) -> str:
    """What is signed of a request without a body.

    The query's names are in lower case and in order, its values decoded, and those of one name in order too.
    """
    told = {name.lower(): str(value) for name, value in headers.items()}
    standard = [told.get(name.lower(), "") for name in _SIGNED_HEADERS]
    own = [f"{name}:{value.strip()}" for name, value in sorted(told.items()) if name.startswith("x-ms-")]
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        values[name.lower()].append(value)
    asked = [f"{name}:{','.join(sorted(values[name]))}" for name in sorted(values)]
    return "\n".join([method, *standard, *own, f"/{account}{urlsplit(url).path}", *asked])


def service_sas(account: Account, blob: str, expires: datetime, protocols: str) -> dict[str, str]:
    """The query that lets whoever has it read one blob, which is named after its container, until it expires."""
    told = {
        "sv": _SAS_VERSION,
        "sr": "b",
        "sp": "r",
        "se": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "spr": protocols,
    }
    return told | {"sig": account.signature(sas_string_to_sign(account.name, blob, told))}


def sas_string_to_sign(account: str, blob: str, told: Mapping[str, str]) -> str:
    """What is signed of a service SAS: the fields in the order of "Create a service SAS", empty where not told."""
    before = [told.get(name, "") for name in ("sp", "st", "se")]
    after = [told.get(name, "") for name in _SAS_FIELDS]
    return "\n".join([*before, f"/blob/{account}/{blob}", *after])


def _in(seconds: int) -> datetime:
    """When so many seconds will have passed."""
    if seconds > 0:
        with suppress(OverflowError):
            return datetime.now(UTC) + timedelta(seconds=seconds)
    raise RequestRefused(f"Azure has no URL that lives for {seconds} seconds")


def _account(storage: Storage) -> Account:
    credentials = storage.credentials() or _of_environment()
    if credentials is None:
        raise CredentialsError(
            f"no credentials for container {storage.bucket!r}: set accessKey (the storage account) and secretKey (its "
            "key), or AZURE_STORAGE_ACCOUNT and AZURE_STORAGE_KEY in the environment"
        )
    if credentials.session_token:
        raise CredentialsError(f"container {storage.bucket!r}: an account's key has no session token; drop stsToken")
    if not _ACCOUNT.fullmatch(credentials.access_key):
        raise CredentialsError(f"container {storage.bucket!r}: accessKey has to be the storage account's name")
    try:
        return Account(credentials.access_key, base64.b64decode(credentials.secret_key, validate=True))
    except ValueError:  # its message is of no use, and its context holds the key
        raise CredentialsError(
            f"container {storage.bucket!r}: secretKey has to be the account's key, which is base64"
        ) from None


def _of_environment() -> Credentials | None:
    """What Azure's command line reads."""
    name, key = os.environ.get("AZURE_STORAGE_ACCOUNT"), os.environ.get("AZURE_STORAGE_KEY")
    return Credentials(name, key) if name and key else None


def _container_path(storage: Storage, account: Account) -> str:
    """The container's path, behind the account's where that is in no host: at an emulator's address."""
    container = f"/{quote(storage.bucket, safe='')}"
    return f"/{account.name}{container}" if is_at_an_address(storage.endpoint) else container


def _marks(begins_at: str, body: bytes, page: Page) -> set[str]:
    """What a question and its answer show of the order that names may have."""
    keys = page.objects["key"].buffers()[2]
    names = "".join((begins_at, *page.prefixes)).encode() + (keys.to_pybytes() if keys else b"")
    marks = {
        "a start at a key": bool(begins_at),
        "a folder": _FOLDER in body,
        # By the first bytes of such characters in UTF-8.
        "U+E000 and more": any(first in names for first in (0xEE, 0xEF)),
        "U+10000 and more": any(first in names for first in range(0xF0, 0xF5)),
    }
    return {mark for mark, there in marks.items() if there}


def _begins_at(storage: Storage, after: Position | None) -> str:
    """The key to begin at, where there is no marker to go on from; none before the prefix, which says it already."""
    by_key = after is not None and not after.token and after.key >= storage.prefix
    return after.key if after and by_key else ""
