"""Whether Spark answers what DuckDB does, and in which time: ``python -m tests.bench.spark_equal --keys 5000000``.

The index is that of ``tests.bench.reconcile``; it is reconciled by DuckDB, exported to a lake, and every query of the
library is asked of both; then both engines make all checks. Printed are the seconds of each query and of the checks,
and the rows that differ; it ends with exit code 1 where any do.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The tests find each other from their own folder, where pytest begins.
if (_TESTS := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, _TESTS)

from spark.answers import differences, in_any_order, rows_of_arrow, rows_of_duckdb

from indexer.lake.export import export
from indexer.queries import library
from indexer.reconcile import Engine, Range, Thresholds, reconcile
from indexer.reconcile.executor import OnDuckDB
from indexer.reconcile.run import MEMORY_LIMIT
from indexer.spark.executor import ALL_SHOTS, OnSpark
from indexer.spark.lake import files_of, show
from indexer.spark.query import answer, ask
from indexer.spark.session import Cluster, session
from indexer.store import reading
from indexer.store.attach import attached

from .reconcile import make_index

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

RELATIONS = ("found", "uncomputed", "covered", "latencies", "evidence")


def main() -> None:
    """Print what each query and the checks take on both, and what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=5_000_000, help="how many screenshots (default 5,000,000)")
    parser.add_argument("--verdicts", type=int, default=50_000, help="how many verdicts (default 50,000)")
    parser.add_argument("--master", default="local[*]", help="where Spark runs (default local[*])")
    parser.add_argument("--memory", default="4g", help="what Spark may hold (default 4g)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        index, lake = Path(folder) / "index.duckdb", Path(folder) / "lake"
        made = _timed(_made, index, lake, options.keys, options.verdicts)
        conf = {"spark.driver.memory": options.memory, "spark.local.dir": folder}
        with session(Cluster(options.master, conf)) as spark:
            shown = _timed(show, spark, files_of(lake))
            told = [_query(index, spark, name) for name in library()]
            checks = _checks(index, spark, Path(folder) / "relations")
        figures = {"made_s": made[0], "shown_s": shown[0], "queries": told, "checks": checks}
        print(json.dumps(figures, indent=1))
    sys.exit(1 if any(one["differs"] for one in (*told, *checks["relations"])) else 0)


def _made(index: Path, lake: Path, keys: int, verdicts: int) -> None:
    make_index(index, keys, verdicts)
    reconcile(index)
    export(index, lake, datetime.now(UTC).replace(tzinfo=None))


def _query(index: Path, spark: SparkSession, name: str) -> dict[str, Any]:
    query = library()[name]
    with reading(index) as connection:
        values = query.bind({"key": _a_key(connection)} if name == "about_key" else {})
        seconds, ours = _timed(lambda: rows_of_duckdb(connection.execute(query.sql, values or None)))
    spark_seconds, theirs = _timed(lambda: rows_of_arrow(ask(spark, query.sql, values)))
    print(f"{name}: {len(ours[1]):,} rows, DuckDB {seconds:.1f} s, Spark {spark_seconds:.1f} s", file=sys.stderr)
    return {"query": name, "duckdb_s": seconds, "spark_s": spark_seconds} | _compared(ours[1], theirs[1])


def _a_key(connection: duckdb.DuckDBPyConnection) -> str:
    return str(connection.execute("SELECT min(key) FROM violations").fetchall()[0][0])


def _checks(index: Path, spark: SparkSession, folder: Path) -> dict[str, Any]:
    with attached(index, "READ_ONLY", index) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        engine = Engine(OnDuckDB(connection), Thresholds(), Range())
        seconds, _ = _timed(engine.run)
        ours = {name: rows_of_duckdb(connection.execute(f"SELECT * FROM {name}"))[1] for name in RELATIONS}
    on_spark = Engine(OnSpark(spark, folder), Thresholds(), Range(), shots_at_once=ALL_SHOTS)
    spark_seconds, _ = _timed(on_spark.run)
    theirs = {name: rows_of_arrow(answer(spark, f"SELECT * FROM {name}"))[1] for name in RELATIONS}
    told = [{"relation": name} | _compared(*map(in_any_order, (ours[name], theirs[name]))) for name in RELATIONS]
    return {
        "duckdb_s": seconds,
        "spark_s": spark_seconds,
        "steps": {step: [engine.seconds[step], on_spark.seconds[step]] for step in engine.seconds},
        "relations": told,
    }


def _compared(ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]) -> dict[str, Any]:
    return {"rows": len(ours), "differs": None if ours == theirs else differences(ours, theirs)}


def _timed(work: Any, *arguments: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work(*arguments)
    return time.perf_counter() - began, done


if __name__ == "__main__":
    main()
