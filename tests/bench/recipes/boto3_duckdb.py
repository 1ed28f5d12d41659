"""What a careful analyst writes: boto3's paginator, one regular expression, and batches into DuckDB.

``python boto3_duckdb.py URL BUCKET PREFIX [DATABASE]``; without a database it only lists. It prints how many keys it
saw.
"""

from __future__ import annotations

import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterator

_BATCH = 100_000
_NAME = re.compile(
    r"(?:.*/)?(?P<sid>[0-9a-fA-F]{32})_(?P<cname>.+)__uid_s_(?P<uid>\d+)__uid_e_(?:video_)?(?P<utc>\d{17})\.jpg",
    re.DOTALL,
)
_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("sid", pa.string()),
        ("cname", pa.string()),
        ("uid", pa.int64()),
        ("captured_at", pa.timestamp("ms")),
        ("size", pa.int64()),
        ("etag", pa.string()),
        ("last_modified", pa.timestamp("ms", tz="UTC")),
    ]
)


def main(url: str, bucket: str, prefix: str, database: str | None = None) -> None:
    """List, and load where there is a database."""
    pages = _pages(url, bucket, prefix)
    print(_load(pages, database) if database else sum(map(len, pages)))


def _pages(url: str, bucket: str, prefix: str) -> Iterator[list[dict[str, Any]]]:
    paginator = boto3.client("s3", endpoint_url=url).get_paginator("list_objects_v2")
    for page in paginator.paginate(Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": 1000}):
        yield page.get("Contents", [])


def _load(pages: Iterator[list[dict[str, Any]]], database: str) -> int:
    keys = 0
    with duckdb.connect(database) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("batch", pa.Table.from_pylist([], _SCHEMA))
        connection.execute("CREATE TABLE screenshots AS FROM batch")
        rows: list[tuple[Any, ...]] = []
        for page in pages:
            rows += map(_row, page)
            keys += len(page)
            if len(rows) >= _BATCH:
                _insert(connection, rows)
                rows.clear()
        if rows:
            _insert(connection, rows)
    return keys


def _row(found: dict[str, Any]) -> tuple[Any, ...]:
    stored = (found["Size"], found["ETag"].strip('"'), found["LastModified"])
    name = _NAME.fullmatch(found["Key"])
    if name is None:
        return found["Key"], None, None, None, None, *stored
    return found["Key"], name["sid"], name["cname"], int(name["uid"]), _moment(name["utc"]), *stored


def _moment(utc: str) -> datetime | None:
    try:
        return datetime.strptime(utc, "%Y%m%d%H%M%S%f")  # noqa: DTZ007 - the column is in UTC
    except ValueError:
        return None


def _insert(connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> None:
    columns = [pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), _SCHEMA.types, strict=True)]
    connection.register("batch", pa.Table.from_arrays(columns, schema=_SCHEMA))
    connection.execute("INSERT INTO screenshots FROM batch")


if __name__ == "__main__":
    main(*sys.argv[1:])
