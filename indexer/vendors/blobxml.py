"""Reads the EnumerationResults answer of Azure's List Blobs, and believes it only where it proves itself.

Source: the "List Blobs" page of the Azure Blob Storage REST API.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from indexer.errors import MalformedAnswer, VendorError
from indexer.vendors.base import Page, Position
from indexer.vendors.elements import ObjectForm, local, parsed, text_of
from indexer.vendors.scan import taken_apart
from indexer.vendors.times import RFC_1123

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree import ElementTree as ET

    import pyarrow as pa

BLOB = ObjectForm(
    element="Blob",
    inside=("Blobs",),
    columns={
        "Name": "key",
        "Properties/Content-Length": "size",
        "Properties/Etag": "etag",
        "Properties/Last-Modified": "last_modified",
        "Properties/AccessTier": "storage_class",
    },
    times=RFC_1123,
)
"""A blob of an EnumerationResults. Its tier is its storage class; page blobs, for one, have none."""

_NOT_PERCENT_ENCODED = re.compile(r"[^\x21-\x7e]|%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Question:
    """What a listing has to be of: the account at an endpoint, the container, the prefix, and where it began."""

    endpoint: str
    account: str
    container: str
    prefix: str
    after: Position | None


def read_blobs(body: bytes, asked: Question, refusal: Callable[[str, str], VendorError]) -> Page:
    """Read one answer.

    Raises:
        MalformedAnswer: the body is no listing of this container and prefix.
        VendorError: the body is an Error element, whose code and message ``refusal`` turned into this.
    """
    root, found = taken_apart(body, BLOB)
    if local(root) == "Error":
        raise refusal(text_of(root, "Code") or "", text_of(root, "Message") or "")
    if local(root) != "EnumerationResults":
        raise MalformedAnswer(f"expected a container listing and got <{local(root)[:40]}>: is the endpoint right?")
    _decode_names(root)
    _check_echo(root, asked)
    objects = parsed(root, BLOB) if found is None else found
    prefixes = tuple(_name(element) for element in root.findall("{*}Blobs/{*}BlobPrefix"))
    last = max(_ends(objects, prefixes), default=asked.after.key if asked.after else "")
    return Page(objects, _next(root, last), prefixes)


def after_key(page: Page, key: str, max_keys: int) -> Page:
    """What of a page comes after a key: one that was asked to begin at it, with room for one more.

    Where the key is there, it or the common prefix that it lies in comes first, and is taken off. Where it is not, the
    page may hold one too many: that is left for the next page, which then begins by key.
    """
    objects = page.objects
    if objects.num_rows and objects["key"][0].as_py() == key:
        objects = objects.slice(1)
    prefixes = tuple(prefix for prefix in page.prefixes if not key.startswith(prefix))
    if objects.num_rows + len(prefixes) <= max_keys:
        return Page(objects, page.next, prefixes)
    if prefixes[-1:] == (max(_ends(objects, prefixes)),):
        prefixes = prefixes[:-1]
    else:
        objects = objects.slice(0, objects.num_rows - 1)
    return Page(objects, Position(max(_ends(objects, prefixes))), prefixes)


def _ends(objects: pa.RecordBatch, prefixes: tuple[str, ...]) -> list[str]:
    """The last key and the last common prefix, where there are any."""
    return [*objects["key"][-1:].to_pylist(), *prefixes[-1:]]


def _decode_names(root: ET.Element) -> None:
    """Decode the names that XML could not hold as they are."""
    for element in root.iter():
        if element.get("Encoded") == "true":
            element.text = _percent_decoded(element.text or "")


def _percent_decoded(text: str) -> str:
    if _NOT_PERCENT_ENCODED.search(text):
        raise MalformedAnswer(f"the answer says that a name is percent-encoded, and it is not: {text!r}")
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise MalformedAnswer(f"a percent-encoded name is not UTF-8: {text!r}") from error


def _check_echo(root: ET.Element, asked: Question) -> None:
    container = root.get("ContainerName")
    if container != asked.container:
        raise MalformedAnswer(f"asked for container {asked.container!r} and got a listing of {container!r}")
    prefix = text_of(root, "Prefix") or ""
    if prefix != asked.prefix:
        raise MalformedAnswer(f"asked for prefix {asked.prefix!r} and got a listing of {prefix!r}")
    endpoint = root.get("ServiceEndpoint") or ""
    if not _serves(endpoint, asked):
        raise MalformedAnswer(f"asked account {asked.account!r} at {asked.endpoint} and got a listing of {endpoint!r}")


def _serves(told: str, asked: Question) -> bool:
    """Whether an echoed endpoint is the one that was asked: under a name of one's own, Azure tells the account's."""
    try:
        url = urlsplit(told)
    except ValueError:
        return False
    named = {(url.hostname or "").partition(".")[0], *url.path.split("/")[1:2]}
    return asked.account.lower() in {name.lower() for name in named} or url.netloc == urlsplit(asked.endpoint).netloc


def _name(element: ET.Element) -> str:
    name = text_of(element, "Name")
    if name is None:
        raise MalformedAnswer("a common prefix has no <Name>")
    return name


def _next(root: ET.Element, last: str) -> Position | None:
    """Where to go on; ``last`` is what the page ended with."""
    marker = text_of(root, "NextMarker")
    if marker is None:
        raise MalformedAnswer("the answer does not say whether more follows: it has no NextMarker")
    return Position(key=last, token=marker) if marker else None
