"""Cuts a file into bodies: lines, an array's elements, a table's rows, or one body that is the whole file."""

from __future__ import annotations

from itertools import chain, islice, pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

from indexer.moderation.body import MAX_BYTES, Body, oversized, trimmed
from indexer.moderation.repair import NotJson, read_json
from indexer.moderation.spans import spans
from indexer.moderation.tables import csv_rows, parquet_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import BufferedReader

    from indexer.moderation.files import Opened

_LINES_SUFFIXES = (".jsonl", ".ndjson")
_CHUNK_BYTES = 2**20
_LINES_LOOKED_AT = 100


def bodies(file: Opened, columns: Sequence[str]) -> Iterator[Body]:
    """Every body of a file, in its order. Nothing but blank lines is left out.

    The suffix tells what the file is, and where it does not, the file's beginning. ``columns`` are what a table must
    have; where some are given, a file without a telling suffix that does not look like JSON is CSV.
    """
    yield from (body for body in _cut(file, columns) if body.content)


def _cut(file: Opened, columns: Sequence[str]) -> Iterator[Body]:
    suffix = PurePath(file.path.removesuffix(".gz")).suffix.lower()
    if suffix == ".parquet":
        yield from parquet_rows(file.path, file.head, columns)
        return
    yield from _of_stream(file.stream, suffix, columns)
    if file.damage:
        yield Body(1, file.head, file.damage)


def _of_stream(stream: BufferedReader, suffix: str, columns: Sequence[str]) -> Iterator[Body]:
    head = stream.peek()
    looks_like_json = suffix == ".json" or trimmed(head)[:1] in (b"{", b"[")
    if suffix in _LINES_SUFFIXES:
        return _lines(stream)
    if suffix == ".csv" or (columns and not looks_like_json):
        return csv_rows(stream, columns)
    return _lines(stream) if _is_lines(head) else _whole(stream)


def _is_lines(head: bytes) -> bool:
    """Whether these are JSON Lines.

    They are where the first line is a whole document and more follows. Where the first line was cut, two lines that
    are whole documents one after the other tell it too: inside of one document a comma would stand between them.
    """
    lines = list(islice(filter(None, map(trimmed, head.split(b"\n"))), _LINES_LOOKED_AT))
    whole = [_is_document(line) for line in lines]
    return len(lines) > 1 and (whole[0] or any(one and next_one for one, next_one in pairwise(whole)))


def _is_document(line: bytes) -> bool:
    try:
        read_json(line.decode())
    except (NotJson, UnicodeDecodeError):
        return False
    return True


def _lines(stream: BufferedReader) -> Iterator[Body]:
    number = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            yield oversized(number, chain([line], _rest_of_line(stream, line)))
        else:
            yield Body(number, trimmed(line))


def _rest_of_line(stream: BufferedReader, read: bytes) -> Iterator[bytes]:
    while read and not read.endswith(b"\n"):
        read = stream.readline(_CHUNK_BYTES)
        yield read


def _whole(stream: BufferedReader) -> Iterator[Body]:
    content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        yield oversized(1, chain([content], iter(lambda: stream.read(_CHUNK_BYTES), b"")))
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Body(_first_line(content), trimmed(content))
        return
    line, counted = 1, 0
    for start, end in spans(text):
        line += text.count("\n", counted, start)
        counted = start
        yield Body(line, text[start:end].encode())


def _first_line(content: bytes) -> int:
    return content.count(b"\n", 0, len(content) - len(content.lstrip())) + 1
