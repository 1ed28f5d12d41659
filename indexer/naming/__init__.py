"""Object keys and what they say: one grammar a layout, one ``decode`` for one key and for a hundred thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from indexer.naming.grammar import GRAMMAR_VERSION, cut_sql, decode_sql, names_sql
from indexer.naming.layout import LAYOUTS, Layout
from indexer.naming.render import render
from indexer.naming.template import Template, TemplateError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "FIELDS",
    "GRAMMAR_VERSION",
    "LAYOUTS",
    "Layout",
    "Template",
    "TemplateError",
    "cut_sql",
    "decode",
    "decode_sql",
    "names_sql",
    "render",
]

FIELDS = (
    "key",
    "kind",
    "service",
    "sid",
    "cname",
    "uid",
    "stream_type",
    "app",
    "stream",
    "session_started_at",
    "sequence",
    "captured_at",
    "captured_at_precision_ms",
    "failover",
    "reason",
)
"""What decoding tells of a key; ``prefix``, ``form`` and ``domain`` come besides, for ``render``."""


def decode(keys: str | Sequence[str], layout: Layout = Layout()) -> pa.Table:  # noqa: B008 - it is frozen
    """Decode keys: one row a key, in their order, with ``FIELDS`` and what ``render`` needs besides.

    ``kind`` is ``screenshot``, ``recording``, ``caption`` or ``unparsed``; an unparsed key has a ``reason`` that a
    person understands. Times are naive UTC. A field that a name does not have is null.

    >>> decode("38f8e3_room_1__uid_s_7__uid_e_video_20260105100005000.jpg")["cname"].to_pylist()
    ['room_1']
    """
    batch = [keys] if isinstance(keys, str) else keys
    table = pa.table({"key": pa.array(batch, pa.string()), "position": pa.array(range(len(batch)), pa.int64())})
    extra = ("prefix", "form", "domain")
    columns = ", ".join((*FIELDS, *extra))
    with duckdb.connect() as connection:
        connection.register("keys", table)
        sql = f"SELECT {columns} FROM ({decode_sql(layout, 'keys')}) ORDER BY position"  # noqa: S608 - all ours
        return _arrow(connection.sql(sql))


def _arrow(relation: Any) -> pa.Table:  # noqa: ANN401 - DuckDB's relation
    return relation.to_arrow_table()
