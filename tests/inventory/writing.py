"""Inventories as each vendor writes them, of what a listing tells: manifests like those in the vendors' documents."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from store.listings import Found

SNAPSHOT = datetime(2026, 11, 20, 9)  # noqa: DTZ001 - naive UTC
BUCKET = "shots-1250000000"
ODD_KEYS = [
    "shots/a b+c%20d&e=f/中文é~(1)*'!.jpg",
    "shots/100%.jpg",
    "shots/50%2f+%2B.jpg",
    'shots/say "hi", you.jpg',
    "shots/two\nlines\r\nand a\ttab.jpg",
    "shots//double/slash.jpg",
    "shots/😀.jpg",
    "shots/trailing ",
    "/leading/slash.jpg",
    " leading blank.jpg",
    "+",
    ",",
    "'",
    "a\\b.jpg",
    "folder/",
]


@dataclass(frozen=True, slots=True)
class Vendor:
    """How one vendor writes: its columns, one row's values by their names, its files, and its manifest."""

    name: str
    columns: tuple[str, ...]
    row: Callable[[str, Found], Mapping[str, Any]]
    extra: tuple[Mapping[str, Any], ...]
    manifest: Callable[[Path, Written], Path]
    folder: str
    gzipped: bool = True
    header: bool = False
    encode: Callable[[str], str] = lambda key: quote(key, safe="/")


@dataclass(frozen=True, slots=True)
class Written:
    """The files of an inventory: their names in the destination bucket, sizes, MD5 and rows."""

    vendor: Vendor
    files: tuple[tuple[str, int, str, int], ...]
    format: str
    snapshot: datetime


def write(  # noqa: PLR0913 - what an inventory can be
    root: Path,
    vendor: Vendor,
    found: Mapping[str, Found],
    *,
    files: int = 2,
    form: bool = False,
    kind: str = "CSV",
    extra: bool = True,
    snapshot: datetime = SNAPSHOT,
) -> Path:
    """Write an inventory below a folder, its rows in no order, and give its manifest.

    ``extra`` adds rows that a listing would not show; ``form`` writes keys as HTML forms do; ``kind`` is CSV, Parquet
    or ORC.
    """
    encode = quote_plus if form else vendor.encode if kind == "CSV" else str
    rows = [vendor.row(encode(key), one) for key, one in found.items()]
    rows += vendor.extra if extra else ()
    rows.sort(key=lambda row: hashlib.md5(repr(row).encode()).digest())
    written = []
    for number in range(files):
        part = rows[number::files]
        name = f"{vendor.folder}/{'data' if vendor.name != 'gcs' else 'x'}/part-{number}"
        content = _CONTENTS[kind](vendor, part)
        name += f".{kind.lower()}" + (".gz" if kind == "CSV" and vendor.gzipped else "")
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append((name, len(content), hashlib.md5(content).hexdigest(), len(part)))
    return vendor.manifest(root, Written(vendor, tuple(written), kind, snapshot))


def _csv(vendor: Vendor, rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    if vendor.header:
        lines.writerow(vendor.columns)
    lines.writerows([row.get(name, "") for name in vendor.columns] for row in rows)
    content = text.getvalue().encode()
    return gzip.compress(content) if vendor.gzipped else content


_KINDS: dict[str, pa.DataType] = {
    "size": pa.int64(),
    "Content-Length": pa.int64(),
    "is_latest": pa.bool_(),
    "is_delete_marker": pa.bool_(),
    "last_modified_date": pa.timestamp("us", tz="UTC"),
    "Last-Modified": pa.timestamp("us", tz="UTC"),
}


def _parquet(vendor: Vendor, rows: Sequence[Mapping[str, Any]]) -> bytes:
    stream = io.BytesIO()
    pq.write_table(_table(vendor, rows), stream)
    return stream.getvalue()


def _orc(vendor: Vendor, rows: Sequence[Mapping[str, Any]]) -> bytes:
    stream = io.BytesIO()
    orc.write_table(_table(vendor, rows), stream, stripe_size=1 << 16)
    return stream.getvalue()


def _table(vendor: Vendor, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    columns = {}
    for name in map(snake, vendor.columns) if vendor.name == "s3" else vendor.columns:
        told = [row.get(_camel(vendor, name)) for row in rows]
        columns[name] = pa.array([_typed(name, value) for value in told], _KINDS.get(name, pa.string()))
    return pa.table(columns)


_CONTENTS = {"CSV": _csv, "Parquet": _parquet, "ORC": _orc}


def _typed(name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    kind = _KINDS.get(name, pa.string())
    if pa.types.is_integer(kind):
        return int(value)
    if pa.types.is_boolean(kind):
        return value == "true"
    return datetime.fromisoformat(value) if pa.types.is_timestamp(kind) else value


def snake(name: str) -> str:
    """A column's name as S3 spells it in Parquet."""
    return re.sub("([A-Z])", lambda letter: f"_{letter[1].lower()}", name).lstrip("_")


def _camel(vendor: Vendor, name: str) -> str:
    return next(column for column in vendor.columns if name in {column, snake(column)})
