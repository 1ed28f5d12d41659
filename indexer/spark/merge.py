"""Judges what was listed of a source by what the lake holds of it, as Spark SQL, and tells which rows that makes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import Window
from pyspark.sql import functions as f

from indexer.store import statements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from pyspark.sql import DataFrame, SparkSession

_PACKAGE = "indexer.spark"

# What a key and its listing say of an object: of a listed one these are taken from the listing.
_TOLD = {
    "kind": "STRING",
    "service": "STRING",
    "sid": "STRING",
    "cname": "STRING",
    "uid": "BIGINT",
    "stream_type": "STRING",
    "app": "STRING",
    "stream": "STRING",
    "session_started_at": "TIMESTAMP_NTZ",
    "sequence": "BIGINT",
    "captured_at": "TIMESTAMP_NTZ",
    "captured_at_precision_ms": "INT",
    "failover": "INT",
    "reason": "STRING",
    "size": "BIGINT",
    "etag": "STRING",
    "last_modified": "TIMESTAMP_NTZ",
    "storage_class": "STRING",
    "front": "STRING",
    "digits": "INT",
    "back": "STRING",
}
_STAGED = {"day": "DATE", "shard": "INT", "late_hash": "DECIMAL(20, 0)", "key_hash": "DECIMAL(20, 0)"}
_CUT = ("front", "digits", "back")
_OWN = {"first_seen_run": "INT", "last_seen_run": "INT", "deleted_at": "TIMESTAMP_NTZ"}
_KEYED = {"key": "STRING", "name_id": "BIGINT"}
_MARKED = {
    "day": "DATE",
    "known_day": "DATE",
    "became": "STRING",
    "is_taken": "BOOLEAN",
    "shard": "INT",
    "late_hash": "DECIMAL(20, 0)",
}


def ddl(*columns: dict[str, str]) -> str:
    """Columns as Spark writes a schema."""
    return ", ".join(f"{name} {kind}" for part in columns for name, kind in part.items())


STAGED_SCHEMA = ddl(_KEYED, _TOLD, _STAGED)
"""What tasks write: the rows of ``sql/stage.sql``."""
KNOWN_SCHEMA = ddl(_KEYED, _TOLD, _OWN, {"day": "DATE"})
"""What the lake holds of an object of one source."""
MARKS_SCHEMA = ddl(_KEYED, _OWN, _MARKED)
"""What a listing says of objects that it changes: the rows of ``sql/judged.sql``."""
_OBJECT = ("key", *(name for name in _TOLD if name not in _CUT), *_OWN, "name_id", *_CUT)


class Sum(NamedTuple):
    """Of some keys, such as those of a shard that are left to the next run: how many, and the sum of their hashes."""

    keys: int
    key_hash: int


class Changes(NamedTuple):
    """What a listing changes, in objects, and how many rows each day has afterwards whose files are written anew.

    ``left_out`` is what each shard leaves to the next run.
    """

    added: int
    changed: int
    deleted: int
    rows: dict[date, int]
    left_out: dict[int, Sum]


@dataclass(frozen=True, slots=True)
class Merge:
    """One source's merge. ``reread`` says that its keys are read otherwise than before."""

    prefix: str
    run: int
    began_at: datetime
    last_complete_run: int | None
    reread: bool

    def judge(self, spark: SparkSession, staged: DataFrame, known: DataFrame) -> DataFrame:
        """Give what a listing says of the objects that it changes, and of those that it leaves to the next run."""
        staged.createOrReplaceTempView("staged")
        known.createOrReplaceTempView("known")
        parameters = {
            "prefix": self.prefix,
            "run": self.run,
            "last_complete_run": self.last_complete_run,
            "reread": self.reread,
        }
        moment = f"TIMESTAMP_NTZ '{self.began_at.isoformat(sep=' ')}'"  # a parameter would be in the session's zone
        return spark.sql(statements.statement("judged", _PACKAGE).replace(":began_at", moment), args=parameters)


def all_added(spark: SparkSession, staged: DataFrame) -> DataFrame:
    """The same where the lake holds nothing, so that there is nothing to compare."""
    staged.createOrReplaceTempView("staged")
    return spark.sql(statements.statement("all_added", _PACKAGE))


def rows_sql(name: str) -> str:
    """DuckDB's statement of that name in ``sql/``, which gives objects as a file of the lake has them."""
    filled = {
        "known": ", ".join(f"k.{name}" for name in _TOLD),
        "staged": ", ".join(f"s.{name}" for name in _TOLD),
        "columns": f"$source AS source, $day::DATE AS day, {', '.join(_OBJECT)}",
    }
    text = statements.statement(name, _PACKAGE)
    for part, sql in filled.items():
        text = text.replace("{" + part + "}", sql)
    return text


def once(staged: DataFrame) -> DataFrame:
    """Every key of an inventory once, as it was written last."""
    last = Window.partitionBy("key").orderBy(f.col("last_modified").desc(), "size")
    return staged.withColumn("nth", f.row_number().over(last)).where("nth = 1").drop("nth")


def proved(staged: DataFrame) -> Sum:
    """How many keys there are, and the sum of their hashes, which are there."""
    (row,) = staged.agg(f.count("*"), f.sum("key_hash").cast("string")).collect()
    return Sum(row[0], int(row[1] or 0))


def changes(spark: SparkSession, marks: DataFrame, before: Mapping[date, int]) -> Changes:
    """Count what changes; ``before`` is how many rows the lake holds of each day."""
    marks.createOrReplaceTempView("marks")
    rows = spark.sql(statements.statement("changes", _PACKAGE)).collect()
    left_out = {row["shard"]: Sum(row["objects"], int(row["key_hash"])) for row in rows if row["became"] == "left out"}
    touched = [row for row in rows if row["became"] != "left out"]
    counts: Counter[str] = Counter()
    days: Counter[date] = Counter()
    for row in touched:
        counts[row["became"]] += row["objects"]
        days[row["day"]] += row["objects"]
        if row["known_day"]:
            days[row["known_day"]] -= row["objects"]
    held = {day: before.get(day, 0) + more for day, more in days.items()}
    return Changes(counts["added"], counts["changed"] + counts["returned"], counts["deleted"], held, left_out)
