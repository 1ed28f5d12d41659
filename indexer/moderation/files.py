"""Finds payload files and cuts them into bodies: a file, a line, an array's element, or a table's row."""

from __future__ import annotations

import csv
import glob
import gzip
import io
import json
import os
import zlib
from codecs import BOM_UTF8
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from indexer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from typing_extensions import Buffer

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
            with _readable(stdin_name):
                yield from _cut(io.BufferedReader(_Shared(stdin)), stdin_name, "", tabular=tabular)
            continue
        for file in _files(path):
            uri = os.fsencode(file.absolute()).decode("utf-8", "backslashreplace")
            with _readable(uri), file.open("rb") as stream:
                yield from _cut(stream, uri, file.name.lower().removesuffix(".gz"), tabular=tabular)


class _Shared(io.RawIOBase):
    """Standard input, for readers that close what they have read: it may be asked for twice."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        found = self._stream.read(len(view))
        view[: len(found)] = found
        return len(found)


def _files(path: str) -> list[Path]:
    with _readable(path):
        exists = bool(path) and Path(path).exists()
        found = [path] if exists else sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path globs below a folder only
        if not found:
            raise UsageError(f"{path}: no such file, and no file matches it")
        return list(dict.fromkeys(file for each in found for file in _within(Path(each))))


def _within(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{name} cannot be read, so nothing was taken in: {error}") from error


def _cut(stream: io.BufferedReader, uri: str, name: str, *, tabular: bool) -> Iterator[Body]:
    plain = _decompressed(stream)
    if tabular and name.endswith(".parquet"):
        yield from _parquet_rows(plain, uri)
    elif tabular and name.endswith(".csv"):
        yield from _csv_rows(plain, uri)
    else:
        yield from _json_bodies(plain, uri, by_line=name.endswith(_LINES))


def _decompressed(stream: io.BufferedReader) -> io.BufferedReader:
    """The stream itself, or what a gzip stream holds; told by its first bytes. A byte order mark is no part of it."""
    if stream.peek(2)[:2] == _GZIP:
        stream = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=stream)))
    if stream.peek(3)[:3] == BOM_UTF8:
        stream.read(3)
    return stream


def _json_bodies(stream: io.BufferedReader, uri: str, *, by_line: bool) -> Iterator[Body]:
    """A file whose first line is whole JSON and is not all of it has a body a line."""
    lines = enumerate(stream, start=1)
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        return
    head = [first, *_to_the_next(lines)]
    if by_line or (len(head) > 1 and head[-1][1].strip() and _is_json(first[1])):
        for number, line in chain(head, lines):
            if line.strip():
                yield Body(uri, number, line.strip())
    else:
        yield from _whole(uri, head, stream)


def _to_the_next(lines: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The empty lines up to the next line that is not empty, and that line."""
    for number, line in lines:
        yield number, line
        if line.strip():
            return


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
    for lines_before, element in elements:
        yield Body(uri, first_line + lines_before, element)


def _elements(content: bytes) -> list[tuple[int, bytes]] | None:
    """The elements of a JSON array as they stand, with the lines before each; ``None`` where it is no such array."""
    try:
        text = content.decode("utf-8")
        decoder = json.JSONDecoder()
        found, position, lines, counted = [], _skip(text, 1, ""), 0, 0
        while text[position] != "]":
            lines, counted = lines + text.count("\n", counted, position), position
            _, end = decoder.raw_decode(text, position)
            found.append((lines, text[position:end].encode()))
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
    """The rows by the names in the first one. A row that cannot be told by them is kept as it stands."""
    read: list[str] = []
    names: list[str] | None = None
    with io.TextIOWrapper(stream, "utf-8", errors="backslashreplace", newline="") as text:
        reader = csv.reader(_noted(text, read), strict=True)
        while True:
            line = reader.line_num + 1
            read.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Body(uri, line, "".join(read).strip().encode(), f"is no CSV: {error}")
                names = names or []
                continue
            if names is None:
                names = cells or None
            elif cells:
                yield _row(uri, line, names, cells)


def _row(uri: str, line: int, names: list[str], cells: list[str]) -> Body:
    if len(cells) != len(names):
        return Body(uri, line, _as_json({"cells": cells}), f"has {len(cells)} cells and not {len(names)}")
    return Body(uri, line, _as_json(dict(zip(names, cells, strict=True))))


def _noted(lines: Iterable[str], read: list[str]) -> Iterator[str]:
    for line in lines:
        read.append(line)
        yield line


def _parquet_rows(stream: io.BufferedReader, uri: str) -> Iterator[Body]:
    for number, row in enumerate(_parquet(stream, uri), start=1):
        yield Body(uri, number, _as_json(row))


def _parquet(stream: io.BufferedReader, uri: str) -> Iterator[dict[str, Any]]:
    try:
        for batch in pq.ParquetFile(stream).iter_batches(_BATCH_ROWS):
            yield from batch.to_pylist()
    except (OSError, ValueError, OverflowError, pa.ArrowException) as error:
        raise UsageError(f"{uri} is no Parquet that can be read: {error}") from error


def _as_json(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str).encode("utf-8", "backslashreplace")
