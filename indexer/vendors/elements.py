"""Takes a listing's XML apart: its root, its objects, and how a vendor writes them, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from indexer.errors import MalformedAnswer
from indexer.vendors.base import object_batch

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from indexer.vendors.times import TimeForm

LONGEST_SIZE = 20
"""How many figures a size has at most: those of 2**64."""

_LARGEST_SIZE = 2**64 - 1
# What XML 1.0 forbids: control characters and two that are none, as they are or as a reference.
_UNWRITABLE = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]"
    rb"|&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]));",
    re.IGNORECASE,
)
# A carriage return as it is. Every XML parser makes a line feed of it, which would be another key.
_LOST_RETURN = re.compile(rb"<(?:[\w.-]+:)?(?:Key|Name|Prefix|NextMarker)>[^<]*\r")


@dataclass(frozen=True)
class ObjectForm:
    """How a vendor writes one object of a listing.

    ``element`` is its name, below the elements of ``inside``; ``columns`` has the column of ``OBJECT_SCHEMA`` that each
    element in it holds, by its path.
    """

    element: str
    columns: Mapping[str, str]
    times: TimeForm
    inside: tuple[str, ...] = ()

    @cached_property
    def groups(self) -> frozenset[str]:
        """The paths of the elements in an object that hold a column's element."""
        return frozenset(path.rpartition("/")[0] for path in self.columns)

    def elements(self, root: ET.Element) -> list[ET.Element]:
        """The objects of a listing, in order."""
        return root.findall("/".join(f"{{*}}{name}" for name in (*self.inside, self.element)))


def root_of(body: bytes) -> ET.Element:
    """The root of an answer.

    Raises:
        MalformedAnswer: it is no XML, or declares things.
    """
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise MalformedAnswer("expected a bucket listing and got a document with a DOCTYPE: is the endpoint right?")
    if b"\r" in body and _LOST_RETURN.search(body):
        raise MalformedAnswer("a key holds a carriage return that the answer does not escape: its name is lost")
    try:
        return ET.fromstring(body)  # noqa: S314 - documents that could declare entities are refused above
    except ET.ParseError as error:
        why = "a key holds a character that no XML can write: rename it" if _UNWRITABLE.search(body) else str(error)
        raise MalformedAnswer(f"the answer is no well-formed XML: {why}") from error


def local(element: ET.Element) -> str:
    """An element's name without its namespace: vendors disagree on whether there is one."""
    return element.tag.rpartition("}")[2]


def text_of(parent: ET.Element, name: str) -> str | None:
    """The text of the first element of this name, or ``None`` where there is none."""
    return next((element.text or "" for element in parent if local(element) == name), None)


def error_of(body: bytes) -> dict[str, str]:
    """What an Error element tells, by the names of its elements; nothing where the body is something else."""
    try:
        root = root_of(body)
    except MalformedAnswer:
        return {}
    return {local(child): child.text or "" for child in root} if local(root) == "Error" else {}


def parsed(root: ET.Element, form: ObjectForm) -> pa.RecordBatch:
    """The objects of a listing as rows of ``OBJECT_SCHEMA``, with keys as they are written.

    Raises:
        MalformedAnswer: an object lacks a key, a size or a time, or has a wrong one.
    """
    found = [_Fields(element, form) for element in form.elements(root)]
    return object_batch(
        keys=[fields.required("key") for fields in found],
        sizes=[fields.size() for fields in found],
        etags=[(fields.get("etag") or "").strip('"') or None for fields in found],
        last_modified=[fields.last_modified() for fields in found],
        storage_classes=[fields.get("storage_class") for fields in found],
    )


class _Fields:
    """What one object holds, by the names of the columns."""

    def __init__(self, element: ET.Element, form: ObjectForm) -> None:
        self._form = form
        self._texts = _texts(element, form)

    def get(self, column: str) -> str | None:
        return self._texts.get(column) or None

    def required(self, column: str) -> str:
        try:
            return self._texts[column]
        except KeyError:
            name = next(path for path, name in self._form.columns.items() if name == column)
            raise MalformedAnswer(f"a listed object has no <{name}>: {self._texts.get('key', '')!r}") from None

    def size(self) -> int:
        text = self.required("size")
        if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_SIZE and int(text) <= _LARGEST_SIZE):
            raise MalformedAnswer(f"the size of {self.get('key')!r} is no number: {text[:40]!r}")
        return int(text)

    def last_modified(self) -> int:
        text = self.required("last_modified")
        try:
            return self._form.times.one(text)
        except ValueError as error:
            raise MalformedAnswer(f"a last-modified time is not {self._form.times.name}: {text[:40]!r}") from error


def _texts(element: ET.Element, form: ObjectForm, above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element:
        path = above + local(child)
        if path in form.columns:
            found[form.columns[path]] = child.text or ""
        elif path in form.groups:
            found |= _texts(child, form, f"{path}/")
    return found
