"""Merges what was listed of a source with what the lake holds of it, as Spark SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pyspark.sql import Window
from pyspark.sql import functions as f

from indexer.store import statements

if TYPE_CHECKING:
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


def ddl(*columns: dict[str, str]) -> str:
    """Columns as Spark writes a schema."""
    return ", ".join(f"{name} {kind}" for part in columns for name, kind in part.items())


STAGED_SCHEMA = ddl(_KEYED, _TOLD, _STAGED)
"""What tasks write: the rows of ``sql/stage.sql``."""
KNOWN_SCHEMA = ddl(_KEYED, _TOLD, _OWN, {"day": "DATE"})
"""What the lake holds of an object of one source."""
OBJECT_COLUMNS = ("source", "day", "key", *(name for name in _TOLD if name not in _CUT), *_OWN, "name_id", *_CUT)
"""What a file of the lake's objects holds, in the order in which an export writes it."""


class Changes(NamedTuple):
    """What a listing changes, in objects, and how many rows each day has afterwards whose files are written anew."""

    added: int
    changed: int
    deleted: int
    rows: dict[date, int]


class Sum(NamedTuple):
    """Of some keys, such as those of a shard that are left to the next run: how many, and the sum of their hashes."""

    keys: int
    key_hash: int


@dataclass(frozen=True, slots=True)
class Merge:
    """One source's merge. ``reread`` says that its keys are read otherwise than before."""

    prefix: str
    run: int
    began_at: datetime
    last_complete_run: int | None
    reread: bool

    def judge(self, spark: SparkSession, staged: DataFrame, known: DataFrame, names: DataFrame) -> DataFrame:
        """Give every object as it is afterwards, with what became of it, and make it the view ``judged``."""
        staged.createOrReplaceTempView("staged")
        known.createOrReplaceTempView("known")
        names.createOrReplaceTempView("known_names")
        parameters = {
            "prefix": self.prefix,
            "run": self.run,
            "last_complete_run": self.last_complete_run,
            "reread": self.reread,
        }
        moment = f"TIMESTAMP_NTZ '{self.began_at.isoformat(sep=' ')}'"  # a parameter would be in the session's zone
        judged = spark.sql(_judged().replace(":began_at", moment), args=parameters)
        judged.createOrReplaceTempView("judged")
        return judged


def _judged() -> str:
    pairs = [f"s.{name} AS listed_{name}, k.{name} AS known_{name}" for name in (*_TOLD, "name_id")]
    chosen = [f"CASE WHEN t.is_taken THEN t.listed_{name} ELSE t.known_{name} END AS {name}" for name in _TOLD]
    text = statements.statement("judged", _PACKAGE)
    return text.replace("{pairs}", ", ".join(pairs)).replace("{chosen}", ", ".join(chosen))


def once(staged: DataFrame) -> DataFrame:
    """Every key of an inventory once, as it was written last."""
    last = Window.partitionBy("key").orderBy(f.col("last_modified").desc(), "size")
    return staged.withColumn("nth", f.row_number().over(last)).where("nth = 1").drop("nth")


def proved(staged: DataFrame) -> Sum:
    """How many keys there are, and the sum of their hashes, which are there."""
    (row,) = staged.agg(f.count("*"), f.sum("key_hash").cast("string")).collect()
    return Sum(row[0], int(row[1] or 0))


def changes(spark: SparkSession) -> Changes:
    """Count what changes in the view ``judged``."""
    rows = spark.sql(statements.statement("changes", _PACKAGE)).collect()
    days = {day for row in rows if row["is_touched"] for day in (row["known_day"], row["day"]) if day}
    counts = {day: sum(row["objects"] for row in rows if row["day"] == day) for day in days}
    added, changed, deleted = (sum(row[name] for row in rows) for name in ("added", "changed", "deleted"))
    return Changes(added, changed, deleted, counts)


def left_out(spark: SparkSession) -> dict[int, Sum]:
    """What is left to the next run, by shard, of the view ``judged``."""
    rows = spark.sql(statements.statement("left_out", _PACKAGE)).collect()
    return {row["shard"]: Sum(row["keys"], int(row["key_hash"])) for row in rows}
