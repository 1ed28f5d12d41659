"""What remains of a sync where pages cost nothing: ``python -m tests.bench.load``.

The pages lie in memory before the clock starts; then they are decoded, loaded and published. It prints JSON: seconds by
the wall clock and of all processors, one row a round.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from indexer.config import load_config
from indexer.errors import RequestRefused
from indexer.sync import Options, sync
from indexer.vendors.base import OBJECT_SCHEMA, Capabilities, Page, Position, Storage

from .corpus import Corpus, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.vendors.objects import Cut, ObjectFile

_OBJECT = re.compile(
    rb"<Key>([^<]+)</Key><LastModified>([^<]+)</LastModified><ETag>&quot;([^&]+)&quot;</ETag><Size>(\d+)</Size>"
)
_CONFIG = """
    index = "index.duckdb"

    [sources.shots]
    layout = "auto"
    storage = { vendor = "s3-compatible", bucket = "shots-bucket", endpoint = "http://127.0.0.1:1" }
"""
_ANYWHERE = Capabilities(max_keys=1000, starts_anywhere=True, delimiters="none")


@dataclass(frozen=True, slots=True)
class MemoryLister:
    """Lists a corpus whose objects are one Arrow batch already: a page is a slice of it."""

    storage: Storage
    corpus: Corpus
    objects: pa.RecordBatch
    capabilities: Capabilities = _ANYWHERE

    def page(self, after: Position | None, max_keys: int, delimiter: str | None = None) -> Page:
        """Cut the next page."""
        first = self.corpus.below(after.key.encode() + b"\0") if after else 0
        last = min(first + max_keys, len(self.corpus))
        more = Position(self.corpus.key(last - 1).decode()) if last < len(self.corpus) else None
        return Page(self.objects.slice(first, last - first), more)

    def open(self, key: str, cut: Cut | None = None) -> ObjectFile:
        """Memory holds names alone."""
        raise RequestRefused(f"{self.storage.endpoint} has no objects to open")

    def presigned(self, key: str, seconds: int) -> str:
        """Memory has no address for others."""
        raise RequestRefused(f"{self.storage.endpoint} has no URLs")


def main() -> None:
    """Print the rounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=1_000_000, help="how many keys (default 1,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds (default 5)")
    options = parser.parse_args()
    corpus = Corpus(Shape(options.keys))
    objects = pa.Table.from_batches(_batches(corpus)).combine_chunks().to_batches()[0]
    rounds = [_round(corpus, objects) for _ in range(options.rounds)]
    print(json.dumps([row | {"keys_per_s": options.keys / row["wall_s"]} for row in rounds]))


def _batches(corpus: Corpus) -> Iterator[pa.RecordBatch]:
    for first in range(0, len(corpus), 1000):
        ordinals = range(first, min(first + 1000, len(corpus)))
        rows = _OBJECT.findall(b"".join(corpus.rendered(ordinals, url=False)))
        keys, times, etags, sizes = zip(*rows, strict=True)
        columns = [
            [key.decode() for key in keys],
            [int(size) for size in sizes],
            [etag.decode() for etag in etags],
            [datetime.fromisoformat(time.decode()).replace(tzinfo=None) for time in times],
            ["STANDARD"] * len(rows),
        ]
        arrays = [pa.array(column, kind) for column, kind in zip(columns, OBJECT_SCHEMA.types, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=OBJECT_SCHEMA)


def _round(corpus: Corpus, objects: pa.RecordBatch) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "indexer.toml"
        path.write_text(_CONFIG)
        config = load_config(path)
        options = Options(connect=lambda storage, _: MemoryLister(storage, corpus, objects))
        wall, cpu = time.perf_counter(), time.process_time()
        result = sync(config.index, config.sources, options)
        taken = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        if result.exit_code:
            raise SystemExit(f"the sync failed: {result}")
        return taken


if __name__ == "__main__":
    main()
