"""How fast names are decoded, against one ``regexp_extract`` with the same groups: ``python tests/bench/decode.py``.

Both sides run in one process on one in-memory table, in turn, and feed the same aggregate: the maximum of each column.
The figures are medians of the rounds: seconds by the wall clock, and seconds of all processors.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

sys.path.insert(0, str(Path(__file__).parents[2]))

from indexer.naming import FIELDS, Layout, Template, decode_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

_EXTRA = ("prefix", "form", "domain")
_SHOTS_A_SESSION = 360


@dataclass(frozen=True)
class Case:
    """One layout: an SQL expression that makes key ``n`` of ``session``, the regex, and the fields it tells."""

    layout: Layout
    key: str
    regex: str
    fields: dict[str, str]


_RTC = r"(?s)^(.*/)?(?:bak([0-9]{1,2})_)?([^_/]+)_([^/]+)__uid_s_([0-9]+)__uid_e_(?:(video)_)?([0-9]{17})\.jpg$"
_LIVE = r"(?s)^(.*/)?([^/]+)/([^/]+)/([^_/]+)_([0-9]{17})_([0-9]{14})\.jpg$"
_TEMPLATE = r"(?s)^record/([^/]+)/([^/]+)/([0-9]{1,18})\.jpg$"

CASES = (
    Case(
        Layout("cloud-recording"),
        """'directory1/directory2/' || CASE WHEN session % 10 = 0 THEN 'bak0_' ELSE '' END || md5(session::VARCHAR)
            || '_room_' || session % 977 || '__uid_s_' || (session * 7919) % 4294967296 || '__uid_e_video_'
            || strftime(moment, '%Y%m%d%H%M%S%g') || '.jpg'""",
        _RTC,
        {
            "prefix": "prefix",
            "failover": "failover",
            "sid": "sid",
            "cname": "cname",
            "uid": "uid",
            "stream_type": "stream_type",
            "utc": "captured_at",
        },
    ),
    Case(
        Layout("live-streaming"),
        """'snapshot/live/stream_' || session % 977 || '/' || md5(session::VARCHAR) || '_'
            || strftime(started, '%Y%m%d%H%M%S%g') || '_' || strftime(moment, '%Y%m%d%H%M%S') || '.jpg'""",
        _LIVE,
        {
            "prefix": "prefix",
            "app": "app",
            "stream": "stream",
            "sid": "sid",
            "started": "session_started_at",
            "filed": "captured_at",
        },
    ),
    Case(
        Layout("template", (Template("record/{AppName}/{StreamName}/{Sequence}.jpg"),)),
        "'record/live/stream_' || session || '/' || shot || '.jpg'",
        _TEMPLATE,
        {"app": "app", "stream": "stream", "sequence": "sequence"},
    ),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=2_000_000, help="how many keys (default 2,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds (default 5)")
    options = parser.parse_args()
    print(f"DuckDB {duckdb.__version__}, {options.keys:,} keys, median of {options.rounds} rounds")
    print(
        f"{'layout':<16} {'query':<22} {'wall s':>8} {'CPU s':>8} {'keys/s':>12} {'ratio wall':>11} {'ratio CPU':>10}"
    )
    for case in CASES:
        for line in _lines(case, options.keys, options.rounds):
            print(line, flush=True)


def _lines(case: Case, keys: int, rounds: int) -> Iterator[str]:
    with duckdb.connect() as connection:
        connection.execute(_table(case.key, keys))
        queries = _queries(case)
        _agree(connection, case, keys)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in queries}
        for _ in range(rounds):
            for name, sql in queries.items():
                taken[name].append(_seconds(connection, sql))
    walls = {name: statistics.median(wall for wall, _ in times) for name, times in taken.items()}
    processors = {name: statistics.median(cpu for _, cpu in times) for name, times in taken.items()}
    for name in queries:
        wall, cpu = walls[name], processors[name]
        yield (
            f"{case.layout.name:<16} {name:<22} {wall:8.3f} {cpu:8.3f} {keys / wall:12,.0f} "
            f"{walls['regexp_extract'] / wall:11.2f} {processors['regexp_extract'] / cpu:10.2f}"
        )


def _table(key: str, keys: int) -> str:
    """Sessions of some hundred shots, five seconds apart, in the order of a listing."""
    return f"""
        CREATE TABLE keys AS
        SELECT {key} AS key
        FROM (
            SELECT n // {_SHOTS_A_SESSION} AS session, n % {_SHOTS_A_SESSION} AS shot,
                TIMESTAMP '2026-01-05 10:00:00.123' + to_seconds(session * 61) AS started,
                started + to_milliseconds(5003 * shot) AS moment
            FROM range({keys}) AS numbers(n)
        )
        ORDER BY key
    """


def _queries(case: Case) -> dict[str, str]:
    return {
        "regexp_extract": _consumed(list(case.fields), _by_regex(case)),
        "decode, same fields": _consumed(list(case.fields.values()), decode_sql(case.layout, "keys")),
        "decode, all fields": _consumed([*FIELDS, *_EXTRA], decode_sql(case.layout, "keys")),
    }


def _by_regex(case: Case) -> str:
    groups = ", ".join(f"'{name}'" for name in case.fields)
    return f"SELECT unnest(regexp_extract(key, '{case.regex}', [{groups}])) FROM keys"


def _consumed(columns: list[str], query: str) -> str:
    return f"SELECT {', '.join(f'max({column})' for column in columns)} FROM ({query})"


def _agree(connection: DuckDBPyConnection, case: Case, keys: int) -> None:
    """Stop where the two sides would not do the same work."""
    decoded = f"FROM ({decode_sql(case.layout, 'keys')}) WHERE kind = 'screenshot'"
    matched = f"FROM keys WHERE regexp_matches(key, '{case.regex}')"
    counts = [connection.execute(f"SELECT count(*) {rows}").fetchall()[0][0] for rows in (decoded, matched)]
    if counts != [keys, keys]:
        raise SystemExit(f"{case.layout.name}: of {keys} keys, {counts} were read")


def _seconds(connection: DuckDBPyConnection, sql: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    connection.execute(sql).fetchall()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
