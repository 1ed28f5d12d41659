"""What an unfinished listing has brought so far, on disk: after a kill it goes on from there.

A record is appended by one write and holds a page's objects together with its shard's progress, so both are there or
neither is. A record that was cut off, or does not have its checksum, ends the journal: what follows is listed again.
"""

from __future__ import annotations

import errno
import json
import os
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from indexer.listing.ranges import KeyRange
from indexer.listing.shards import Listed, Shard
from indexer.vendors.base import OBJECT_SCHEMA, Position

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

# Goes up when a journal comes to be written otherwise: an older one is not gone on with.
VERSION = 1
_FRAME = struct.Struct("<4sIII")
_MAGIC = b"shot"
_NO_OBJECTS = pa.RecordBatch.from_pylist([], OBJECT_SCHEMA)
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a listing set out to do: of which place, when it began, in which ranges, and why.

    An incremental one is nothing without the listing that it adds to, which began at ``since``.
    """

    place: str
    mode: str
    began_at: datetime
    ranges: tuple[KeyRange, ...]
    skipped: int = 0
    why: str = ""
    since: datetime | None = None


class Journal:
    """Writes one listing's journal. Its methods may be called from several threads.

    They raise OSError where the disk is full, and from then on.
    """

    def __init__(self, path: Path, opening: Opening | None = None) -> None:
        """Begin a journal with its opening, or go on with the one that is there."""
        self._lock = Lock()
        self._failure: OSError | None = None
        self._file = path.open("ab" if opening is None else "wb", buffering=0)
        if opening is not None:
            self._append(
                {
                    "version": VERSION,
                    "place": opening.place,
                    "mode": opening.mode,
                    "began_at": opening.began_at.isoformat(),
                    "ranges": [[each.after, each.until] for each in opening.ranges],
                    "skipped": opening.skipped,
                    "why": opening.why,
                    "since": opening.since.isoformat() if opening.since else None,
                }
            )

    def page(self, shard: Shard, listed: Listed, now: datetime) -> None:
        """Keep a page that a shard took."""
        position, covers = shard.position, listed.covers
        self._append(
            {
                "shard": shard.number,
                "covers": [covers.after, covers.until] if covers else None,
                "last_key": shard.last_key,
                "position": [position.key, position.token] if position else None,
                "done": shard.finished_at is not None,
                "at": now.isoformat(),
            },
            listed.objects,
        )

    def beside(self, objects: pa.RecordBatch) -> None:
        """Keep objects that came beside common prefixes, and are no shard's."""
        self._append({"shard": None}, objects)

    def split(self, slow: Shard, new: Shard) -> None:
        """Keep that a shard was cut in two, before either goes on."""
        self._append({"split": slow.number, "new": new.number, "cut": new.after})

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def _append(self, told: dict[str, Any], objects: pa.RecordBatch | None = None) -> None:
        head = json.dumps(told).encode()
        # An empty slice would be written with all that it was cut out of.
        body = _packed(objects) if objects is not None and objects.num_rows else b""
        checksum = zlib.crc32(body, zlib.crc32(head))
        record = b"".join((_FRAME.pack(_MAGIC, len(head), len(body), checksum), head, body))
        with self._lock:
            # A record that follows one which is missing would tell of a progress that was never kept.
            if self._failure is None:
                self._failure = self._write(record)
            if self._failure is not None:
                raise self._failure

    def _write(self, record: bytes) -> OSError | None:
        try:
            written = self._file.write(record)
        except OSError as error:
            return error
        return None if written == len(record) else OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self._file.name)


class Recovered:
    """A journal that was left behind: what it set out to do, the shards as far as they came, and their pages.

    ``shards`` are complete once all ``pages`` were read.
    """

    def __init__(self, path: Path, opening: Opening) -> None:
        self.path = path
        self.opening = opening
        self.shards = [Shard(number, each.after, each.until) for number, each in enumerate(opening.ranges)]

    def pages(self) -> Iterator[Listed]:
        """Yield every page that was kept, and cut off what was not kept whole."""
        with self.path.open("r+b") as file:
            records = _records(file)
            next(records)
            good = file.tell()
            for told, body in records:
                if "split" in told:
                    self._split(told)
                else:
                    yield self._page(told, body)
                good = file.tell()
            os.ftruncate(file.fileno(), good)

    def _split(self, told: dict[str, Any]) -> None:
        slow = self.shards[told["split"]]
        self.shards.append(Shard(told["new"], told["cut"], slow.until))
        slow.until = told["cut"]

    def _page(self, told: dict[str, Any], body: bytes) -> Listed:
        objects = pa.ipc.open_stream(body).read_next_batch() if body else _NO_OBJECTS
        if told["shard"] is None:
            return Listed(None, objects, None)
        shard = self.shards[told["shard"]]
        at = datetime.fromisoformat(told["at"])
        shard.pages += 1
        shard.started_at = shard.started_at or at
        shard.finished_at = at if told["done"] else None
        shard.last_key = told["last_key"]
        shard.position = Position(*told["position"]) if told["position"] else None
        covers = KeyRange(*told["covers"]) if told["covers"] else None
        return Listed(shard.number, objects, covers)


def journals(index: Path) -> Path:
    """The folder of an index's journals, one a source."""
    return index.with_name(f"{index.name}.journal")


def recover(path: Path) -> Recovered | None:
    """The journal at a place; ``None`` where there is none, or one that another version wrote."""
    try:
        with path.open("rb") as file:
            told, _ = next(_records(file), ({}, b""))
    except FileNotFoundError:
        return None
    if told.get("version") != VERSION:
        return None
    ranges = tuple(KeyRange(after, until) for after, until in told["ranges"])
    began_at = datetime.fromisoformat(told["began_at"])
    since = datetime.fromisoformat(told["since"]) if told["since"] else None
    return Recovered(path, Opening(told["place"], told["mode"], began_at, ranges, told["skipped"], told["why"], since))


def _packed(objects: pa.RecordBatch) -> pa.Buffer:
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, objects.schema, options=_COMPRESSED) as writer:
        writer.write_batch(objects)
    return stream.getvalue()


def _records(file: BinaryIO) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield each record that is whole, up to the first one that is not."""
    size = os.fstat(file.fileno()).st_size
    while len(frame := file.read(_FRAME.size)) == _FRAME.size:
        magic, head_length, body_length, checksum = _FRAME.unpack(frame)
        if magic != _MAGIC or file.tell() + head_length + body_length > size:
            return
        head, body = file.read(head_length), file.read(body_length)
        if zlib.crc32(body, zlib.crc32(head)) != checksum:
            return
        yield json.loads(head), body
