"""Lists a bucket with obstore into Arrow batches: ``python obstore_list.py URL BUCKET PREFIX``.

It prints how many keys it saw.
"""

from __future__ import annotations

import sys

from obstore.store import S3Store  # type: ignore[import-not-found]


def main(url: str, bucket: str, prefix: str) -> None:
    """List batch by batch."""
    store = S3Store(
        bucket,
        endpoint=url,
        region="us-east-1",
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )
    print(sum(batch.num_rows for batch in store.list(prefix, chunk_size=1000, return_arrow=True)))


if __name__ == "__main__":
    main(*sys.argv[1:])
