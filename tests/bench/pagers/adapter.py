"""Lists a bucket by this project's adapter: ``python -m tests.bench.pagers.adapter VENDOR URL BUCKET PREFIX``.

It prints what ``sdks.py`` prints.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from indexer.vendors import open_lister
from indexer.vendors.base import Credentials, Storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.vendors.base import Lister

_CREDENTIALS = Credentials("account", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0")


def main(vendor: str, url: str, bucket: str, prefix: str) -> None:
    """List once and tell."""
    storage = Storage(vendor, "us-east-1", url, bucket, prefix, lambda: _CREDENTIALS, custom_endpoint=True)
    lister = open_lister(storage)
    lister.page(None, 1000)
    begun, worked = time.perf_counter(), time.process_time()
    keys = sum(_listed(lister))
    print(json.dumps({"keys": keys, "wall": time.perf_counter() - begun, "cpu": time.process_time() - worked}))


def _listed(lister: Lister) -> Iterator[int]:
    page = lister.page(None, 1000)
    yield page.objects.num_rows
    while page.next is not None:
        page = lister.page(page.next, 1000)
        yield page.objects.num_rows


if __name__ == "__main__":
    main(*sys.argv[1:])
