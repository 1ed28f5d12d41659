"""What an inventory's manifest says, whichever vendor wrote it, and how its fields are read without believing them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from indexer.errors import InventoryRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

FileFormat = Literal["csv", "parquet", "orc"]

_FORMATS: Mapping[str, FileFormat] = {"csv": "csv", "parquet": "parquet", "orc": "orc"}
_MOST_FILES, _MOST_COLUMNS = 1_000_000, 200
# No instant in seconds is so large before the year 5138, and none in milliseconds so small after 1973.
_LEAST_MILLISECONDS = 10**11
_ORC_COLUMN = re.compile(r"[<,]\s*(\w+)\s*:")
_PARQUET_COLUMN = re.compile(r"(?:required|optional|repeated)\s+[^;]*?(\w+)\s*(?:\([^;]*\))?\s*;")
_MD5 = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class InventoryFile:
    """One file of an inventory, by its name in the destination bucket: its bytes, and its MD5 in lower-case hex.

    ``size`` and ``md5`` are ``None`` where the vendor writes none.
    """

    name: str
    size: int | None
    md5: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished inventory of one bucket.

    ``snapshot`` is the instant, naive UTC, up to which it is believed to be all there was. ``columns`` are those of its
    files, in order and as the vendor spells them. ``buckets`` are the names of the bucket that it is of, and ``scopes``
    what the keys in it begin with, where it says that it is not of all of them. ``rows`` is how many rows it counts.
    """

    vendor: str
    name: str
    buckets: tuple[str, ...]
    snapshot: datetime
    format: FileFormat
    columns: tuple[str, ...]
    files: tuple[InventoryFile, ...]
    header: bool = False
    scopes: tuple[str, ...] | None = None
    rows: int | None = None

    def __post_init__(self) -> None:
        """Check what holds for every vendor.

        Raises:
            InventoryRefused: a file is named twice, or there is too much of something.
        """
        names = {file.name for file in self.files}
        if len(names) != len(self.files):
            raise InventoryRefused(self.name, "it names a file twice")
        if len(self.files) > _MOST_FILES or not 0 < len(self.columns) <= _MOST_COLUMNS:
            raise InventoryRefused(self.name, "it has no columns, or more columns or files than any inventory has")


class Fields:
    """The fields of one JSON object of a manifest, each of which may be missing or of another type.

    Its methods raise InventoryRefused, which names the manifest and the field.
    """

    def __init__(self, told: object, manifest: str, where: str = "") -> None:
        self.manifest = manifest
        self._where = where
        if not isinstance(told, dict):
            raise InventoryRefused(manifest, f"{where or 'it'} is no JSON object")
        self._told: dict[str, Any] = told

    def __contains__(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._told.get(name) is not None

    def text(self, *names: str) -> str:
        """The text of the first of these fields that is there."""
        value = self._first(names)
        if not isinstance(value, str) or not value:
            raise self.refused(names[0], "is no text")
        return value

    def number(self, *names: str) -> int:
        """A whole number, which COS writes as a text."""
        value = self._first(names)
        if isinstance(value, bool) or not isinstance(value, int | str) or not re.fullmatch(r"[0-9]{1,18}", str(value)):
            raise self.refused(names[0], "is no whole number")
        return int(value)

    def md5(self, *names: str) -> str | None:
        """An MD5 in hex, in lower case; ``None`` where the vendor gives none."""
        if not any(name in self for name in names):
            return None
        text = self.text(*names).lower()
        if not _MD5.fullmatch(text):
            raise self.refused(names[0], "is no MD5")
        return text

    def time(self, *names: str) -> datetime:
        """An instant in ISO 8601, or in seconds or milliseconds since 1970, as naive UTC."""
        value = self._first(names)
        try:
            return _instant(str(value))
        except (ValueError, OverflowError, OSError):
            raise self.refused(names[0], "is no instant") from None

    def flag(self, name: str) -> bool:
        """Whether a field says true."""
        return self._told.get(name) is True

    def inner(self, name: str) -> Fields:
        """A JSON object in this one."""
        return Fields(self._first((name,)), self.manifest, self._path(name))

    def each(self, name: str) -> list[Fields]:
        """A list of JSON objects."""
        return [Fields(item, self.manifest, self._path(name)) for item in self._list(name)]

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        items = self._list(name)
        if not all(isinstance(item, str) for item in items):
            raise self.refused(name, "is no list of texts")
        return items

    def refused(self, name: str, what: str) -> InventoryRefused:
        """The error that says what is wrong with a field."""
        return InventoryRefused(self.manifest, f"its {self._path(name)} {what}")

    def _list(self, name: str) -> list[Any]:
        value = self._first((name,))
        if not isinstance(value, list):
            raise self.refused(name, "is no list")
        return value

    def _first(self, names: tuple[str, ...]) -> object:
        found = [self._told[name] for name in names if name in self]
        if not found:
            raise self.refused(names[0], "is missing")
        return found[0]

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name


def parsed(text: bytes, name: str) -> Fields:
    """A manifest's JSON.

    OBS documents a comma before a closing bracket: where the text is no JSON as it stands, it is read without those.

    Raises:
        InventoryRefused: it is none.
    """
    for candidate in (text, re.sub(rb",(\s*[}\]])", rb"\1", text)):
        try:
            return Fields(json.loads(candidate), name)
        except (ValueError, RecursionError):
            continue
    raise InventoryRefused(name, "it is no JSON, or only a part of it is there")


def file_format(text: str, manifest: str) -> FileFormat:
    """The format of an inventory's files.

    Raises:
        InventoryRefused: it is one that is not read.
    """
    found = _FORMATS.get(text.casefold())
    if found is None:
        raise InventoryRefused(manifest, f"its files are {text!r}: only CSV, Parquet and ORC are read")
    return found


def columns(schema: str) -> tuple[str, ...]:
    """The columns of a ``fileSchema``: names with commas, a Parquet file's message, or an ORC file's struct."""
    text = schema.strip()
    if text.startswith("struct<"):
        return tuple(_ORC_COLUMN.findall(text))
    if text.startswith("message"):
        body = text.partition("{")[2].rpartition("}")[0]
        return tuple(_PARQUET_COLUMN.findall(body + ";"))
    return tuple(name.strip() for name in text.split(","))


def bare_bucket(text: str) -> str:
    """A bucket's name, which may come as an ARN."""
    return text.rpartition(":")[2] if text.startswith("arn:") else text


def spellings(name: str) -> tuple[str, ...]:
    """How a file's name may be meant: as it stands first, and percent-decoded, as OBS writes it in one document."""
    return tuple(dict.fromkeys((name, unquote(name))))


def _instant(text: str) -> datetime:
    if re.fullmatch(r"[0-9]{1,15}", text):
        number = int(text)
        seconds = number / 1000 if number >= _LEAST_MILLISECONDS else number
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
