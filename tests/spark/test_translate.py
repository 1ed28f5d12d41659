"""What both engines have and mean otherwise, each asked of both."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from indexer.errors import QueryError
from spark.answers import differences, rows_of_arrow, rows_of_duckdb
from spark.clusters import need_spark, on_this_machine

need_spark()

from indexer.spark.query import ask  # noqa: E402
from indexer.spark.translate import translate  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

AT = "TIMESTAMP '2026-01-05 10:00:00.005'"
SHOTS = """
SELECT 1 AS session, 'a' AS name, 10 AS size, TIMESTAMP '2026-01-05 10:00:00.005' AS captured_at
UNION ALL SELECT 1, 'b', NULL, TIMESTAMP '2026-01-05 10:00:05'
UNION ALL SELECT 1, 'b', 2, NULL
UNION ALL SELECT 2, NULL, 4, TIMESTAMP '2026-01-05 11:59:59'
UNION ALL SELECT 2, 'é', 5, NULL
UNION ALL SELECT 3, NULL, NULL, NULL
"""
SCALARS = [
    f"epoch_ms({AT})",
    "epoch_ms(DATE '2026-01-05')",
    "epoch_ms(TIMESTAMP '2026-01-05 10:00:00.085999')",
    "epoch_ms(TIMESTAMP '2026-01-05 10:00:00.085499')",
    "epoch_ms(TIMESTAMP '1969-12-31 23:59:59.9985')",
    f"date_trunc('hour', {AT})",
    f"strftime({AT}, '%Y-%m-%dT%H:%M:%SZ')",
    f"strftime({AT}, '%Y%m%d%H%M%S%g')",
    f"strftime({AT}, 'it''s %H o''clock')",
    f"({AT})::VARCHAR",
    "(TIMESTAMP '2026-01-05 10:00:00')::VARCHAR",
    f"({AT})::DATE::VARCHAR",
    f"({AT} + 1.5 * INTERVAL 1 DAY)::DATE",
    "DATE '1970-01-01' + floor(20000.7)::INTEGER",
    "7 // 2",
    "-7 // 2",
    "7 / 2",
    "-7 % 3",
    "4294967295::UBIGINT",
    "255::UTINYINT",
    "round(2.5)",
    "round(1.005::DOUBLE, 2)",
    "round(0.285::DOUBLE, 2)",
    "round(100.0 * 1 / 3, 2)",
    "1.0 * 10 / 4",
    "printf('%d of %d: %s%%', 1, 20, 'it''s')",
    "printf('%02d:%02d', 5, 123)",
    "printf('%5d', 42)",
    "printf('%.0f %.0f %.0f', 0.5, 1.5, 2.5)",
    "printf('%.1f %.1f %.2f', 0.25, 0.35, 1.005)",
    "printf('%f', 1.5)",
    "printf('%d is nothing', NULL::BIGINT)",
    "printf('a {brace} and a %s', '%d')",
    "format('{1} {0} {{x}} 5%', 'a', 'b{0}%s')",
    "split_part('a/b/c', '/', -1)",
    "split_part('a/b/c', '/', 9)",
    "regexp_replace(regexp_replace('Abé_12 34.jpg', '\\pL+', 'a', 'g'), '[0-9]+', '9', 'g')",
    "regexp_matches('0123456789abcdef0123456789abcdef', '^[0-9a-f]{32}$')",
    "left('héllo', 2) || substr('héllo', -3, 2) || lpad('7', 3, '0')",
    "'it''s \\ a \"quote\" \\n'",
    "concat_ws(' ', 'a', NULL, 'b')",
    "'a' || NULL",
    "NULL IS NOT DISTINCT FROM NULL",
    "1 IS DISTINCT FROM NULL",
    "least(2, NULL, 1) + greatest(2, NULL, 1)",
    "starts_with('abc', 'ab') AND ends_with('abc', 'bc')",
    "TRY_CAST('12x' AS BIGINT)",
    "TRY_CAST('2026-13-05 10:00:00' AS TIMESTAMP)",
    "coalesce(NULL, 1)",
    "'b' > 'B' AND 'é' > 'z'",
    "lower('SÎD_İ Σ ΑΣ ΣΑ') || lower(NULL || 'A')",
    "lower('AbZ_09ÉÜ')",
    "try(url_decode('/a%20b+c/%E4%B8%AD%e6%96%87%2B/100%/%2/%zz%25'))",
    "coalesce(try(url_decode('a%ff.jpg')), try(url_decode('%ED%A0%80')), 'no UTF-8')",
    "try(url_decode(NULL::VARCHAR)) IS NULL",
    "regexp_extract('s3://one/dir/a b.jpg?x=/1#/y', '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*/([^?#]*)', 1)",
]
QUERIES = [sql.strip() for sql in (Path(__file__).parent / "meanings.sql").read_text("utf-8").split(";\n\n")]
VALUES: list[tuple[str, Any]] = [
    ("$it::TIMESTAMP", datetime.fromisoformat("2026-03-29 02:30:00.001")),  # an hour that many zones skip
    ("epoch_ms($it)", datetime.fromisoformat("2026-01-05 10:00:00")),
    ("$it::DATE", date.fromisoformat("2026-01-05")),
    ("$it", 2**40),
    ("$it * 2", 0.1),
    ("$it::VARCHAR", "it's \\' -- :it $it\n\u202e"),
    ("$it::BIGINT IS NULL", None),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """Spark on a machine that is elsewhere."""
    with on_this_machine("local[1]", TZ="America/New_York") as running:
        running.sql(translate(SHOTS)).createOrReplaceTempView("shots")
        yield running


def test_expressions_mean_the_same(spark: SparkSession) -> None:
    """Each is asked in one statement of all, and each has DuckDB's value."""
    sql = "SELECT " + ", ".join(f"{text} AS e{number}" for number, text in enumerate(SCALARS))
    (ours,), (theirs,) = rows_of_duckdb(duckdb.execute(sql))[1], rows_of_arrow(ask(spark, sql, {}))[1]
    wrong = [(text, *both) for text, *both in zip(SCALARS, ours, theirs, strict=True) if both[0] != both[1]]
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("sql", QUERIES)
def test_a_query_means_the_same(spark: SparkSession, sql: str) -> None:
    """The same rows in the same order, by columns of the same names."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE shots AS {SHOTS}")
        columns, ours = rows_of_duckdb(connection.execute(sql))
    found, theirs = rows_of_arrow(ask(spark, sql, {}))
    assert (found, theirs) == (columns, ours), differences(ours, theirs)


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_value_is_bound_and_comes_back(spark: SparkSession, text: str, value: object) -> None:
    """A value reaches Spark as it is, in whatever zone the machine's clock is."""
    sql = f"SELECT {text} AS value"
    ours = rows_of_duckdb(duckdb.execute(sql, {"it": value}))[1]
    assert rows_of_arrow(ask(spark, sql, {"it": value}))[1] == ours


def test_a_value_is_no_part_of_the_statement() -> None:
    """What is translated holds the parameter's name, and never its value."""
    assert "Robert" not in translate("SELECT $it::VARCHAR", {"it": "Robert'); --"})


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT regexp_replace(a, 'x', 'y') FROM t", "is not known to mean the same"),
        ("SELECT strftime(a, '%j') FROM t", "%j"),
        ("SELECT printf('%x', a) FROM t", "printf"),
        ("SELECT string_agg(DISTINCT a, ',' ORDER BY b) FROM t", "is not known to mean the same"),
        ("SELECT to_timestamp(a) FROM t", "is not known to mean the same"),
        ("SELECT try(a / b) FROM t", "is not known to mean the same"),
        ("SELECT rowid FROM sources", "is not known to mean the same"),
        ("SELECT n.rowid FROM notifications AS other", "is not known to mean the same"),
        ("SELECT rowid", "is not known to mean the same"),
        ("SELECT (", "cannot be read"),
    ],
)
def test_what_is_not_known_to_mean_the_same_is_refused(sql: str, told: str) -> None:
    """A statement is refused, and never answered otherwise than DuckDB would."""
    with pytest.raises(QueryError, match=told):
        translate(sql)


def test_a_row_is_told_by_the_id_of_its_own_table() -> None:
    """A ``rowid`` is the id of the table that it is asked of, whatever is asked beside it or inside."""
    sql = "WITH v AS (SELECT rowid FROM notifications v) SELECT v.rowid FROM v AS w JOIN verdicts v ON v.rowid = w.id"
    assert translate(sql) == (
        "WITH v AS (SELECT notification_id FROM notifications AS v) "
        "SELECT v.verdict_id FROM v AS w JOIN verdicts AS v ON v.verdict_id = w.id"
    )
