"""Finds payload files and cuts them into bodies: a file, a line, an array's element, or a table's row."""

from __future__ import annotations

import csv
import glob
import gzip
import io
import json
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pyarrow.parquet as pq

from indexer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_BYTES = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_LINES = (".jsonl", ".ndjson")
_BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Body:
    """One body, where it begins, and why it cannot be read where that is known already."""

    uri: str
    line: int
    content: bytes
    fault: str | None = None


def bodies(paths: Sequence[str], *, tabular: bool, stdin: BinaryIO, stdin_name: str) -> Iterator[Body]:
    """Yield the bodies of files, folders, globs and ``-`` in their order. ``tabular`` reads CSV and Parquet as rows.

    Raises:
        UsageError: a path matches nothing, or cannot be read.
    """
    for path in paths:
        if path == "-":
            yield from _cut(stdin, stdin_name, "", tabular=tabular)
            continue
        for file in _files(path):
            with _opened(file) as stream:
                yield from _cut(stream, str(file.absolute()), file.name.removesuffix(".gz"), tabular=tabular)


def _files(path: str) -> list[Path]:
    found = [path] if Path(path).exists() else sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path globs below a folder only
    if not found:
        raise UsageError(f"{path}: no such file, and no file matches it")
    return [file for each in found for file in _within(Path(each))]


def _within(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        with file.open("rb") as stream:
            yield stream
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{file} cannot be read, so nothing was taken in: {error}") from error


def _cut(stream: BinaryIO, uri: str, name: str, *, tabular: bool) -> Iterator[Body]:
    plain = _decompressed(stream)
    if tabular and name.endswith(".parquet"):
        yield from _parquet_rows(plain, uri)
    elif tabular and name.endswith(".csv"):
        yield from _csv_rows(plain, uri)
    else:
        yield from _json_bodies(plain, uri, by_line=name.endswith(_LINES))


def _decompressed(stream: BinaryIO) -> io.BufferedReader:
    """The stream itself, or what a gzip stream holds; told by its first bytes."""
    buffered: io.BufferedReader = io.BufferedReader(cast("io.RawIOBase", stream))
    if buffered.peek(2)[:2] == _GZIP:
        return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=buffered)))
    return buffered


def _json_bodies(stream: io.BufferedReader, uri: str, *, by_line: bool) -> Iterator[Body]:
    """A file whose first line is whole JSON and is not all of it has a body a line."""
    lines = enumerate(stream, start=1)
    head = list(islice(((number, line) for number, line in lines if line.strip()), 2))
    if by_line or (len(head) > 1 and _is_json(head[0][1])):
        for number, line in chain(head, lines):
            if line.strip():
                yield Body(uri, number, line.strip())
    elif head:
        yield from _whole(uri, head, stream)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _whole(uri: str, head: list[tuple[int, bytes]], stream: io.BufferedReader) -> Iterator[Body]:
    """The file as one body, or as the bodies of the array that it is."""
    content = b"".join(line for _, line in head) + stream.read(MOST_BYTES)
    first_line = head[0][0]
    if len(content) > MOST_BYTES:
        fault = f"is larger than {MOST_BYTES} bytes; its beginning is kept"
        yield Body(uri, first_line, content[: 64 * 1024], fault)
        return
    content = content.strip()
    elements = _elements(content) if content.startswith(b"[") else None
    if elements is None:
        yield Body(uri, first_line, content)
        return
    for offset, element in elements:
        yield Body(uri, first_line + content[:offset].count(b"\n"), element)


def _elements(content: bytes) -> list[tuple[int, bytes]] | None:
    """The elements of a JSON array as they stand, with their offsets; ``None`` where it is no such array."""
    try:
        text = content.decode("utf-8")
        decoder = json.JSONDecoder()
        found, position = [], _skip(text, 1, "")
        while text[position] != "]":
            _, end = decoder.raw_decode(text, position)
            found.append((len(text[:position].encode()), text[position:end].encode()))
            position = _skip(text, _skip(text, end, ""), ",")
    except (ValueError, IndexError, RecursionError):
        return None
    return found if position == len(text) - 1 else None


def _skip(text: str, position: int, separator: str) -> int:
    """The position after a separator, where there is one, and after white space."""
    if separator and text[position] == separator:
        position += 1
    while text[position].isspace():
        position += 1
    return position


def _csv_rows(stream: io.BufferedReader, uri: str) -> Iterator[Body]:
    reader = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", errors="backslashreplace", newline=""))
    names = next(reader, [])
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Body(uri, line, b"", f"is no CSV: {error}")
            continue
        if cells:
            fault = None if len(cells) == len(names) else f"has {len(cells)} cells and not {len(names)}"
            row = dict(zip(names, cells, strict=False)) if fault is None else {"cells": cells}
            yield Body(uri, line, _as_json(row), fault)


def _parquet_rows(stream: io.BufferedReader, uri: str) -> Iterator[Body]:
    try:
        file = pq.ParquetFile(io.BytesIO(stream.read()) if not stream.seekable() else stream)
    except (OSError, ValueError) as error:
        raise UsageError(f"{uri} is no Parquet: {error}") from error
    rows = chain.from_iterable(batch.to_pylist() for batch in file.iter_batches(_BATCH_ROWS))
    for number, row in enumerate(rows, start=1):
        yield Body(uri, number, _as_json(row))


def _as_json(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "backslashreplace")
